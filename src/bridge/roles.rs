//! The roles of a list model: what QML asks of a row, by name.
//!
//! GUI thread.

use cxx_qt_lib::{QByteArray, QHash, QHashPair_i32_QByteArray};

/// The first role that Qt does not use itself (`Qt::UserRole`).
const FIRST: i32 = 0x0100;

/// The names of a model's roles, in the order of their numbers.
pub(crate) struct Roles<const N: usize>(pub(crate) [&'static str; N]);

impl<const N: usize> Roles<N> {
    /// What a model answers to `roleNames`.
    pub(crate) fn names(&self) -> QHash<QHashPair_i32_QByteArray> {
        let mut names = QHash::default();
        for (role, name) in (FIRST..).zip(self.0) {
            names.insert(role, QByteArray::from(name));
        }
        names
    }

    /// The name of a role; `None` if it is none of these.
    pub(crate) fn name(&self, role: i32) -> Option<&'static str> {
        self.0.get(usize::try_from(role - FIRST).ok()?).copied()
    }
}
