// Kymograph in a Qt program of your own: series that any thread fills, and jobs that run on worker threads.
//
// Include it, link Kymograph::Kymograph, call kymograph::initialize() and write `import Kymograph` in QML; docs/embedding.md
// walks through it. All of this header is inline; the library behind it has plain C functions only, so program and library
// may be built by different compilers. C++17, Qt 6.4 or later.
//
// Threads: what is not marked "any thread" belongs to the GUI thread.
// Exceptions: std::runtime_error from initialize() if header and library do not belong together, std::invalid_argument where
// it is said. Nothing else throws, but Context throws Stopped inside Job::run().
#pragma once

#include <QtCore/QObject>
#include <QtQml/QQmlEngine>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

// The library. Not for programs: use the classes below.
extern "C" {
std::uint32_t kymograph_abi();
void kymograph_register();
void kymograph_install_translations();
void *kymograph_series_open(const char *name, std::size_t length);
void *kymograph_series_of(const void *object);
void *kymograph_series_clone(const void *series);
void kymograph_series_close(void *series);
void kymograph_series_append(const void *series, const double *x, const double *y, std::size_t count);
void kymograph_series_replace(const void *series, const double *x, const double *y, std::size_t count);
std::size_t kymograph_series_count(const void *series);
bool kymograph_series_at(const void *series, std::size_t index, double *x, double *y);
void kymograph_register_job(const char *name, std::size_t length, const void *factory,
                            void (*run)(const void *factory, void *context), void (*drop)(const void *factory));
bool kymograph_context_is_stopping(void *context);
bool kymograph_context_checkpoint(void *context);
bool kymograph_context_sleep(void *context, double seconds);
bool kymograph_context_send(void *context, const char *name, std::size_t length, const double *x, const double *y,
                            std::size_t count, bool replaces);
void kymograph_context_print(void *context, const char *text, std::size_t length);
void kymograph_context_message(void *context, std::uint32_t level, const char *text, std::size_t length);
void kymograph_context_progress(void *context, std::uint64_t done, std::uint64_t total);
void kymograph_context_fail(void *context, const char *text, std::size_t length);
}

namespace kymograph {

// The version of the C functions that this header was written for.
constexpr std::uint32_t abi = 1;

// Makes `import Kymograph` work in `engine`; call it for each engine, after the application object was made and before QML is
// loaded. Nothing else of the program is changed: no names, no style, no translations, no message handler. What the library
// has to warn of goes to the logging category `kymograph`.
inline void initialize(QQmlEngine *engine)
{
    if (kymograph_abi() != abi)
        throw std::runtime_error("kymograph.h and libkymograph.so are of different versions");
    kymograph_register();
    // Among the usual import paths from Qt 6.5 on.
    if (engine && !engine->importPathList().contains(QStringLiteral("qrc:/qt/qml")))
        engine->addImportPath(QStringLiteral("qrc:/qt/qml"));
}

// Shows the words of tooltips, menus and dialogs in the person's language (LANGUAGE, LC_ALL, LC_MESSAGES, LANG) where there is a
// translation; without this call they are English. After the application object was made, before QML is loaded.
inline void installTranslations()
{
    kymograph_install_translations();
}

// Samples that any thread adds to and any number of figures show. A handle: copies lead to the same samples, which are freed
// with the last handle and the last QML Series that shows them. All functions: any thread. A moved-from handle may only be
// assigned to and destroyed.
class Series
{
public:
    // The series named `name` in this process; QML shows it by `Series { source: "name" }`. Comes into being with its first
    // handle or its first QML Series, whichever is earlier. An empty name is a new series that nothing else leads to.
    explicit Series(std::string_view name)
        : m_series(kymograph_series_open(name.data(), name.size()))
    {
    }

    // The samples of a QML `Series` object; the object may go, the samples stay. GUI thread. Throws std::invalid_argument if
    // `object` is null or no Series.
    static Series of(const QObject *object)
    {
        void *series = kymograph_series_of(object);
        if (!series)
            throw std::invalid_argument("not a Series of the QML module Kymograph");
        return Series(series);
    }

    Series(const Series &other)
        : m_series(kymograph_series_clone(other.m_series))
    {
    }
    Series(Series &&other) noexcept
        : m_series(std::exchange(other.m_series, nullptr))
    {
    }
    Series &operator=(Series other) noexcept
    {
        std::swap(m_series, other.m_series);
        return *this;
    }
    ~Series() { kymograph_series_close(m_series); }

    // Adds `count` samples at the end; they are copied before this returns. Waits for other writers of this series, half a
    // millisecond at most each. x in data units, ascending if figures shall stay fast beyond a million samples; NaN and
    // infinite y are gaps.
    void append(const double *x, const double *y, std::size_t count) { kymograph_series_append(m_series, x, y, count); }
    void append(double x, double y) { append(&x, &y, 1); }

    // Puts `count` samples in the place of all that are there, at once.
    void replace(const double *x, const double *y, std::size_t count) { kymograph_series_replace(m_series, x, y, count); }

    // Forgets all samples.
    void clear() { replace(nullptr, nullptr, 0); }

    // Number of samples.
    std::size_t count() const { return kymograph_series_count(m_series); }

