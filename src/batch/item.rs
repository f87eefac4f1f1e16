//! What goes through the lossless lane from worker to receiver, and on into the log.
//!
//! Plain data.

use std::sync::Arc;

use super::{Batch, Color, Layout, Pane, SeriesId, SeriesInfo, Xs};

/// One entry of the lossless lane from worker to receiver.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A series comes into being or gets a new description.
    Declare(SeriesInfo),
    /// Samples to add at the end of their series.
    Append(Batch),
    /// Samples that take the place of all earlier ones of their series, and a new colour if given.
    Replace(Batch, Option<Color>),
    /// The program describes its figure, whole, in place of what it said before.
    Layout(Arc<Layout>),
    /// All that a program beyond a socket sent up to this number has been handed over: when this is on disk, so is that.
    Mark(u64),
    /// What a command wrote, as it wrote it. What people see of it is made from these bytes by who shows them.
    Output(Stream, Arc<[u8]>),
}

/// Where a command writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Standard output, or a terminal that takes both.
    Output,
    /// Standard error.
    Error,
}

impl Stream {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Output, Self::Error];

    /// The pane that shows what is written there.
    #[must_use]
    pub fn pane(self) -> Pane {
        match self {
            Self::Output => Pane::Worker,
            Self::Error => Pane::Receiver,
        }
    }
}

impl Item {
    /// Whether it carries samples: what people count as an item. A declaration only says whose they are.
    #[must_use]
    pub fn has_samples(&self) -> bool {
        self.batch().is_some()
    }

    /// The samples that it carries.
    #[must_use]
    pub fn batch(&self) -> Option<&Batch> {
        match self {
            Self::Append(batch) | Self::Replace(batch, _) => Some(batch),
            Self::Declare(_) | Self::Layout(_) | Self::Mark(_) | Self::Output(..) => None,
        }
    }

    /// Bytes that it holds besides itself: samples and texts.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        match self {
            Self::Declare(info) => info.name.len() + info.x_label.len(),
            Self::Append(batch) | Self::Replace(batch, _) => {
                let columns = if matches!(batch.x(), Xs::Explicit(_)) { 2 } else { 1 };
                batch.len() * size_of::<f64>() * columns
            }
            Self::Layout(layout) => size_of_val(&layout.subplots[..]) + size_of_val(&layout.places[..]),
            Self::Mark(_) => 0,
            Self::Output(_, bytes) => bytes.len(),
        }
    }

    /// The series that it is about, if it is about one.
    #[must_use]
    pub fn series(&self) -> Option<SeriesId> {
        match self {
            Self::Declare(info) => Some(info.id),
            Self::Append(batch) | Self::Replace(batch, _) => Some(batch.series),
            Self::Layout(_) | Self::Mark(_) | Self::Output(..) => None,
        }
    }
}
