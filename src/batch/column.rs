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

    /// Where they begin in the run's log, in bytes from its start; none, as by default, if they do not stand there as
    /// plain little-endian numbers.
    fn place(&self) -> Option<u64> {
        None
    }
}

/// Where the numbers of a column stand besides in memory.
pub trait Home: Send + Sync {
    /// The same numbers from there; none if they cannot be reached now.
    fn fetch(&self) -> Option<Arc<dyn Values>>;

    /// As [`Values::place`], known without fetching them.
    fn place(&self) -> Option<u64> {
        None
    }
}

/// Numbers of one kind, in order. Cheap to clone; never changes while shared.
#[derive(Clone, Default)]
pub struct Column {
    /// None if the numbers stand elsewhere, or if there are none.
    memory: Option<Arc<InMemory>>,
    elsewhere: Option<Arc<dyn Values>>,
}

#[derive(Default)]
struct InMemory {
    values: Vec<f64>,
    home: OnceLock<Box<dyn Home>>,
}

/// From this many numbers on, what a vector holds in reserve is worth giving back.
const TIGHT_LEN: usize = 1024;

impl Column {
    /// Numbers that stand elsewhere.
    #[must_use]
    pub fn elsewhere(values: Arc<dyn Values>) -> Self {
        Self { memory: None, elsewhere: Some(values) }
    }

    /// Says where the numbers stand besides in memory. The first word counts; on a column that is not in memory it has
    /// no effect.
    pub fn set_home(&self, home: Box<dyn Home>) {
        if let Some(memory) = &self.memory {
            // A second home is as good as the first.
            memory.home.set(home).unwrap_or_default();
        }
    }

    /// The same numbers without the memory, if they are known to stand elsewhere and can be reached there.
    #[must_use]
    pub fn at_home(&self) -> Option<Self> {
        self.memory.as_ref()?.home.get()?.fetch().map(Self::elsewhere)
    }

    /// Where the numbers begin in the run's log, in bytes from its start, if they stand there and that is known.
    #[must_use]
    pub fn place(&self) -> Option<u64> {
        match &self.elsewhere {
            Some(values) => values.place(),
            None => self.memory.as_ref()?.home.get()?.place(),
        }
    }

    /// Whether the numbers are in memory: what counts against a budget.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.elsewhere.is_none()
    }

    /// Bytes on the heap, room in reserve and the account of sharing included; 0 if the numbers stand elsewhere.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let shared = size_of::<InMemory>() + 2 * size_of::<usize>();
        self.memory.as_ref().map_or(0, |memory| shared + memory.values.capacity() * size_of::<f64>())
    }

    /// Gives back what is held in reserve, unless others share the numbers. A home that was set stays.
    pub fn shrink(&mut self) {
        if let Some(memory) = self.memory.as_mut().and_then(Arc::get_mut) {
            memory.values.shrink_to_fit();
        }
    }

    /// The numbers to be changed: copied first if they are shared or stand elsewhere. A home that was set is forgotten.
    pub fn to_mut(&mut self) -> &mut Vec<f64> {
        if let Some(elsewhere) = self.elsewhere.take() {
            *self = elsewhere.values().to_vec().into();
        }
        let memory = Arc::make_mut(self.memory.get_or_insert_default());
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
    fn from(mut values: Vec<f64>) -> Self {
        // A vector that grew by doubling may hold twice what it uses. Now is the time to give that back: later the
        // numbers are shared. Large ones shrink without a copy.
        if values.len() >= TIGHT_LEN && values.capacity() - values.len() > values.len() / 8 {
            values.shrink_to_fit();
        }
        Self { memory: Some(Arc::new(InMemory { values, home: OnceLock::new() })), elsewhere: None }
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
        match (&self.elsewhere, &self.memory) {
            (Some(values), _) => values.values(),
            (None, Some(memory)) => &memory.values,
            (None, None) => &[],
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
