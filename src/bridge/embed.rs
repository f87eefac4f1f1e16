//! The C functions of the shared library: what `include/kymograph/kymograph.h` wraps for C++ programs.
//!
//! Plain C types only, so that a program and the library may be built by different compilers. Each function says what it
//! takes and when; none lets a panic out. Handles are `Arc`s: whoever gets one frees it.

#[cxx_qt::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("kymograph/qt_shims.h");
        #[namespace = "kymograph"]
        #[rust_name = "log_to_qt"]
        fn logToQt(text: &str);
    }
}

use std::ffi::{c_char, c_void};
use std::slice;
use std::sync::Arc;

use cxx_qt::CxxQtType;
use cxx_qt::casting::Downcast;

use crate::app::gui;
use crate::app::host::register_job;
use crate::app::host_context::{HostContext, HostSource};
use crate::batch::Level;
use crate::bridge::guarded;
use crate::bridge::series::qobject::Series;
use crate::job::JobSpec;
use crate::source::Stopped;
use crate::store::LiveSeries;

/// Rises when a function here changes its meaning or goes; the header asks for the one that it was written for.
const ABI: u32 = 1;

/// Our log goes where the program's own Qt messages go.
struct QtLog;

impl log::Log for QtLog {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Warn
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            ffi::log_to_qt(&record.args().to_string());
        }
    }

    fn flush(&self) {}
}

/// # Safety
/// `text` points to `len` bytes that stand during the call, or `len` is 0.
unsafe fn text_of<'a>(text: *const c_char, len: usize) -> std::borrow::Cow<'a, str> {
    if text.is_null() || len == 0 {
        return std::borrow::Cow::Borrowed("");
    }
    // SAFETY: as promised by the caller.
    String::from_utf8_lossy(unsafe { slice::from_raw_parts(text.cast::<u8>(), len) })
}

/// # Safety
/// `numbers` points to `len` numbers that stand during the call, or `len` is 0.
unsafe fn numbers_of<'a>(numbers: *const f64, len: usize) -> &'a [f64] {
    if numbers.is_null() || len == 0 {
        return &[];
    }
    // SAFETY: as promised by the caller.
    unsafe { slice::from_raw_parts(numbers, len) }
}

/// The version of these functions.
#[unsafe(no_mangle)]
pub extern "C" fn kymograph_abi() -> u32 {
    ABI
}

/// Makes the QML module known. On the GUI thread, after the application object was made; more than once does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn kymograph_register() {
    guarded("making the QML module known", || {
        gui::register();
        // A program in Rust may have a logger already.
        if log::set_logger(&QtLog).is_ok() {
            log::set_max_level(log::LevelFilter::Warn);
        }
    });
}

/// Shows the words of the QML module in the person's language. On the GUI thread, after the application object was made.
#[unsafe(no_mangle)]
pub extern "C" fn kymograph_install_translations() {
    guarded("the translation", || _ = gui::install_translations());
}

fn handle(series: LiveSeries) -> *mut LiveSeries {
    Box::into_raw(Box::new(series))
}

/// A new handle of the series with a name, or of a new one without a name if `len` is 0. Any thread.
///
/// # Safety
/// `name` points to `len` bytes of UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_series_open(name: *const c_char, len: usize) -> *mut LiveSeries {
    // SAFETY: as promised by the caller.
    let name = unsafe { text_of(name, len) };
    handle(if name.is_empty() { LiveSeries::new() } else { LiveSeries::named(&name) })
}

/// A new handle of the samples of a QML `Series`; null if `object` is none. On the GUI thread.
///
/// # Safety
/// `object` is null or a living `QObject`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_series_of(object: *const c_void) -> *mut LiveSeries {
    // SAFETY: as promised by the caller.
    let object = unsafe { object.cast::<cxx_qt::QObject>().as_ref() };
    let series = object.and_then(|object| object.downcast::<Series>());
    series.map_or(std::ptr::null_mut(), |series| handle(series.rust().live().clone()))
}

