// What kymograph.h promises: handles from any thread, jobs that end well, by a stop, by an exception, or not at all in time.
// Ends with 1 and a line that says which promise was broken.
#include <kymograph/kymograph.h>

#include <QtCore/QElapsedTimer>
#include <QtCore/QEventLoop>
#include <QtCore/QTimer>
#include <QtCore/QVariant>
#include <QtGui/QGuiApplication>
#include <QtQml/QQmlComponent>
#include <QtQml/QQmlEngine>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

namespace {

void require(bool holds, const char *promise)
{
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", promise);
        std::exit(1);
    }
}

// Lets Qt work until `holds` says so, 20 s at most.
template<class F>
void waitFor(F holds, const char *promise)
{
    QElapsedTimer time;
    time.start();
    while (!holds() && time.elapsed() < 20000)
        QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
    require(holds(), promise);
}

std::unique_ptr<QObject> make(QQmlEngine &engine, const char *qml)
{
    QQmlComponent component(&engine);
    component.setData(QByteArray("import QtQuick\nimport Kymograph 1.0\n") + qml, QUrl());
    std::unique_ptr<QObject> object(component.create());
    require(object != nullptr, qPrintable(component.errorString()));
    return object;
}

void testSeries(QQmlEngine &engine)
{
    kymograph::Series named("api/named");
    std::thread writers[4];
    for (auto &writer : writers) {
        writer = std::thread([] {
            kymograph::Series own("api/named");
            for (int i = 0; i < 1000; ++i)
                own.append(i, 2.0 * i);
        });
    }
    for (auto &writer : writers)
        writer.join();
    require(named.count() == 4000, "what any thread appends is there");

    kymograph::Series copy = named;
    kymograph::Series moved = std::move(named);
    named = copy;
    const double x[] = {1.0, 2.0}, y[] = {3.0, 4.0};
    moved.replace(x, y, 2);
    require(copy.count() == 2 && named.at(1) == std::pair(2.0, 4.0), "handles lead to the same samples");
    require(named.at(7) == std::pair(0.0, 0.0), "a sample that is not there is (0, 0)");

    {
        const auto shown = make(engine, "Series { source: 'api/named' }");
        require(shown->property("count").toInt() == 2, "QML finds a series by its name");
    }
    const auto series = make(engine, "Series {}");
    kymograph::Series of = kymograph::Series::of(series.get());
    of.append(1.0, 1.0);
    require(series->property("count").toInt() == 1, "a handle of a QML object leads to its samples");
    bool isRefused = false;
    try {
        kymograph::Series::of(&engine);
    } catch (const std::invalid_argument &) {
        isRefused = true;
    }
    require(isRefused, "what is no Series is refused");
    kymograph::Series empty("");
    require(empty.count() == 0, "an empty name is a new series");
    copy.clear();
    require(moved.count() == 0, "clear() empties it for all");
}

// Runs the job `name` until it has ended; its error text.
QString run(QQmlEngine &engine, const char *name, bool stops = false)
{
    const auto job = make(engine, "HostJob {}");
    job->setProperty("source", QString::fromLatin1(name));
    QMetaObject::invokeMethod(job.get(), "start");
    if (stops) {
        waitFor([&] { return job->property("progress").toDouble() > 0; }, "a job tells its progress");
        QMetaObject::invokeMethod(job.get(), "stop");
    }
    waitFor([&] { return !job->property("isActive").toBool(); }, "a job ends");
    return job->property("errorText").toString();
}

void testJobs(QQmlEngine &engine)
{
    static std::atomic<int> made = 0, unwound = 0;
    struct Counted : kymograph::Job
    {
        Counted() { ++made; }
        void run(kymograph::Context &context) override
        {
            context.append("a", 1.0, 2.0);
            context.print("a line");
            context.message("a warning", kymograph::Context::Warning);
            context.progress(1, 2);
        }
    };
    kymograph::registerJob<Counted>("api/counted");
    require(run(engine, "api/counted").isEmpty() && run(engine, "api/counted").isEmpty(), "a job ends well");
    require(made == 2, "each start makes an object of its own");

    kymograph::registerJob("api/throws", [](kymograph::Context &) { throw std::runtime_error("the third wheel came off"); });
    require(run(engine, "api/throws").startsWith(QLatin1String("the third wheel came off")), "an exception is the failure");
    kymograph::registerJob("api/odd", [](kymograph::Context &) { throw 7; });
    require(!run(engine, "api/odd").isEmpty(), "anything thrown is a failure");
    kymograph::registerJob("api/none", [] { return std::unique_ptr<kymograph::Job>(); });
    require(!run(engine, "api/none").isEmpty(), "a factory that makes nothing is a failure");

    kymograph::registerJob("api/endless", [](kymograph::Context &context) {
        struct Guard
        {
            ~Guard() { ++unwound; }
        } guard;
        context.progress(1, 1000);
        for (double i = 0;; ++i) {
            context.append("endless", i, i);
            context.sleep(0.001);
        }
    });
    require(run(engine, "api/endless", true).isEmpty(), "a stop is no failure");
    require(unwound == 1, "Stopped runs destructors");

    // A job that does not listen is abandoned; what it uses lives until it returns.
    static std::atomic<bool> mayEnd = false, hasEnded = false;
    kymograph::registerJob("api/deaf", [](kymograph::Context &context) {
        context.progress(1, 2);
        while (!mayEnd)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        require(context.stopping(), "it could have known");
        hasEnded = true;
    });
    run(engine, "api/deaf", true);
    require(!hasEnded, "nobody waits for a job that does not listen");
    kymograph::registerJob("api/deaf", [](kymograph::Context &) {});
    mayEnd = true;
    waitFor([] { return hasEnded.load(); }, "an abandoned job ends in its own time");
}

}

int main(int argc, char **argv)
{
    // Before there is an application, and after it is gone.
    kymograph::Series lasting("api/lasting");
    lasting.append(0.0, 0.0);
    {
        QGuiApplication app(argc, argv);
        QQmlEngine engine;
        kymograph::initialize(&engine);
        kymograph::initialize(&engine);
        testSeries(engine);
        testJobs(engine);
    }
    lasting.append(1.0, 1.0);
    require(lasting.count() == 2, "a handle outlives the application");
    return 0;
}
