//! `Program`: what the QML needs to know of the process: how it was started, and when it is asked to end.
//!
//! GUI thread; a thread of its own waits for signals and posts them here.

/// The Qt side of [`qobject::Program`].
#[cxx_qt::bridge]
pub mod qobject {
    unsafe extern "C++" {
        include!("cxx-qt-lib/qcolor.h");
        /// Qt's colour.
        type QColor = cxx_qt_lib::QColor;
        include!("cxx-qt-lib/qvariant.h");
        /// Qt's value of any type.
        type QVariant = cxx_qt_lib::QVariant;
        include!("cxx-qt-lib/qstring.h");
        /// Qt's string.
        type QString = cxx_qt_lib::QString;
        include!("cxx-qt-lib/qstringlist.h");
        /// Qt's list of strings.
        type QStringList = cxx_qt_lib::QStringList;
        include!("cxx-qt-lib/qurl.h");
        /// Qt's address.
        type QUrl = cxx_qt_lib::QUrl;
        include!("kymograph/symbols.h");
        #[namespace = "kymograph"]
        #[rust_name = "provide_symbols"]
        fn provideSymbols(object: &QObject);
    }

    extern "RustQt" {
        #[qobject]
        #[qml_element]
        #[qml_singleton]
        #[qproperty(QString, version, READ = version, CONSTANT)]
        #[qproperty(bool, is_plain, cxx_name = "isPlain", READ = is_plain, CONSTANT)]
        #[qproperty(bool, autostart, READ = autostart, CONSTANT)]
        #[qproperty(bool, quit_when_done, cxx_name = "quitWhenDone", READ = quit_when_done, CONSTANT)]
        #[qproperty(QUrl, save_url, cxx_name = "saveUrl", READ = save_url, CONSTANT)]
        /// How the process was started, and when it is asked to end.
        type Program = super::ProgramRust;

        /// SIGINT or SIGTERM came: end by the orderly path. `wants_stop` tells the interrupt of a person from the wish that
        /// this process ends.
        #[qsignal]
        #[cxx_name = "quitRequested"]
        fn quit_requested(self: Pin<&mut Program>, wants_stop: bool);

        /// Runs go on that no window of this program began: their directories, and their names for people.
        #[qsignal]
        #[cxx_name = "runsFound"]
        fn runs_found(self: Pin<&mut Program>, paths: &QStringList, names: &QStringList);

        /// The session of the last time, as the text of a session file; empty if there is none.
        #[qsignal]
        #[cxx_name = "sessionRead"]
        fn session_read(self: Pin<&mut Program>, text: &QString);

        /// The session of the last time cannot be read; `text` says why.
        #[qsignal]
        #[cxx_name = "sessionFailed"]
        fn session_failed(self: Pin<&mut Program>, text: &QString);

        /// Reads the session of the last time; `sessionRead` or `sessionFailed` follows, in a window that has one.
        #[qinvokable]
        #[cxx_name = "readSession"]
        pub fn read_session(self: Pin<&mut Program>);

        /// Remembers a session, given as the text of a session file, for the next time.
        #[qinvokable]
        #[cxx_name = "saveSession"]
        pub fn save_session(self: &Program, text: &QString);

        /// Looks for runs that go on without a window; `runsFound` follows if there are any.
        #[qinvokable]
        #[cxx_name = "findRuns"]
        pub fn find_runs(self: Pin<&mut Program>);

        /// Writes a line to the terminal that the program was started from.
        #[qinvokable]
        pub fn say(self: &Program, text: &QString);

        /// Address of a bundled symbol as an image; black, to be tinted.
        #[qinvokable]
        pub fn symbol(self: &Program, name: &QString) -> QUrl;

        /// Address of a bundled symbol as an image in a colour.
        #[qinvokable]
        #[cxx_name = "tintedSymbol"]
        pub fn tinted_symbol(self: &Program, name: &QString, color: &QColor) -> QUrl;

        /// What is remembered under a key, as a value of the type of `fallback`; that itself if there is nothing of the
        /// kind. The key is a group and a name, as `window/width`.
        #[qinvokable]
        pub fn remembered(self: &Program, key: &QString, fallback: &QVariant) -> QVariant;

        /// Remembers a value under a key for the next start.
        #[qinvokable]
        pub fn remember(self: &Program, key: &QString, value: &QVariant);

        /// Path of a local address, to be shown.
        #[qinvokable]
        #[cxx_name = "localPath"]
        pub fn local_path(self: &Program, url: &QUrl) -> QString;
    }

