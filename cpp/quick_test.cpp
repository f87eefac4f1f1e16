// Runs the QML tests of a folder. In a file of its own, so that only the test program links Qt Quick Test.
#include <QtQuickTest/quicktest.h>

extern "C" int kymograph_quick_test(int argc, char **argv, const char *folder)
{
    return quick_test_main(argc, argv, "kymograph", folder);
}
