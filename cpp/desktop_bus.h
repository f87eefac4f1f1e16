// The program on the session bus: what others ask of a window, and the notification that it sends. GUI thread; waits for
// nobody. Decides nothing: `answer` is overridden in Rust.
#pragma once

#include <QtCore/QStringList>
#include <QtDBus/QDBusVirtualObject>

class DesktopBus : public QDBusVirtualObject
{
    Q_OBJECT
public:
    explicit DesktopBus(QObject *parent = nullptr);

    // Answers on the bus from now on, under `name` as soon as no other process has it.
    void answerAs(const QString &name);
    // Shows a notification in place of the one before. `action` names what a click does; none if it is empty. The program
    // may end at once: then `isLast`, and it waits until the message is sent, 200 ms at most.
    void notify(const QString &summary, const QString &body, const QString &action, bool isLast);

    // Whether a call of org.freedesktop.Application was taken: its method, what it names, the token for a raised window,
    // and the caller's data directory; empty where it says none.
    virtual bool answer(const QString &method, const QStringList &names, const QString &token, const QString &dataDir);

    QString introspect(const QString &path) const override;
    bool handleMessage(const QDBusMessage &message, const QDBusConnection &connection) override;

Q_SIGNALS:
    // The person clicked on the notification; `token` lets a window come to the front.
    void clicked(const QString &token);

private Q_SLOTS:
    void noteToken(uint id, const QString &token);
    void noteAction(uint id, const QString &action);

private:
    uint m_notification = 0;
    QString m_token;
};

namespace kymograph {

// Calls a method of the window that has `name` and waits for its answer, `timeoutMs` at most; whether it took the call.
bool askWindow(const QString &name, const QStringList &uris, const QString &token, const QString &dataDir, int timeoutMs);
// Hands the token on to the window that is activated next, where the display asks for one.
void useActivationToken(const QString &token);
// Starts this program anew, apart from this process.
void startAnother(const QString &program, const QStringList &arguments);

}
