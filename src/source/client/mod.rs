//! Programs that send their data through a socket, such as Jupyter kernels: `docs/protocol.md` as code.

mod layouter;
pub mod said;
pub mod session;
pub mod socket;
pub mod wire;