    // Sample `index`, counted from 0, as (x, y); (0, 0) if there is none.
    std::pair<double, double> at(std::size_t index) const
    {
        std::pair<double, double> sample{0.0, 0.0};
        kymograph_series_at(m_series, index, &sample.first, &sample.second);
        return sample;
    }

private:
    explicit Series(void *series)
        : m_series(series)
    {
    }

    void *m_series;
};

// Thrown by Context when the job was asked to stop, to leave Job::run() from wherever it is. Let it through; it is no
// std::exception, so that handlers of errors do not catch it by accident.
struct Stopped {};

// What the code of a job can do. Given to Job::run(), valid until that returns, and only on its thread.
class Context
{
public:
    explicit Context(void *context)
        : m_context(context)
    {
    }
    Context(const Context &) = delete;
    Context &operator=(const Context &) = delete;

    // Whether the job was asked to stop: for code that ends in its own way instead of by Stopped.
    bool stopping() const { return kymograph_context_is_stopping(m_context); }

    // Waits while a person holds the job. Call it in every loop that calls none of the others. Throws Stopped.
    void checkpoint() { require(kymograph_context_checkpoint(m_context)); }

    // Sleeps; returns early, by Stopped, when asked to stop.
    void sleep(double seconds) { require(kymograph_context_sleep(m_context, seconds)); }

    // Adds samples at the end of the series `series`, which comes into being with the first call. They are copied before this
    // returns; it waits while the receiver has more than enough to do, so nothing is lost. Throws Stopped: not taken then.
    void append(std::string_view series, const double *x, const double *y, std::size_t count)
    {
        require(kymograph_context_send(m_context, series.data(), series.size(), x, y, count, false));
    }
    void append(std::string_view series, double x, double y) { append(series, &x, &y, 1); }

    // Puts samples in the place of all of the series. Otherwise as append().
    void replace(std::string_view series, const double *x, const double *y, std::size_t count)
    {
        require(kymograph_context_send(m_context, series.data(), series.size(), x, y, count, true));
    }

    // Prints a line, UTF-8, as the output of the job.
    void print(std::string_view text) { kymograph_context_print(m_context, text.data(), text.size()); }

    // Shows a message in the Worker pane, stamped with the time since the start.
    enum Level : std::uint32_t { Info, Warning, Error };
    void message(std::string_view text, Level level = Info)
    {
        kymograph_context_message(m_context, level, text.data(), text.size());
    }

    // Says how far the job is: `done` of `total` steps; a total of 0 is an unknown end.
    void progress(std::uint64_t done, std::uint64_t total = 0) { kymograph_context_progress(m_context, done, total); }

private:
    static void require(bool goesOn)
    {
        if (!goesOn)
            throw Stopped();
    }

    void *m_context;
};

// A long computation. Derive from it, and register a factory; each start makes an object of its own, runs it and deletes it,
// all on the worker's thread.
class Job
{
public:
    virtual ~Job() = default;

    // Computes. Returning is the good end. A std::exception is a failure, its what() is shown; Stopped is a stop. Code that
    // ignores a stop for longer than 1.5 s is abandoned: what it sends from then on is refused, its thread and its object live
    // until it returns.
    virtual void run(Context &context) = 0;
};

namespace detail {

using Factory = std::function<std::unique_ptr<Job>()>;

inline void run(const void *factory, void *handle)
{
    // No exception may pass the library.
    const auto fail = [handle](std::string_view text) { kymograph_context_fail(handle, text.data(), text.size()); };
    try {
        const std::unique_ptr<Job> job = (*static_cast<const Factory *>(factory))();
        Context context(handle);
        if (job)
            job->run(context);
        else
            fail("the factory of the job made none");
    } catch (const Stopped &) {
    } catch (const std::exception &error) {
        fail(error.what());
    } catch (...) {
        fail("an exception that is no std::exception");
    }
}

inline void drop(const void *factory)
{
    delete static_cast<const Factory *>(factory);
}

}

// Makes a job known as `name`, in place of an earlier one of that name; QML runs it by `HostJob { source: "name" }`. `factory`
// is called on worker threads, once for each start, by several at a time where several starts of it run at once; what it
// refers to must live as long as that may be. It is deleted, on any thread, when the job is neither registered nor running.
// Any thread.
inline void registerJob(std::string_view name, std::function<std::unique_ptr<Job>()> factory)
{
    kymograph_register_job(name.data(), name.size(), new detail::Factory(std::move(factory)), detail::run, detail::drop);
}

// The same for a class that is made without arguments.
template<class T>
void registerJob(std::string_view name)
{
    registerJob(name, [] { return std::make_unique<T>(); });
}

// The same for a function.
inline void registerJob(std::string_view name, std::function<void(Context &)> code)
{
    class Code final : public Job
    {
    public:
        explicit Code(std::function<void(Context &)> code)
            : m_code(std::move(code))
        {
        }
        void run(Context &context) override { m_code(context); }

    private:
        std::function<void(Context &)> m_code;
    };
    registerJob(name, detail::Factory([code = std::move(code)] { return std::make_unique<Code>(code); }));
}

}