/// Another handle of the same series. Any thread.
///
/// # Safety
/// `series` is a handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_series_clone(series: *const LiveSeries) -> *mut LiveSeries {
    // SAFETY: as promised by the caller.
    handle(unsafe { &*series }.clone())
}

/// Gives a handle back. Any thread.
///
/// # Safety
/// `series` is a handle that nobody uses any more, or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_series_close(series: *mut LiveSeries) {
    if !series.is_null() {
        // SAFETY: made by `handle`, and handed back once.
        guarded("giving a series back", || drop(unsafe { Box::from_raw(series) }));
    }
}

/// Adds samples at the end. Any thread.
///
/// # Safety
/// `series` is a handle; `x` and `y` point to `len` numbers each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_series_append(series: *const LiveSeries, x: *const f64, y: *const f64, len: usize) {
    // SAFETY: as promised by the caller.
    let (series, x, y) = unsafe { (&*series, numbers_of(x, len), numbers_of(y, len)) };
    guarded("appending samples", || match (x, y) {
        ([x], [y]) => series.push(*x, *y),
        // As many x as y: they cannot be refused.
        _ => _ = series.append(x, y),
    });
}

/// Puts samples in the place of all that are there. Any thread.
///
/// # Safety
/// As for `kymograph_series_append`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_series_replace(series: *const LiveSeries, x: *const f64, y: *const f64, len: usize) {
    // SAFETY: as promised by the caller.
    let (series, x, y) = unsafe { (&*series, numbers_of(x, len), numbers_of(y, len)) };
    // As many x as y: they cannot be refused.
    guarded("replacing samples", || _ = series.replace(x, y));
}

/// Number of samples. Any thread.
///
/// # Safety
/// `series` is a handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_series_count(series: *const LiveSeries) -> usize {
    // SAFETY: as promised by the caller.
    let series = unsafe { &*series };
    guarded("counting samples", || series.len())
}

/// Reads sample `index` into `x` and `y`; false if there is none. Any thread.
///
/// # Safety
/// `series` is a handle; `x` and `y` may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_series_at(
    series: *const LiveSeries,
    index: usize,
    x: *mut f64,
    y: *mut f64,
) -> bool {
    // SAFETY: as promised by the caller.
    let series = unsafe { &*series };
    let Some(sample) = guarded("reading a sample", || series.sample(index)) else { return false };
    // SAFETY: as promised by the caller.
    unsafe { (*x, *y) = sample };
    true
}

/// Runs the code of a job: `factory` is that of the registration. Must not let an exception out.
pub type RunJob = unsafe extern "C" fn(factory: *const c_void, context: *mut c_void);

/// What a program registered: called from any number of worker threads, dropped with the last of them.
struct Factory {
    factory: *const c_void,
    run: RunJob,
    drop: unsafe extern "C" fn(*const c_void),
}

// SAFETY: the header says that a factory is called from worker threads, several at a time, and dropped from any.
unsafe impl Send for Factory {}
// SAFETY: as above.
unsafe impl Sync for Factory {}

impl Factory {
    fn run(&self, context: &mut HostContext<'_>) {
        // SAFETY: the factory stands as long as this does; the context stands during the call and stays on this thread.
        unsafe { (self.run)(self.factory, (&raw mut *context).cast()) };
    }
}

impl Drop for Factory {
    fn drop(&mut self) {
        // SAFETY: called once, after the last use.
        unsafe { (self.drop)(self.factory) };
    }
}

/// Makes a job known: `run` is called on the worker's thread for each start of it, `drop` once, on any thread, when the job
/// is neither registered nor running any more. Any thread.
///
/// # Safety
/// `name` points to `len` bytes of UTF-8; `factory` may be used from any thread until `drop` was called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_register_job(
    name: *const c_char,
    len: usize,
    factory: *const c_void,
    run: RunJob,
    drop: unsafe extern "C" fn(*const c_void),
) {
    let factory = Arc::new(Factory { factory, run, drop });
    // SAFETY: as promised by the caller.
    let name = unsafe { text_of(name, len) }.into_owned();
    guarded("registering a job", || {
        register_job(name.clone(), move || {
            let factory = Arc::clone(&factory);
            JobSpec::new(name.clone(), HostSource::new(move |context| factory.run(context)))
        });
    });
}

