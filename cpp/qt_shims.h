// The few calls into Qt that no binding has. GUI thread.
#pragma once

#include <memory>

#include <QtCore/QString>
#include <QtCore/QVariant>
#include <QtGui/QGuiApplication>

#include "rust/cxx.h"

class CanvasItem;
class QObject;
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
// What is kept under `key`, of the type of `fallback`; that itself if there is nothing of the kind.
QVariant remembered(const QString &key, const QVariant &fallback);
void remember(const QString &key, const QVariant &value);
// From pixels of four bytes, red, green, blue and alpha.
void setWindowIcon(rust::Slice<const uint8_t> rgba, int sidePx);
QString qmlImportPath();
void useSoftwareRenderer();
// Frames are asked for at once instead of after 5 ms, Qt's default for merging requests. Only before the application.
void drawWithoutDelay();
// Calls `beat` on the GUI thread each `intervalMs`, until the application ends.
void startHeartbeat(int intervalMs, rust::Fn<void()> beat);
// Lets the fonts be looked up, which the first text would wait for. Any thread, while the application object stands.
void lookUpFonts();
// The figure among the parents of `object`, or null.
CanvasItem *enclosingCanvas(const QObject *object);
// Warns where the program's own Qt messages go, under the category `kymograph`. Any thread.
void logToQt(rust::Str text);
// The languages that the person reads, the best first.
rust::Vec<rust::String> uiLanguages();
// Shows the words of `catalogue`, which must live as long as the application. Whether it could be read.
bool installTranslations(rust::Slice<const uint8_t> catalogue);
// Shows Qt's own words in `language`, where the system has them.
void installQtTranslations(const QString &language);
bool hasRootObject(QQmlApplicationEngine &engine);

}
