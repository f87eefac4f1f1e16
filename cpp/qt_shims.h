// The few calls into Qt that no binding has. GUI thread.
#pragma once

#include <QtCore/QString>

class QQmlApplicationEngine;

namespace kymograph {

void setNames(const QString &name, const QString &version, const QString &desktopFileName);
void setWindowIcon(const QString &path);
QString qmlImportPath();
void useSoftwareRenderer();
bool hasRootObject(QQmlApplicationEngine &engine);

}
