//! The program `kymograph`.

fn main() {}
