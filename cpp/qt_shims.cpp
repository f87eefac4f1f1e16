// See the header; each function is one call.
#include "qt_shims.h"

#include "canvas_item.h"

#include <QtCore/QLibrary>
#include <QtCore/QLibraryInfo>
#include <QtCore/QLoggingCategory>
#include <QtCore/QLocale>
#include <QtCore/QSettings>
#include <QtCore/QTimer>
#include <QtCore/QTranslator>
#include <QtDBus/QDBusConnection>
#include <QtGui/QFontMetrics>
#include <QtGui/QIcon>
#include <QtGui/QPixmap>
#include <QtQml/QQmlApplicationEngine>
#include <QtQuick/QQuickWindow>

namespace kymograph {

std::unique_ptr<QGuiApplication> newApplication(bool withWidgets)
{
    // Qt keeps both; flags of its own are none of ours.
    static char name[] = "kymograph";
    static char *arguments[] = {name, nullptr};
    static int count = 1;
    if (withWidgets) {
        // Only KDE's style draws with Qt Widgets, so they are not linked: loading them takes time and memory. This is the
        // C++ name of QApplication(int &, char **, int), which Qt keeps, as it keeps that QApplication has no members.
        using Constructor = void (*)(void *, int &, char **, int);
        const auto construct = reinterpret_cast<Constructor>(
            QLibrary::resolve(QStringLiteral("Qt6Widgets"), 6, "_ZN12QApplicationC1ERiPPci"));
        if (construct) {
            void *place = ::operator new(sizeof(QGuiApplication));
            construct(place, count, arguments, QCoreApplication::ApplicationFlags);
            return std::unique_ptr<QGuiApplication>(static_cast<QGuiApplication *>(place));
        }
    }
    return std::make_unique<QGuiApplication>(count, arguments);
}

void connectSessionBus(bool isThere)
{
    // Without a bus, libdbus would start one and wait for it.
    if (!isThere)
        qputenv("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    QDBusConnection::sessionBus();
    if (!isThere)
        qunsetenv("DBUS_SESSION_BUS_ADDRESS");
}

void setNames(const QString &name, const QString &version, const QString &desktopFileName)
{
    QCoreApplication::setApplicationName(name);
    QCoreApplication::setOrganizationName(name);
    QCoreApplication::setApplicationVersion(version);
    QGuiApplication::setDesktopFileName(desktopFileName);
}

void keepSettingsIn(const QString &folder)
{
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder);
}

// Written when the event loop has time, and at the end of the application.
static QSettings &settings()
{
    static auto *const settings = new QSettings(qApp);
    return *settings;
}

QVariant remembered(const QString &key, const QVariant &fallback)
{
    QVariant value = settings().value(key);
    const bool isOfItsKind = value.isValid() && (!fallback.isValid() || value.convert(fallback.metaType()));
    return isOfItsKind ? value : fallback;
}

void remember(const QString &key, const QVariant &value)
{
    settings().setValue(key, value);
}

void setWindowIcon(rust::Slice<const uint8_t> rgba, int sidePx)
{
    const QImage image(rgba.data(), sidePx, sidePx, QImage::Format_RGBA8888);
    QGuiApplication::setWindowIcon(QIcon(QPixmap::fromImage(image)));
}

QString qmlImportPath()
{
    return QLibraryInfo::path(QLibraryInfo::QmlImportsPath);
}

void useSoftwareRenderer()
{
    QQuickWindow::setSceneGraphBackend(QStringLiteral("software"));
}

void drawWithoutDelay()
{
    if (!qEnvironmentVariableIsSet("QT_QPA_UPDATE_IDLE_TIME"))
        qputenv("QT_QPA_UPDATE_IDLE_TIME", "0");
}

void startHeartbeat(int intervalMs, rust::Fn<void()> beat)
{
    auto *timer = new QTimer(qApp);
    timer->setTimerType(Qt::PreciseTimer);
    QObject::connect(timer, &QTimer::timeout, qApp, [beat] { beat(); });
    timer->start(intervalMs);
}

void lookUpFonts()
{
    QFontMetrics(QGuiApplication::font()).horizontalAdvance(QLatin1Char('0'));
}

CanvasItem *enclosingCanvas(const QObject *object)
{
    for (QObject *parent = object->parent(); parent; parent = parent->parent()) {
        if (auto *canvas = qobject_cast<CanvasItem *>(parent))
            return canvas;
    }
    return nullptr;
}

void logToQt(rust::Str text)
{
    static const QLoggingCategory category("kymograph");
    qCWarning(category).noquote() << QString::fromUtf8(text.data(), qsizetype(text.size()));
}

rust::Vec<rust::String> uiLanguages()
{
    rust::Vec<rust::String> languages;
    for (const QString &language : QLocale().uiLanguages())
        languages.push_back(rust::String(language.toStdString()));
    return languages;
}

bool installTranslations(rust::Slice<const uint8_t> catalogue)
{
    auto *translator = new QTranslator(qApp);
    return translator->load(catalogue.data(), static_cast<int>(catalogue.size())) && QCoreApplication::installTranslator(translator);
}

void installQtTranslations(const QString &language)
{
    const QString folder = QLibraryInfo::path(QLibraryInfo::TranslationsPath);
    for (const char *part : {"qtbase_", "qtdeclarative_"}) {
        auto *translator = new QTranslator(qApp);
        if (translator->load(QLatin1String(part) + language, folder))
            QCoreApplication::installTranslator(translator);
    }
}

bool hasRootObject(QQmlApplicationEngine &engine)
{
    return !engine.rootObjects().isEmpty();
}

}
