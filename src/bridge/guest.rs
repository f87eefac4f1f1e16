//! Pointers to Qt objects that somebody else owns and may delete at any time.
//!
//! GUI thread. Qt's own `QPointer` has no binding; an object that others point to holds an [`Alive`], which ends with it.

use std::ptr;
use std::sync::{Arc, Weak};

/// Held by an object for as long as it lives.
#[derive(Debug, Default)]
pub(crate) struct Alive(Arc<()>);

/// A pointer to an object of another owner; null as soon as that is gone.
#[derive(Debug)]
pub(crate) struct Guest<T> {
    object: *mut T,
    alive: Weak<()>,
}

impl<T> Default for Guest<T> {
    fn default() -> Self {
        Self { object: ptr::null_mut(), alive: Weak::new() }
    }
}

impl<T> Guest<T> {
    /// A pointer to an object that holds `alive`.
    pub(crate) fn new(object: *mut T, alive: &Alive) -> Self {
        Self { object, alive: Arc::downgrade(&alive.0) }
    }

    /// The object, or null.
    pub(crate) fn get(&self) -> *mut T {
        if self.alive.strong_count() > 0 { self.object } else { ptr::null_mut() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_is_null_once_its_object_is_gone() {
        let (alive, mut object) = (Alive::default(), 5);
        let guest = Guest::new(&raw mut object, &alive);
        assert!(!guest.get().is_null() && Guest::<i32>::default().get().is_null());
        drop(alive);
        assert!(guest.get().is_null());
    }
}