    // What the properties read.
    extern "RustQt" {
        /// Version of the program.
        fn version(self: &Program) -> QString;
        /// Whether no command was given, so that the remembered settings of the job hold.
        #[cxx_name = "isPlain"]
        fn is_plain(self: &Program) -> bool;
        /// Whether the job starts without a press of the button.
        fn autostart(self: &Program) -> bool;
        /// Whether the window closes when the job has ended.
        #[cxx_name = "quitWhenDone"]
        fn quit_when_done(self: &Program) -> bool;
        /// Where the figure is written when the job has ended; empty for nowhere.
        #[cxx_name = "saveUrl"]
        fn save_url(self: &Program) -> QUrl;
    }

    impl cxx_qt::Threading for Program {}
    impl cxx_qt::Initialize for Program {}
}

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicI32, Ordering};

use cxx_qt::casting::Upcast;
use cxx_qt::{CxxQtType, Threading};
use cxx_qt_lib::{QColor, QColorNameFormat, QQuickStyle, QString, QUrl, QVariant};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};

use crate::app::queue::Queue;
use crate::app::{last_session, launch, runs};
use crate::bridge::qt;
use crate::job::thread::{self, Thread};
use crate::job::{Clock, Seat, SystemClock, spawn_detached};

/// KDE's own controls, used where they are installed.
pub(crate) const DESKTOP_STYLE: &str = "org.kde.desktop";

/// What the process will return: the exit status of the job that ended last.
static EXIT_CODE: AtomicI32 = AtomicI32::new(0);

/// Sets what the process will return.
pub(crate) fn set_exit_code(code: i32) {
    EXIT_CODE.store(code, Ordering::Relaxed);
}

/// What the process will return.
#[must_use]
pub fn exit_code() -> i32 {
    EXIT_CODE.load(Ordering::Relaxed)
}

/// Where the session is kept: for a window that shows no job of choice, in which nothing is to be measured.
fn session_path() -> Option<PathBuf> {
    let launch = launch::if_set()?;
    let is_usual =
        launch.is_plain && launch.settings_dir.is_none() && launch.layout.is_none() && !launch.quit_when_done;
    last_session::path().filter(|_| is_usual)
}

/// Goes on with commands that wait, if whoever worked them off is gone.
fn revive_queue() {
    let launch = launch::get();
    let (Some(data_dir), Some(supervisor)) = (runs::data_dir(&launch.recording), &launch.supervisor) else { return };
    if let Err(error) = Queue::of(&data_dir).and_then(|queue| queue.revive(supervisor)) {
        log::warn!("the commands that wait are not started: {error}");
    }
}

/// State of [`qobject::Program`].
#[derive(Default)]
pub struct ProgramRust {
    signals: Option<SignalThread>,
}

/// The thread that waits for signals, ended and joined on drop.
struct SignalThread {
    handle: Handle,
    // Joined by its own drop, after `handle` was closed.
    _thread: Thread<()>,
}

impl Drop for SignalThread {
    fn drop(&mut self) {
        self.handle.close();
    }
}

impl cxx_qt::Initialize for qobject::Program {
    fn initialize(mut self: Pin<&mut Self>) {
        // In windows of other programs, signals are theirs.
        if launch::if_set().is_none() {
            return;
        }
        let queue = self.qt_thread();
        let started = Signals::new([SIGINT, SIGTERM]).and_then(|mut signals| {
            let handle = signals.handle();
            let wait = move |_: &Seat| {
                for signal in signals.forever() {
                    // A failed post means that the program is ending already.
                    _ = queue.queue(move |program| program.quit_requested(signal == SIGINT));
                }
            };
            Ok(SignalThread { handle, _thread: thread::spawn("signals", SystemClock::new().seat(), wait)? })
        });
        match started {
            Ok(signals) => self.as_mut().rust_mut().signals = Some(signals),
            Err(error) => log::warn!("SIGINT and SIGTERM will end the program at once: {error}"),
        }
    }
}

