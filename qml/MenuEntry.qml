// An entry of a menu: pale where it does nothing now, and read aloud without the mark of its key.
import QtQuick
import QtQuick.Controls
import Kymograph

MenuItem {
    opacity: enabled ? 1 : 0.5
    Accessible.name: Words.plain(text)
}
