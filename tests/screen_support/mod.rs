//! An X display of a test's own, whose picture can be looked at.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A display that ends with the test. Open to all on this machine, since a clean system knows no key to it.
pub struct Screen {
    server: Child,
    display: String,
    folder: tempfile::TempDir,
}

impl Screen {
    /// Starts a display and waits until programs can use it.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp", "-ac", "-noreset"]);
        server.arg("-fbdir").arg(folder.path()).stdout(Stdio::piped()).stderr(Stdio::null()).stdin(Stdio::null());
        let mut server = server.spawn().unwrap();
        // It says the number of the display when it is ready; nothing if it cannot be.
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(!number.trim().is_empty(), "Xvfb did not start");
        Self { server, display: format!(":{}", number.trim()), folder }
    }

    /// What DISPLAY has to be.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// What is shown at the moment.
    pub fn picture(&self) -> Picture {
        // An X window dump, as X11/XWDFile.h has it: numbers of four bytes, the highest first, then the pixels.
        let dump = fs::read(self.folder.path().join("Xvfb_screen0")).unwrap();
        let number = |at: usize| u32::from_be_bytes(dump[at * 4..at * 4 + 4].try_into().unwrap()) as usize;
        let (head_bytes, width, height, bits, line_bytes, colors) =
            (number(0), number(4), number(5), number(11), number(12), number(19));
        assert_eq!((bits, width * 4), (32, line_bytes), "a depth that is not expected");
        let pixels = &dump[head_bytes + colors * 12..][..line_bytes * height];
        // The processor's order: blue comes first, the fourth byte says nothing.
        let rgb = pixels.chunks_exact(4).map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
        Picture { width, height, rgb }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        _ = self.server.kill();
        _ = self.server.wait();
    }
}

/// What a display showed.
pub struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<[u8; 3]>,
}

impl Picture {
    /// Pixels in a strong colour, as curves are and an empty screen, axes and text are not, in a rectangle of it.
    pub fn saturated(&self, (columns, rows): &(Range<usize>, Range<usize>)) -> usize {
        let is_strong = |[r, g, b]: &&[u8; 3]| r.max(g).max(b) - r.min(g).min(b) > 100;
        assert!(columns.end <= self.width && rows.end <= self.height, "outside of the screen");
        let rows = self.rgb.chunks_exact(self.width).take(rows.end).skip(rows.start);
        rows.map(|row| row[columns.clone()].iter().filter(is_strong).count()).sum()
    }

    /// Different colours.
    pub fn colors(&self) -> usize {
        self.rgb.iter().collect::<HashSet<_>>().len()
    }

    /// Writes it as PNG.
    pub fn save(&self, path: &Path) {
        let file = fs::File::create(path).unwrap();
        let mut encoder = png::Encoder::new(file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(self.rgb.as_flattened()).unwrap();
    }
}