impl qobject::Program {
    fn version(&self) -> QString {
        QString::from(env!("CARGO_PKG_VERSION"))
    }

    fn is_plain(&self) -> bool {
        launch::get().is_plain
    }

    fn autostart(&self) -> bool {
        launch::get().autostart
    }

    fn quit_when_done(&self) -> bool {
        launch::get().quit_when_done
    }

    fn save_url(&self) -> QUrl {
        let path = launch::get().save.as_ref().and_then(|path| std::path::absolute(path).ok());
        path.map(|path| QUrl::from_local_file(&QString::from(&*path.to_string_lossy()))).unwrap_or_default()
    }

    /// Looks for runs that go on without a window; `runsFound` follows if there are any.
    pub fn find_runs(self: Pin<&mut Self>) {
        let queue = self.qt_thread();
        let looked = spawn_detached("runs", move |_| {
            revive_queue();
            let runs = runs::live(&launch::get().recording);
            if !runs.is_empty() {
                // A failed post means that the program is ending already.
                _ = queue.queue(move |program| {
                    let paths = runs.iter().map(|run| QString::from(&*run.path.to_string_lossy())).collect();
                    let names = runs.iter().map(|run| QString::from(&run.name())).collect();
                    program.runs_found(&paths, &names);
                });
            }
            Ok(())
        });
        if let Err(error) = looked {
            log::warn!("runs that go on are not looked for: {error}");
        }
    }

    /// Reads the session of the last time; `session_read` or `session_failed` follows, in a window that has one.
    pub fn read_session(self: Pin<&mut Self>) {
        let queue = self.qt_thread();
        let Some(path) = session_path() else { return };
        let read = spawn_detached("session", move |_| {
            let read = last_session::read(&path);
            // A failed post means that the program is ending already.
            _ = queue.queue(move |program| match read {
                Ok(text) => program.session_read(&QString::from(&text.unwrap_or_default())),
                Err(error) => program.session_failed(&QString::from(&error.to_string())),
            });
            Ok(())
        });
        if let Err(error) = read {
            log::warn!("the session of the last time is not read: {error}");
        }
    }

    /// Remembers a session, given as the text of a session file, for the next time.
    pub fn save_session(&self, text: &QString) {
        let Some(path) = session_path() else { return };
        if let Err(error) = last_session::save_aside(text.to_string(), path) {
            log::warn!("the session is not remembered: {error}");
        }
    }

    /// Writes a line to the terminal that the program was started from.
    pub fn say(&self, text: &QString) {
        eprintln!("kymograph: {text}");
    }

    /// Address of a bundled symbol as an image; black, to be tinted.
    pub fn symbol(&self, name: &QString) -> QUrl {
        // Its buttons are drawn by Qt Widgets, which read files only.
        if QQuickStyle::name().to_string() == DESKTOP_STYLE {
            return QUrl::from(&*format!("qrc:/qt/qml/Kymograph/qml/icons/{name}.svg"));
        }
        qobject::provide_symbols(self.upcast());
        QUrl::from(&*format!("image://kymograph/{name}"))
    }

    /// Address of a bundled symbol as an image in a colour.
    pub fn tinted_symbol(&self, name: &QString, color: &QColor) -> QUrl {
        qobject::provide_symbols(self.upcast());
        QUrl::from(&*format!(
            "image://kymograph/{name}/{}",
            color.name(QColorNameFormat::HexArgb).to_string().trim_start_matches('#')
        ))
    }

    /// What is remembered under a key, as a value of the type of `fallback`; that itself if there is nothing of the kind.
    pub fn remembered(&self, key: &QString, fallback: &QVariant) -> QVariant {
        qt::remembered(key, fallback)
    }

    /// Remembers a value under a key for the next start.
    pub fn remember(&self, key: &QString, value: &QVariant) {
        qt::remember(key, value);
    }

    /// Path of a local address, to be shown.
    pub fn local_path(&self, url: &QUrl) -> QString {
        url.to_local_file().unwrap_or_default()
    }
}