/// # Safety
/// `context` is that of the running call of [`RunJob`], on its thread.
unsafe fn context_of<'a>(context: *mut c_void) -> &'a mut HostContext<'a> {
    // SAFETY: as promised by the caller.
    unsafe { &mut *context.cast::<HostContext<'a>>() }
}

fn goes_on(what: &str, call: impl FnOnce() -> Result<(), Stopped>) -> bool {
    guarded(what, || call().is_ok())
}

/// Whether the job was asked to stop. This and all that follow: only on the worker's thread, during [`RunJob`].
///
/// # Safety
/// See [`context_of`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_context_is_stopping(context: *mut c_void) -> bool {
    // SAFETY: as promised by the caller.
    let context = unsafe { context_of(context) };
    guarded("asking for a stop", || context.is_stopping())
}

/// Waits while the job is paused; false once it was asked to stop.
///
/// # Safety
/// See [`context_of`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_context_checkpoint(context: *mut c_void) -> bool {
    // SAFETY: as promised by the caller.
    let context = unsafe { context_of(context) };
    goes_on("waiting", || context.checkpoint())
}

/// Sleeps; false, and at once, when asked to stop.
///
/// # Safety
/// See [`context_of`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_context_sleep(context: *mut c_void, secs: f64) -> bool {
    // SAFETY: as promised by the caller.
    let context = unsafe { context_of(context) };
    goes_on("sleeping", || context.sleep(secs))
}

/// Sends samples of the series `name`; false, and nothing is taken, once the job was asked to stop.
///
/// # Safety
/// See [`context_of`]; `name` points to `name_len` bytes of UTF-8, `x` and `y` to `len` numbers each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_context_send(
    context: *mut c_void,
    name: *const c_char,
    name_len: usize,
    x: *const f64,
    y: *const f64,
    len: usize,
    replaces: bool,
) -> bool {
    // SAFETY: as promised by the caller.
    let (context, name, x, y) =
        unsafe { (context_of(context), text_of(name, name_len), numbers_of(x, len), numbers_of(y, len)) };
    goes_on("sending samples", || context.send(&name, x, y, replaces))
}

/// Prints a line.
///
/// # Safety
/// See [`context_of`]; `text` points to `len` bytes of UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_context_print(context: *mut c_void, text: *const c_char, len: usize) {
    // SAFETY: as promised by the caller.
    let (context, text) = unsafe { (context_of(context), text_of(text, len)) };
    guarded("printing", || context.print(&text));
}

/// Shows a message of level 0 (information), 1 (warning) or 2 (error) in the Worker pane.
///
/// # Safety
/// See [`context_of`]; `text` points to `len` bytes of UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_context_message(context: *mut c_void, level: u32, text: *const c_char, len: usize) {
    // SAFETY: as promised by the caller.
    let (context, text) = unsafe { (context_of(context), text_of(text, len)) };
    let level = match level {
        0 => Level::Info,
        1 => Level::Warning,
        _ => Level::Error,
    };
    guarded("a message", || context.message(level, &text));
}

/// Says how far the job is; `total` of 0 is an unknown end.
///
/// # Safety
/// See [`context_of`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_context_progress(context: *mut c_void, done: u64, total: u64) {
    // SAFETY: as promised by the caller.
    let context = unsafe { context_of(context) };
    guarded("progress", || context.progress(done, total));
}

/// The job failed, and why.
///
/// # Safety
/// See [`context_of`]; `text` points to `len` bytes of UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kymograph_context_fail(context: *mut c_void, text: *const c_char, len: usize) {
    // SAFETY: as promised by the caller.
    let (context, text) = unsafe { (context_of(context), text_of(text, len)) };
    guarded("a failure", || context.fail(&text));
}
