//! Numbers that are shared without being copied: a batch's x or y, in memory or in a file that is mapped.
//!
//! A clone shares the numbers, so recorder and store take over the same ones. Once they stand in a file as well, the
//! column can be told where ([`Column::set_home`]), and whoever holds it may go on with the copy in the file
//! ([`Column::at_home`]) and give the memory back.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// Numbers that stand somewhere else than in the heap, such as in a mapped file.
pub trait Values: Send + Sync {
    /// The numbers. Always the same ones at the same place.
    fn values(&self) -> &[f64];
}

/// Where the numbers of a column stand besides in memory.
pub trait Home: Send + Sync {
    /// The same numbers from there; none if they cannot be reached now.
    fn fetch(&self) -> Option<Arc<dyn Values>>;
}

/// Numbers of one kind, in order. Cheap to clone; never changes while shared.
#[derive(Clone, Default)]
pub struct Column {
    memory: Arc<InMemory>,
    /// If set, the numbers are these and the memory holds none.
    elsewhere: Option<Arc<dyn Values>>,
}

#[derive(Default)]
struct InMemory {
    values: Vec<f64>,
    home: OnceLock<Box<dyn Home>>,
}

impl Column {
    /// Numbers that stand elsewhere.
    #[must_use]
    pub fn elsewhere(values: Arc<dyn Values>) -> Self {
        Self { memory: Arc::default(), elsewhere: Some(values) }
    }

    /// Says where the numbers stand besides in memory. The first word counts; on a column that is not in memory it has
    /// no effect.
    pub fn set_home(&self, home: Box<dyn Home>) {
        if self.elsewhere.is_none() {
            // A second home is as good as the first.
            self.memory.home.set(home).unwrap_or_default();
        }
    }

    /// The same numbers without the memory, if they are known to stand elsewhere and can be reached there.
    #[must_use]
    pub fn at_home(&self) -> Option<Self> {
        self.memory.home.get()?.fetch().map(Self::elsewhere)
    }

    /// Whether the numbers are in memory: what counts against a budget.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.elsewhere.is_none()
    }

    /// Bytes on the heap, room in reserve included; 0 if the numbers stand elsewhere.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.memory.values.capacity() * size_of::<f64>()
    }

    /// The numbers to be changed: copied first if they are shared or stand elsewhere. A home that was set is forgotten.
    pub fn to_mut(&mut self) -> &mut Vec<f64> {
        if let Some(elsewhere) = self.elsewhere.take() {
            self.memory = Arc::new(InMemory { values: elsewhere.values().to_vec(), home: OnceLock::new() });
        }
        let memory = Arc::make_mut(&mut self.memory);
        memory.home = OnceLock::new();
        &mut memory.values
    }
}

impl Clone for InMemory {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), home: OnceLock::new() }
    }
}

impl From<Vec<f64>> for Column {
    fn from(values: Vec<f64>) -> Self {
        Self { memory: Arc::new(InMemory { values, home: OnceLock::new() }), elsewhere: None }
    }
}

impl FromIterator<f64> for Column {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        values.into_iter().collect::<Vec<f64>>().into()
    }
}

impl Deref for Column {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        match &self.elsewhere {
            None => &self.memory.values,
            Some(values) => values.values(),
        }
    }
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(Vec<f64>);

    impl Values for Fixed {
        fn values(&self) -> &[f64] {
            &self.0
        }
    }

    impl Home for Fixed {
        fn fetch(&self) -> Option<Arc<dyn Values>> {
            Some(Arc::new(Self(self.0.clone())))
        }
    }

    #[test]
    fn clones_share_the_numbers_and_hear_of_their_home() {
        let column = Column::from(vec![1.0, 2.0]);
        let other = column.clone();
        assert!(std::ptr::eq(&column[..], &other[..]));
        assert!(column.at_home().is_none());
        other.set_home(Box::new(Fixed(vec![1.0, 2.0])));
        let home = column.at_home().unwrap();
        assert_eq!((&home[..], home.heap_bytes(), home.is_in_memory()), (&[1.0, 2.0][..], 0, false));
    }

    #[test]
    fn a_change_leaves_all_others_alone_and_forgets_the_home() {
        let mut column = Column::from(vec![1.0]);
        column.set_home(Box::new(Fixed(vec![1.0])));
        let other = column.clone();
        column.to_mut().push(2.0);
        assert_eq!((&column[..], &other[..]), (&[1.0, 2.0][..], &[1.0][..]));
        assert!(column.at_home().is_none() && other.at_home().is_some());
        let mut home = other.at_home().unwrap();
        home.to_mut().push(3.0);
        assert_eq!(home[..], [1.0, 3.0]);
    }
}
