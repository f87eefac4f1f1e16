//! `Desktop`: the program on the session bus. Notifies when a job ends, and answers those who look for its window.
//!
//! GUI thread. The base `DesktopBus` knows D-Bus; what is said and taken is decided in `app::desktop`.

/// The Qt side of [`qobject::Desktop`].
#[cxx_qt::bridge]
pub mod qobject {
    unsafe extern "C++" {
        include!("cxx-qt-lib/qstring.h");
        /// Qt's string.
        type QString = cxx_qt_lib::QString;
        include!("cxx-qt-lib/qstringlist.h");
        /// Qt's list of strings.
        type QStringList = cxx_qt_lib::QStringList;
    }

    unsafe extern "C++Qt" {
        include!("kymograph/desktop_bus.h");
        /// The end at the bus, in C++.
        #[qobject]
        type DesktopBus;
    }

    #[namespace = "kymograph"]
    unsafe extern "C++" {
        #[rust_name = "ask_window"]
        fn askWindow(name: &QString, uris: &QStringList, token: &QString, data_dir: &QString, timeout_ms: i32) -> bool;
        #[rust_name = "use_activation_token"]
        fn useActivationToken(token: &QString);
        #[rust_name = "start_another"]
        fn startAnother(program: &QString, arguments: &QStringList);
    }

    extern "RustQt" {
        #[qobject]
        #[qml_element]
        #[qml_singleton]
        #[base = DesktopBus]
        #[qproperty(bool, is_busy, cxx_name = "isBusy")]
        /// The program on the session bus. `isBusy`: whether the window's job runs, so that a second start wants another.
        type Desktop = super::DesktopRust;

        /// The window is to come to the front.
        #[qsignal]
        #[cxx_name = "raiseRequested"]
        fn raise_requested(self: Pin<&mut Desktop>);

        /// Answers on the bus from now on, if this window may be what another start means. Once is enough.
        #[qinvokable]
        pub fn begin(self: Pin<&mut Desktop>);

        /// The window's job records into the directory `run_path`, or into none.
        #[qinvokable]
        #[cxx_name = "showsRun"]
        pub fn shows_run(self: Pin<&mut Desktop>, run_path: &QString);

        /// Shows a notification: its head, the text below, and what a click on it does, which brings the window to the front.
        /// With `is_last` the program ends now: it waits until the message is sent, 200 ms at most, and a click does nothing.
        #[qinvokable]
        pub fn tell(self: Pin<&mut Desktop>, summary: &QString, text: &QString, action: &QString, is_last: bool);
    }

    unsafe extern "RustQt" {
        /// The bus's end of `tell`.
        #[inherit]
        fn notify(self: Pin<&mut Desktop>, summary: &QString, body: &QString, action: &QString, is_last: bool);
        /// Takes a name on the bus.
        #[inherit]
        #[cxx_name = "answerAs"]
        fn answer_as(self: Pin<&mut Desktop>, name: &QString);
        /// The person clicked on the notification.
        #[inherit]
        #[qsignal]
        fn clicked(self: Pin<&mut Desktop>, token: &QString);

        /// Takes a call from the bus, or does not.
        #[cxx_override]
        fn answer(
            self: Pin<&mut Desktop>,
            method: &QString,
            names: &QStringList,
            token: &QString,
            data_dir: &QString,
        ) -> bool;
    }

    impl cxx_qt::Initialize for Desktop {}
}

use std::env;
use std::path::PathBuf;
use std::pin::Pin;

use cxx_qt::CxxQtType;
use cxx_qt_lib::{QList, QString, QStringList};

use crate::app::desktop::{self, Identity};
use crate::app::launch::{self, Launch};
use crate::app::session_bus;
use crate::bridge::guarded;

/// State of [`qobject::Desktop`].
#[derive(Default)]
pub struct DesktopRust {
    is_busy: bool,
    // What the window was opened for, and the run that its job records, once there is one.
    identity: Option<Identity>,
    run: Option<Identity>,
    has_begun: bool,
    has_bus: bool,
}

impl cxx_qt::Initialize for qobject::Desktop {
    fn initialize(self: Pin<&mut Self>) {
        self.on_clicked(|desktop, token| guarded("a click on a notification", || desktop.come_forward(token)))
            .release();
    }
}

