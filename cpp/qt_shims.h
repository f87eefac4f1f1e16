// The few calls into Qt that no binding has. GUI thread.
#pragma once

#include <QtCore/QString>

class QQmlApplicationEngine;

namespace kymograph {

void setApplicationIdentity(const QString &desktopFileName, const QString &iconPath);
QString qmlImportPath();
void useSoftwareRenderer();
bool hasRootObject(QQmlApplicationEngine &engine);

}
