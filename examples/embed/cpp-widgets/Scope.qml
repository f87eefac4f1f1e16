// The figure of the main window: two channels of the program's sampling thread.
import QtQuick
import Kymograph 1.0

FigureView {
    xAxis: Axis { title: "time (s)" }
    yAxis: Axis { title: "voltage (V)"; min: -1.5; max: 1.5 }
    figure.followX: 2

    Series { objectName: "channel 1"; name: "channel 1" }
    Series { objectName: "channel 2"; name: "channel 2" }
}
