// An entry of a menu, read aloud without the mark of its key.
import QtQuick
import QtQuick.Controls
import Kymograph

MenuItem {
    Accessible.name: Words.plain(text)
}
