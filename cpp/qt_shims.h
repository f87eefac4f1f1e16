// The few calls into Qt that no binding has. GUI thread.
#pragma once

#include <memory>

#include <QtCore/QString>
#include <QtGui/QGuiApplication>

#include "rust/cxx.h"

class QQmlApplicationEngine;

namespace kymograph {

// The application object; with what Qt Widgets need where `withWidgets`, if they are installed.
std::unique_ptr<QGuiApplication> newApplication(bool withWidgets);
// Connects to the session bus, or settles that there is none; Qt would do it when the window is made, and wait. Any thread,
// once the application object stands.
void connectSessionBus(bool isThere);
void setNames(const QString &name, const QString &version, const QString &desktopFileName);
// Keeps the window's settings below `folder`. Before anything reads them.
void keepSettingsIn(const QString &folder);
void setWindowIcon(const QString &path);
QString qmlImportPath();
void useSoftwareRenderer();
// Frames are asked for at once instead of after 5 ms, Qt's default for merging requests. Only before the application.
void drawWithoutDelay();
// Calls `beat` on the GUI thread each `intervalMs`, until the application ends.
void startHeartbeat(int intervalMs, rust::Fn<void()> beat);
// Lets the fonts be looked up, which the first text would wait for. Any thread, while the application object stands.
void lookUpFonts();
bool hasRootObject(QQmlApplicationEngine &engine);

}
