// A Qt Widgets program with dock widgets, as there are many, that shows a live figure in the middle of its main window.
#include <kymograph/kymograph.h>

#include <QtCore/QTimer>
#include <QtQuickWidgets/QQuickWidget>
#include <QtQuick/QQuickItem>
#include <QtGui/QShortcut>
#include <QtWidgets/QApplication>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMainWindow>
#include <QtWidgets/QVBoxLayout>

#include <atomic>
#include <cmath>
#include <thread>
#include <vector>

// Samples two channels, a block at a time.
class Sampler
{
public:
    Sampler(kymograph::Series first, kymograph::Series second)
        : m_first(std::move(first))
        , m_second(std::move(second))
        , m_thread([this] { sample(); })
    {
    }
    ~Sampler()
    {
        m_isStopping = true;
        m_thread.join();
    }

private:
    void sample()
    {
        constexpr std::size_t block = 1000;
        std::vector<double> t(block), a(block), b(block);
        for (std::size_t n = 0; !m_isStopping; n += block) {
            for (std::size_t i = 0; i < block; ++i) {
                t[i] = double(n + i) * 2e-5;
                a[i] = std::sin(40.0 * t[i]);
                b[i] = std::cos(55.0 * t[i]) * 0.6;
            }
            m_first.append(t.data(), a.data(), block);
            m_second.append(t.data(), b.data(), block);
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }

    kymograph::Series m_first, m_second;
    std::atomic<bool> m_isStopping = false;
    // Started last, when all that it uses is there.
    std::thread m_thread;
};

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    app.setApplicationName(QStringLiteral("oscilloscope"));
    app.setOrganizationName(QStringLiteral("example"));

    QMainWindow window;
    window.setWindowTitle(QStringLiteral("Oscilloscope"));
    window.resize(960, 600);

    auto *scope = new QQuickWidget(&window);
    kymograph::initialize(scope->engine());
    scope->setResizeMode(QQuickWidget::SizeRootObjectToView);
    scope->setSource(QUrl(QStringLiteral("qrc:/Scope.qml")));
    if (scope->status() != QQuickWidget::Ready)
        return 1;
    window.setCentralWidget(scope);

    auto *dock = new QDockWidget(QStringLiteral("Channels"), &window);
    auto *panel = new QWidget(dock);
    auto *layout = new QVBoxLayout(panel);
    auto *count = new QLabel(panel);
    for (const char *name : {"channel 1", "channel 2"}) {
        auto *series = scope->rootObject()->findChild<QObject *>(QString::fromLatin1(name));
        auto *box = new QCheckBox(QString::fromLatin1(name), panel);
        box->setChecked(true);
        // The properties of QML objects are those of any QObject.
        QObject::connect(box, &QCheckBox::toggled, series, [series](bool on) { series->setProperty("visible", on); });
        layout->addWidget(box);
    }
    auto *first = scope->rootObject()->findChild<QObject *>(QStringLiteral("channel 1"));
    auto *second = scope->rootObject()->findChild<QObject *>(QStringLiteral("channel 2"));
    layout->addWidget(count);
    layout->addStretch();
    dock->setWidget(panel);
    window.addDockWidget(Qt::LeftDockWidgetArea, dock);

    auto *timer = new QTimer(&window);
    QObject::connect(timer, &QTimer::timeout, count, [count, first] {
        count->setText(QStringLiteral("%1 samples").arg(first->property("count").toInt()));
    });
    timer->start(250);

    // The handles stay good when the window is gone, so it does not matter which goes first.
    Sampler sampler(kymograph::Series::of(first), kymograph::Series::of(second));
    QObject::connect(new QShortcut(QKeySequence::Quit, &window), &QShortcut::activated, &window, &QWidget::close);
    window.show();
    return app.exec();
}
