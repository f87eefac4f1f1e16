//! `kymograph render`: a file of numbers becomes a figure, without a window.

use std::io;
use std::path::Path;

use crate::app::printable::printable;
use crate::batch::Item;
use crate::cli::RenderArgs;
use crate::export::{self, ExportError, ExportOptions};
use crate::figure::{Axis, Figure, Scale, Subplot};
use crate::source::table::{self, TableError, TableOptions};
use crate::store::Store;
