// See the header.
#include "symbols.h"

#include <QtCore/QFile>
#include <QtGui/QPainter>
#include <QtQml/QQmlEngine>

#include "kymograph/src/bridge/qt.cxxqt.h"

SymbolProvider::SymbolProvider()
    : QQuickImageProvider(QQuickImageProvider::Image)
{
}

QImage SymbolProvider::requestImage(const QString &id, QSize *size, const QSize &requestedSize)
{
    QFile file(QStringLiteral(":/qt/qml/Kymograph/qml/icons/%1.svg").arg(id.section(QLatin1Char('/'), 0, 0)));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray svg = file.readAll();
    const int wanted = requestedSize.isValid() ? qMax(requestedSize.width(), requestedSize.height()) : 16;
    const int side = qBound(1, wanted, 512);
    QImage image(side, side, QImage::Format_ARGB32_Premultiplied);
    if (image.isNull())
        return {};
    const rust::Slice<const uint8_t> text(reinterpret_cast<const uint8_t *>(svg.constData()), size_t(svg.size()));
    kymograph::drawSymbol(text, side, rust::Slice<uint8_t>(image.bits(), image.sizeInBytes()));
    const QColor colour(QLatin1Char('#') + id.section(QLatin1Char('/'), 1, 1));
    if (colour.isValid()) {
        QPainter painter(&image);
        painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
        painter.fillRect(image.rect(), colour);
    }
    if (size)
        *size = image.size();
    return image;
}

namespace kymograph {

void provideSymbols(const QObject &object)
{
    QQmlEngine *engine = qmlEngine(&object);
    const QString name = QStringLiteral("kymograph");
    if (engine && !engine->imageProvider(name))
        engine->addImageProvider(name, new SymbolProvider);
}

}
