// The scene-graph end of a figure: shows the newest image handed to it. No logic lives here.
//
// GUI thread, but for updatePaintNode(), which Qt calls on the render thread while the GUI thread waits.
#pragma once

#include <QtGui/QImage>
#include <QtQuick/QQuickItem>
#include <QtQuick/QQuickWindow>

class CanvasItem : public QQuickItem
{
    Q_OBJECT
    // Whether the item has the focus and got it by a key: then it shows that it has it.
    Q_PROPERTY(bool visualFocus READ visualFocus NOTIFY visualFocusChanged)

public:
    explicit CanvasItem(QQuickItem *parent = nullptr);

    // Shows `image` from the next frame of the window on, one image pixel to one device pixel, at the top left.
    // Null images are ignored. `image` must be Format_RGB32: it is taken as opaque.
    void present(const QImage &image);

    // Device pixels a logical pixel of the window that the item stands in; 1 without a window.
    double pixelRatio() const;

    // Whether a person can see the item: it and its window are visible and the window is not minimised.
    bool isShown() const;

    bool visualFocus() const { return m_visualFocus; }

Q_SIGNALS:
    void visualFocusChanged();

    // The image handed over last is on the screen.
    void presented();

    // The size, the pixel ratio or the visibility of the item changed.
    void surfaceChanged();

protected:
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void geometryChange(const QRectF &newGeometry, const QRectF &oldGeometry) override;
    void itemChange(ItemChange change, const ItemChangeData &data) override;
    QSGNode *updatePaintNode(QSGNode *node, UpdatePaintNodeData *) override;

private:
    void frameWasSwapped();
    void setVisualFocus(bool visualFocus);

    QImage m_image;
    QMetaObject::Connection m_windowConnection;
    QMetaObject::Connection m_swapConnection;
    bool m_imageIsNew = false;
    bool m_visualFocus = false;
    // Set where the render thread holds the GUI thread, read by the GUI thread.
    bool m_awaitsSwap = false;
};