impl qobject::Desktop {
    /// Answers on the bus from now on, if this window may be what another start means. Once is enough.
    pub fn begin(mut self: Pin<&mut Self>) {
        if std::mem::replace(&mut self.as_mut().rust_mut().has_begun, true) {
            return;
        }
        if !session_bus::answers() {
            return;
        }
        self.as_mut().rust_mut().has_bus = true;
        self.as_mut().rust_mut().identity = Identity::of(launch::get());
        let names: Vec<_> = self.identity.iter().chain(&self.run).map(|own| QString::from(&own.bus_name)).collect();
        names.iter().for_each(|name| self.as_mut().answer_as(name));
    }

    /// The window's job records into the directory `run_path`, or into none.
    pub fn shows_run(mut self: Pin<&mut Self>, run_path: &QString) {
        let run = Identity::of_job(launch::get(), &PathBuf::from(run_path.to_string()));
        if let (Some(run), true) = (&run, self.has_bus) {
            self.as_mut().answer_as(&QString::from(&run.bus_name));
        }
        self.rust_mut().run = run;
    }

    /// Shows a notification.
    pub fn tell(mut self: Pin<&mut Self>, summary: &QString, text: &QString, action: &QString, is_last: bool) {
        self.as_mut().begin();
        if !self.has_bus {
            return;
        }
        let summary = desktop::note_summary(&summary.to_string());
        let body = desktop::note_body(&text.to_string());
        let action = if is_last { QString::default() } else { action.clone() };
        self.notify(&QString::from(&summary), &QString::from(&body), &action, is_last);
    }

    fn answer(
        self: Pin<&mut Self>,
        method: &QString,
        names: &QStringList,
        token: &QString,
        data_dir: &QString,
    ) -> bool {
        guarded("a call from the session bus", || self.take(method, names, token, data_dir))
    }

    fn take(self: Pin<&mut Self>, method: &QString, names: &QStringList, token: &QString, data_dir: &QString) -> bool {
        let names: Vec<String> = QList::<QString>::from(names).iter().map(ToString::to_string).collect();
        let (method, data_dir) = (method.to_string(), data_dir.to_string());
        let own = self.identity.iter().chain(&self.run);
        let takes = own.into_iter().any(|own| own.takes(&names, &data_dir, self.is_busy));
        match method.as_str() {
            "Activate" | "Open" if takes => self.come_forward(token),
            // From the desktop, not from a second start: whoever asks has no window that could be opened instead.
            "Activate" if data_dir.is_empty() => start(&["--new-window".to_owned()]),
            "Open" if data_dir.is_empty() => {
                let paths: Option<Vec<_>> = names.iter().map(|uri| desktop::path_of_uri(uri)).collect();
                let Some(paths) = paths.filter(|paths| !paths.is_empty()) else { return false };
                let paths = paths.into_iter().map(|path| path.to_string_lossy().into_owned());
                start(&["open".to_owned(), "--".to_owned()].into_iter().chain(paths).collect::<Vec<_>>());
            }
            "ActivateAction" if names == ["new-window"] => start(&["--new-window".to_owned()]),
            _ => return false,
        }
        true
    }

    fn come_forward(self: Pin<&mut Self>, token: &QString) {
        log::debug!("the window is asked to come to the front");
        qobject::use_activation_token(token);
        self.raise_requested();
    }
}

/// Whether a window that is open shows what was asked for, and now stands in front. Waits for its answer, for
/// [`desktop::ANSWER_LIMIT`] at most; after the application object was made.
pub(crate) fn is_handed_over(launch: &Launch) -> bool {
    let Some(wanted) = Identity::of(launch) else { return false };
    let uris: QStringList = strings(&wanted.uris);
    let limit_ms = i32::try_from(desktop::ANSWER_LIMIT.as_millis()).unwrap_or(i32::MAX);
    let token = QString::from(&desktop::activation_token());
    qobject::ask_window(&QString::from(&wanted.bus_name), &uris, &token, &QString::from(&wanted.data_dir), limit_ms)
}

/// Starts this program anew, apart from this process.
fn start(arguments: &[String]) {
    match env::current_exe() {
        Ok(program) => qobject::start_another(&QString::from(&*program.to_string_lossy()), &strings(arguments)),
        Err(error) => log::error!("no other window can be opened: {error}"),
    }
}

fn strings(words: &[String]) -> QStringList {
    words.iter().map(QString::from).collect()
}
