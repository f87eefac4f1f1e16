//! A table from numbers to values whose clones share all that did not change since.
//!
//! A tree of 32-fold nodes behind `Arc`s: looking up takes a step for each five bits of the largest key, a clone one
//! pointer, and a change after a clone copies the few nodes on its way. Knows nothing of series.

use std::sync::Arc;

/// Bits of the key that each level takes.
const BITS: u32 = 5;
/// Children of a node.
const WIDTH: usize = 1 << BITS;

/// Values by number; cheap to clone.
#[derive(Clone)]
pub(super) struct Table<T> {
    root: Arc<Node<T>>,
    /// Levels of inner nodes above the leaves.
    height: u32,
    nodes: usize,
}

#[allow(clippy::large_enum_variant, reason = "as large as each other where it matters: values are a pointer or two")]
#[derive(Clone)]
enum Node<T> {
    Inner([Option<Arc<Node<T>>>; WIDTH]),
    Leaf([Option<T>; WIDTH]),
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { root: Arc::new(Node::leaf()), height: 0, nodes: 1 }
    }
}

impl<T> Table<T> {
    /// Values in a leaf.
    pub const LEAF_LEN: usize = WIDTH;

    /// The value at `key`.
    pub fn get(&self, key: u32) -> Option<&T> {
        self.leaf(key)?.get(slot(key, 0))?.as_ref()
    }

    /// The values at `key` and at all others that stand beside it: keys that differ in the last five bits.
    pub fn leaf(&self, key: u32) -> Option<&[Option<T>]> {
        if self.is_beyond(key) {
            return None;
        }
        let mut node = &self.root;
        let mut level = self.height;
        loop {
            match &**node {
                Node::Leaf(values) => return Some(values),
                Node::Inner(children) => node = children.get(slot(key, level))?.as_ref()?,
            }
            level = level.saturating_sub(1);
        }
    }

    /// Whether both are one: a clone of which neither has changed since.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.root, &other.root)
    }

    /// Bytes that the nodes take, without what the values hold.
    pub fn bytes(&self) -> usize {
        self.nodes * (size_of::<Node<T>>() + 2 * size_of::<usize>())
    }

    fn is_beyond(&self, key: u32) -> bool {
        key.checked_shr(BITS * (self.height + 1)).is_some_and(|rest| rest != 0)
    }
}

impl<T: Clone> Table<T> {
    /// The value at `key`, to be changed. Clones of the table keep theirs.
    pub fn get_mut(&mut self, key: u32) -> Option<&mut T> {
        self.get(key)?;
        self.slot_mut(key)?.as_mut()
    }

    /// Puts `value` at `key`.
    pub fn insert(&mut self, key: u32, value: T) {
        while self.is_beyond(key) {
            let old = std::mem::replace(&mut self.root, Arc::new(Node::inner()));
            if let Node::Inner([first, ..]) = Arc::make_mut(&mut self.root) {
                *first = Some(old);
            }
            self.height += 1;
            self.nodes += 1;
        }
        if let Some(slot) = self.slot_mut(key) {
            *slot = Some(value);
        }
    }

    /// The place for `key`, with all nodes on the way made and no longer shared. There is one unless the key is beyond.
    fn slot_mut(&mut self, key: u32) -> Option<&mut Option<T>> {
        let mut node = &mut self.root;
        let mut level = self.height;
        loop {
            match Arc::make_mut(node) {
                Node::Leaf(values) => return values.get_mut(slot(key, 0)),
                Node::Inner(children) => {
                    let child = children.get_mut(slot(key, level))?;
                    level = level.saturating_sub(1);
                    node = child.get_or_insert_with(|| {
                        self.nodes += 1;
                        Arc::new(if level == 0 { Node::leaf() } else { Node::inner() })
                    });
                }
            }
        }
    }
}

impl<T> Node<T> {
    fn leaf() -> Self {
        Self::Leaf([const { None }; WIDTH])
    }

    fn inner() -> Self {
        Self::Inner([const { None }; WIDTH])
    }
}

/// Which child of a node on `level` leads to `key`.
fn slot(key: u32, level: u32) -> usize {
    (key.checked_shr(BITS * level).unwrap_or(0) as usize) % WIDTH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_key_is_found_and_no_other() {
        let mut table = Table::default();
        let keys = [0, 1, 31, 32, 33, 1023, 1024, 70_000, 1 << 30, u32::MAX - 1, u32::MAX];
        for key in keys {
            assert!(table.get(key).is_none());
            table.insert(key, key);
        }
        for key in keys {
            assert_eq!(table.get(key), Some(&key));
        }
        assert!([2, 34, 1025, u32::MAX - 2].iter().all(|key| table.get(*key).is_none()));
        assert!(table.get_mut(2).is_none());
    }

    #[test]
    fn a_clone_keeps_its_values_and_shares_the_rest() {
        let mut table = Table::default();
        for key in 0..5000_u32 {
            table.insert(key, Arc::new(key));
        }
        let earlier = table.clone();
        *table.get_mut(4000).unwrap() = Arc::new(0);
        table.insert(5000, Arc::new(1));
        assert_eq!((**earlier.get(4000).unwrap(), earlier.get(5000)), (4000, None));
        assert_eq!((**table.get(4000).unwrap(), **table.get(5000).unwrap()), (0, 1));
        assert!(
            std::ptr::eq(earlier.leaf(7).unwrap(), table.leaf(7).unwrap()),
            "leaves that did not change are shared"
        );
    }
}
