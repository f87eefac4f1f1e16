// Lets `import Kymograph` find the types in a program that does not call kymograph::initialize(), such as the tool `qml`.
//
// Has no types itself: it loads the library, which registers them.
#include "kymograph.h"

#include <QtQml/QQmlExtensionPlugin>

class Kymograph_plugin : public QQmlEngineExtensionPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QQmlEngineExtensionInterface_iid)

public:
    explicit Kymograph_plugin(QObject *parent = nullptr)
        : QQmlEngineExtensionPlugin(parent)
    {
        kymograph_register();
    }

    void initializeEngine(QQmlEngine *engine, const char *) override { kymograph::initialize(engine); }
};

#include "qml_plugin.moc"
