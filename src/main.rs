//! x
fn main() { std::process::exit(kymograph::app::gui::run(Default::default())); }
