// See the header.
#include "canvas_item.h"

#include <QtQuick/QSGImageNode>

CanvasItem::CanvasItem(QQuickItem *parent)
    : QQuickItem(parent)
{
    setFlag(ItemHasContents);
    // Not in QML: types of ours do not have the later revisions of Qt's.
    setActiveFocusOnTab(true);
}

void CanvasItem::present(const QImage &image)
{
    if (image.isNull())
        return;
    m_image = image;
    m_imageIsNew = true;
    update();
}

double CanvasItem::pixelRatio() const
{
    return window() ? window()->effectiveDevicePixelRatio() : 1.0;
}

void CanvasItem::frameWasSwapped()
{
    if (m_awaitsSwap) {
        m_awaitsSwap = false;
        Q_EMIT presented();
    }
}

bool CanvasItem::isShown() const
{
    // Not QWindow::isVisible(), which is never true of the window that stands behind a QQuickWidget.
    const auto visibility = window() ? window()->visibility() : QWindow::Hidden;
    return isVisible() && visibility != QWindow::Hidden && visibility != QWindow::Minimized;
}

void CanvasItem::setVisualFocus(bool visualFocus)
{
    if (m_visualFocus == visualFocus)
        return;
    m_visualFocus = visualFocus;
    Q_EMIT visualFocusChanged();
}

void CanvasItem::focusInEvent(QFocusEvent *event)
{
    const Qt::FocusReason reason = event->reason();
    setVisualFocus(reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason);
    QQuickItem::focusInEvent(event);
}

void CanvasItem::focusOutEvent(QFocusEvent *event)
{
    setVisualFocus(false);
    QQuickItem::focusOutEvent(event);
}

void CanvasItem::geometryChange(const QRectF &newGeometry, const QRectF &oldGeometry)
{
    QQuickItem::geometryChange(newGeometry, oldGeometry);
    if (newGeometry.size() != oldGeometry.size())
        Q_EMIT surfaceChanged();
}

void CanvasItem::itemChange(ItemChange change, const ItemChangeData &data)
{
    QQuickItem::itemChange(change, data);
    if (change == ItemSceneChange) {
        disconnect(m_windowConnection);
        disconnect(m_swapConnection);
        if (data.window) {
            m_swapConnection = connect(data.window, &QQuickWindow::frameSwapped, this, &CanvasItem::frameWasSwapped);
            m_windowConnection = connect(data.window, &QWindow::visibilityChanged, this, &CanvasItem::surfaceChanged);
        }
    }
    if (change == ItemSceneChange || change == ItemVisibleHasChanged || change == ItemDevicePixelRatioHasChanged)
        Q_EMIT surfaceChanged();
}

QSGNode *CanvasItem::updatePaintNode(QSGNode *node, UpdatePaintNodeData *)
{
    auto *imageNode = static_cast<QSGImageNode *>(node);
    // The software scene graph cannot draw an empty texture, so there is no node before the first image.
    if (m_image.isNull()) {
        delete imageNode;
        return nullptr;
    }
    if (!imageNode) {
        imageNode = window()->createImageNode();
        imageNode->setOwnsTexture(true);
        imageNode->setFiltering(QSGTexture::Nearest);
        m_imageIsNew = true;
    }
    if (m_imageIsNew) {
        imageNode->setTexture(window()->createTextureFromImage(m_image, QQuickWindow::TextureIsOpaque));
        imageNode->setRect(QRectF(QPointF(), QSizeF(m_image.size()) / window()->effectiveDevicePixelRatio()));
        m_imageIsNew = false;
        m_awaitsSwap = true;
    }
    return imageNode;
}
