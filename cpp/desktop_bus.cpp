// See the header. The interface is that of the Desktop Entry Specification, the notification that of the Desktop
// Notifications Specification.
#include "desktop_bus.h"

#include <QtCore/QLoggingCategory>
#include <QtCore/QProcess>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusConnectionInterface>
#include <QtDBus/QDBusMessage>
#include <QtDBus/QDBusPendingCallWatcher>
#include <QtDBus/QDBusPendingReply>
#include <QtGui/QGuiApplication>

namespace {

Q_LOGGING_CATEGORY(bus, "kymograph.bus", QtWarningMsg)

const QString applicationInterface = QStringLiteral("org.freedesktop.Application");
const QString notificationsService = QStringLiteral("org.freedesktop.Notifications");
const QString notificationsPath = QStringLiteral("/org/freedesktop/Notifications");
const QString tokenKey = QStringLiteral("activation-token");
const QString dataDirKey = QStringLiteral("kymograph-data-dir");

// The path that belongs to the program's name on the bus.
QString objectPath()
{
    return QLatin1Char('/') + QGuiApplication::desktopFileName().replace(QLatin1Char('.'), QLatin1Char('/'));
}

QVariantMap platformData(const QVariant &argument)
{
    return argument.canConvert<QDBusArgument>() ? qdbus_cast<QVariantMap>(argument) : argument.toMap();
}

}

DesktopBus::DesktopBus(QObject *parent)
    : QDBusVirtualObject(parent)
{
}

void DesktopBus::answerAs(const QString &name)
{
    QDBusConnection session = QDBusConnection::sessionBus();
    if (!session.isConnected() || !session.registerVirtualObject(objectPath(), this))
        return;
    // In the queue behind the process that has the name: this one gets it when that one ends.
    session.interface()->asyncCall(QStringLiteral("RequestName"), name, 0u);
}

void DesktopBus::notify(const QString &summary, const QString &body, const QString &action, bool isLast)
{
    QDBusConnection session = QDBusConnection::sessionBus();
    if (!session.isConnected())
        return;
    const QString id = QGuiApplication::desktopFileName();
    QStringList actions;
    if (!action.isEmpty())
        actions << QStringLiteral("default") << action;
    QDBusMessage call = QDBusMessage::createMethodCall(notificationsService, notificationsPath, notificationsService,
                                                       QStringLiteral("Notify"));
    const QVariantMap hints{{QStringLiteral("desktop-entry"), id}};
    call << QStringLiteral("Kymograph") << m_notification << id << summary << body << actions << hints << -1;
    if (isLast) {
        session.call(call, QDBus::Block, 200);
        return;
    }
    // Connecting again what is connected would call twice.
    if (m_token.isNull()) {
        m_token = QLatin1String("");
        session.connect(QString(), notificationsPath, notificationsService, QStringLiteral("ActivationToken"), this,
                        SLOT(noteToken(uint, QString)));
        session.connect(QString(), notificationsPath, notificationsService, QStringLiteral("ActionInvoked"), this,
                        SLOT(noteAction(uint, QString)));
    }
    auto *watcher = new QDBusPendingCallWatcher(session.asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<uint> reply = *watcher;
        if (reply.isError())
            qCDebug(bus) << "no notification:" << reply.error().message();
        else
            m_notification = reply.value();
        watcher->deleteLater();
    });
}

void DesktopBus::noteToken(uint id, const QString &token)
{
    if (id == m_notification)
        m_token = token;
}

void DesktopBus::noteAction(uint id, const QString &action)
{
    if (id == 0 || id != m_notification || action != QLatin1String("default"))
        return;
    const QString token = m_token;
    m_token = QLatin1String("");
    Q_EMIT clicked(token);
}

bool DesktopBus::answer(const QString &, const QStringList &, const QString &, const QString &)
{
    return false;
}

QString DesktopBus::introspect(const QString &) const
{
    return QStringLiteral("<interface name=\"org.freedesktop.Application\">"
                          "<method name=\"Activate\"><arg type=\"a{sv}\" name=\"platform_data\" direction=\"in\"/></method>"
                          "<method name=\"Open\"><arg type=\"as\" name=\"uris\" direction=\"in\"/>"
                          "<arg type=\"a{sv}\" name=\"platform_data\" direction=\"in\"/></method>"
                          "<method name=\"ActivateAction\"><arg type=\"s\" name=\"action_name\" direction=\"in\"/>"
                          "<arg type=\"av\" name=\"parameter\" direction=\"in\"/>"
                          "<arg type=\"a{sv}\" name=\"platform_data\" direction=\"in\"/></method></interface>");
}

bool DesktopBus::handleMessage(const QDBusMessage &message, const QDBusConnection &connection)
{
    const QList<QVariant> arguments = message.arguments();
    const QString signature = message.signature();
    const bool isKnown = (message.member() == QLatin1String("Activate") && signature == QLatin1String("a{sv}"))
        || (message.member() == QLatin1String("Open") && signature == QLatin1String("asa{sv}"))
        || (message.member() == QLatin1String("ActivateAction") && signature == QLatin1String("sava{sv}"));
    if (!isKnown || (!message.interface().isEmpty() && message.interface() != applicationInterface))
        return false;
    // Of both kinds of first argument: a word is a list of one.
    const QStringList names = arguments.size() > 1 ? arguments.first().toStringList() : QStringList();
    const QVariantMap data = platformData(arguments.last());
    const bool isTaken = answer(message.member(), names, data.value(tokenKey).toString(), data.value(dataDirKey).toString());
    connection.send(isTaken ? message.createReply()
                            : message.createErrorReply(QDBusError::AccessDenied, QStringLiteral("not now")));
    return true;
}

namespace kymograph {

bool askWindow(const QString &name, const QStringList &uris, const QString &token, const QString &dataDir, int timeoutMs)
{
    QDBusConnection session = QDBusConnection::sessionBus();
    if (!session.isConnected())
        return false;
    const QString method = uris.isEmpty() ? QStringLiteral("Activate") : QStringLiteral("Open");
    QDBusMessage call = QDBusMessage::createMethodCall(name, objectPath(), applicationInterface, method);
    call.setAutoStartService(false);
    if (!uris.isEmpty())
        call << uris;
    call << QVariantMap{{tokenKey, token}, {QStringLiteral("desktop-startup-id"), token}, {dataDirKey, dataDir}};
    return session.call(call, QDBus::Block, timeoutMs).type() == QDBusMessage::ReplyMessage;
}

void useActivationToken(const QString &token)
{
    // The way that Qt has for it; it takes the variable away again.
    if (!token.isEmpty() && QGuiApplication::platformName().startsWith(QLatin1String("wayland")))
        qputenv("XDG_ACTIVATION_TOKEN", token.toUtf8());
}

void startAnother(const QString &program, const QStringList &arguments)
{
    QProcess::startDetached(program, arguments);
}

}
