#include "qt_shims.h"

#include <QtCore/QLibraryInfo>
#include <QtGui/QGuiApplication>
#include <QtGui/QIcon>
#include <QtQml/QQmlApplicationEngine>
#include <QtQuick/QQuickWindow>

namespace kymograph {

void setApplicationIdentity(const QString &desktopFileName, const QString &iconPath)
{
    QGuiApplication::setDesktopFileName(desktopFileName);
    QGuiApplication::setWindowIcon(QIcon(iconPath));
}

QString qmlImportPath()
{
    return QLibraryInfo::path(QLibraryInfo::QmlImportsPath);
}

void useSoftwareRenderer()
{
    QQuickWindow::setSceneGraphBackend(QStringLiteral("software"));
}

bool hasRootObject(QQmlApplicationEngine &engine)
{
    return !engine.rootObjects().isEmpty();
}

}
