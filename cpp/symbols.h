// The bundled symbols of buttons as images: `image://kymograph/NAME` in black, `image://kymograph/NAME/AARRGGBB` in a colour.
#pragma once

#include <QtQuick/QQuickImageProvider>

class SymbolProvider : public QQuickImageProvider
{
public:
    SymbolProvider();
    QImage requestImage(const QString &id, QSize *size, const QSize &requestedSize) override;
};

namespace kymograph {

// Makes the symbols known to the engine that `object` belongs to; nothing if they are.
void provideSymbols(const QObject &object);

}
