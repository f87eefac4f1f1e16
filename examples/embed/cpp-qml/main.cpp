// A Qt Quick program that shows live data of a thread of its own, in two windows, and a job with Start and Stop.
#include <kymograph/kymograph.h>

#include <QtCore/QTimer>
#include <QtGui/QGuiApplication>
#include <QtQml/QQmlApplicationEngine>

#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

// A measurement that goes on whether anybody looks or not.
class Thermometer
{
public:
    Thermometer()
        : m_thread([this] { measure(); })
    {
    }
    ~Thermometer()
    {
        m_isStopping = true;
        m_thread.join();
    }

private:
    void measure()
    {
        kymograph::Series inside("thermometer/inside"), outside("thermometer/outside");
        for (int step = 0; !m_isStopping; ++step) {
            const double seconds = step * 0.01;
            inside.append(seconds, 21.0 + 0.5 * std::sin(seconds));
            outside.append(seconds, 8.0 + 3.0 * std::cos(seconds / 3.0));
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }

    std::atomic<bool> m_isStopping = false;
    // Started last, when all that it uses is there.
    std::thread m_thread;
};

// A computation that a person starts and stops: Newton's iteration for a root.
class Newton : public kymograph::Job
{
public:
    void run(kymograph::Context &context) override
    {
        double x = 2.0;
        for (std::uint64_t step = 1; step <= 40; ++step) {
            x -= (x * x - 2.0) / (2.0 * x) * 0.3;
            context.append("error", double(step), std::abs(x * x - 2.0));
            context.print("step " + std::to_string(step) + ": " + std::to_string(x));
            context.progress(step, 40);
            context.sleep(0.05);
        }
    }
};

int main(int argc, char **argv)
{
    QGuiApplication app(argc, argv);
    // A program of one's own keeps its names: its settings stay where they were.
    app.setApplicationName(QStringLiteral("thermometer"));
    app.setOrganizationName(QStringLiteral("example"));

    kymograph::installTranslations();
    kymograph::registerJob<Newton>("newton");
    Thermometer thermometer;

    QQmlApplicationEngine engine;
    kymograph::initialize(&engine);
    QObject::connect(&engine, &QQmlApplicationEngine::objectCreationFailed, &app, [] { QCoreApplication::exit(1); },
                     Qt::QueuedConnection);
    engine.load(QUrl(QStringLiteral("qrc:/main.qml")));
    return app.exec();
}
