// Runs the QML tests of a folder. In a file of its own, so that only the test program links Qt Quick Test.
#include <QtCore/QCoreApplication>
#include <QtQuickTest/quicktest.h>

// In src/app/gui.rs.
extern "C" void kymograph_install_translations();

extern "C" int kymograph_quick_test(int argc, char **argv, const char *folder)
{
    // Qt makes the application object in there.
    qAddPreRoutine(kymograph_install_translations);
    return quick_test_main(argc, argv, "kymograph", folder);
}
