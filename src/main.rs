//! x
fn main() { env_logger::Builder::new().filter_level(log::LevelFilter::Warn).init(); std::process::exit(kymograph::app::gui::run(Default::default())); }
