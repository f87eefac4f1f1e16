//! What the manual pages say beside what the flags say of themselves: as plain data.

use clap_mangen::roff::{Inline, Roff, bold, roman};

/// A section of a page.
pub(super) struct Section {
    title: &'static str,
    parts: Vec<Part>,
}

/// A piece of a section.
enum Part {
    /// A paragraph.
    Text(&'static str),
    /// A word, and what it means.
    Entry(&'static str, &'static str),
    /// A line to type, and what it does.
    Example(&'static str, &'static str),
}

use Part::{Entry, Example, Text};

impl Section {
    fn new(title: &'static str, parts: Vec<Part>) -> Self {
        Self { title, parts }
    }

    pub fn write(&self, roff: &mut Roff) {
        roff.control("SH", [self.title]);
        for part in &self.parts {
            match part {
                Text(text) => {
                    roff.control("PP", []);
                    roff.text(inline(text));
                }
                Entry(word, text) => {
                    roff.control("TP", []);
                    roff.text([bold(*word)]);
                    roff.text(inline(text));
                }
                Example(line, text) => {
                    roff.control("PP", []);
                    roff.text(inline(text));
                    roff.control("PP", []);
                    roff.control("RS", ["4"]);
                    roff.control("nf", []);
                    roff.text([bold(*line)]);
                    roff.control("fi", []);
                    roff.control("RE", []);
                }
            }
        }
    }
}

/// Words between `*` are bold.
fn inline(text: &str) -> Vec<Inline> {
    text.split('*').enumerate().map(|(i, part)| if i % 2 == 1 { bold(part) } else { roman(part) }).collect()
}

/// The sections of `kymograph(1)`.
pub(super) fn of_program() -> Vec<Section> {
    vec![
        Section::new(
            "EXIT STATUS",
            vec![
                Entry("0", "All went well. A job that was stopped went well, too."),
                Entry("1", "A failure; one line on standard error says why."),
                Entry("2", "Wrong usage."),
                Entry("124", "*--max-time* has ended the command."),
                Entry("137", "*--max-memory* has ended the command, or the signal KILL."),
                Entry(
                    "other",
                    "That of the command that *kymograph run* has run; for one that a signal ended, 128 and the signal's \
                     number.",
                ),
                Text("SIGINT and SIGTERM stop the job in order; the figure of *--save* is still written."),
            ],
        ),
        Section::new(
            "ENVIRONMENT",
            vec![
                Entry("KYMOGRAPH_DATA_DIR", "Where runs are recorded, unless *--data-dir* says so."),
                Entry(
                    "XDG_DATA_HOME",
                    "Else they are in *kymograph* in this directory, *~/.local/share* if it is not set.",
                ),
                Entry(
                    "KYMOGRAPH_SOCKET",
                    "Where programs meet *kymograph serve*; else *kymograph/viewer.sock* in XDG_RUNTIME_DIR, else in \
                     */run/user/UID*, else */tmp/kymograph-UID/viewer.sock*.",
                ),
                Entry(
                    "WAYLAND_DISPLAY, DISPLAY",
                    "The display. Where neither answers, it goes on as with *--headless*.",
                ),
                Entry(
                    "QT_QUICK_BACKEND, QT_QPA_PLATFORM",
                    "Qt's own: how, and on which platform, the window is drawn.",
                ),
            ],
        ),
        Section::new(
            "FILES",
            vec![
                Entry(
                    "~/.local/share/kymograph/runs/<date>-<name>-<id>/",
                    "A recorded run: *log.tfrecord* holds all of it, *meta.json* what people want to know of it first.",
                ),
                Entry(
                    "~/.local/share/kymograph/queue/",
                    "Commands that wait, each with the environment in which it was queued; only its user can read them.",
                ),
                Entry(
                    "~/.config/kymograph/kymograph.conf",
                    "What the window remembers: its size, the choices in its menus.",
                ),
            ],
        ),
        Section::new(
            "EXAMPLES",
            vec![
                Example("kymograph run -- python -u train.py", "Watch a training, its output and the numbers in it:"),
                Example(
                    "kymograph run --headless --save loss.png -- ./simulate",
                    "The same without a window; the figure is written at the end:",
                ),
                Example("kymograph render results.csv -o results.pdf", "Draw a figure from a file:"),
                Example("kymograph open train", "Show a recorded run again, here the one whose name begins so:"),
            ],
        ),
        see_also("Each command has a page of its own, such as *kymograph-run*(1)."),
    ]
}

/// The sections of the page of a command.
pub(super) fn of_command(name: &str) -> Vec<Section> {
    let mut sections = Vec::new();
    match name {
        "run" => sections.extend([
            Section::new(
                "NUMBERS IN THE OUTPUT",
                vec![
                    Text(
                        "*--metrics auto* finds key=value, key: value and key value pairs, JSON objects, the progress \
                         lines of Keras, Lightning, tqdm, Hugging Face and LightGBM, and plain columns as vmstat prints \
                         them. A step or epoch in the line is x, else the number of the line.",
                    ),
                    Text(
                        "A regular expression with named groups takes the place of this: each group is a series, and the \
                         group *step* is x. Output that comes late is buffered by the command; Python is told not to by \
                         *python -u*.",
                    ),
                ],
            ),
            Section::new(
                "EXIT STATUS",
                vec![Text("That of the command; for one that a signal ended, 128 and the signal's number.")],
            ),
            Section::new(
                "EXAMPLES",
                vec![
                    Example(
                        "kymograph run --metrics 'it (?P<step>\\d+) err (?P<error>\\S+)' -- ./solve",
                        "Read lines such as \"it 12 err 3.5e-4\":",
                    ),
                    Example(
                        "kymograph run --queue -- python train.py",
                        "Let a training wait until those that were queued before it have ended:",
                    ),
                ],
            ),
        ]),
        "follow" => sections.push(Section::new(
            "FILES",
            vec![
                Text(
                    "CSV, TSV and other tables, JSON lines, TensorBoard event files, metric files of MLflow, offline files of \
                     W&B, GROMACS .xvg and LAMMPS logs; a file that is named may also be any text with numbers in it. In \
                     folders, files are known by their names and new ones are found by themselves.",
                ),
                Text(
                    "Files may grow, be rotated, cut short, replaced or written anew; a half-written last line waits for its \
                     end. They are not recorded again. It goes on until it is stopped, by SIGINT for instance, and its exit \
                     status is then 0.",
                ),
            ],
        )),
        "render" | "export" => sections.push(Section::new(
            "INPUT",
            vec![Text(
                "A file, a folder of TensorBoard files, *-* for standard input, or a recorded run by its id, its name, the beginning of one of them, or its \
                 path. A file goes before a run of the same name.",
            )],
        )),
        "serve" => sections.push(Section::new(
            "NOTES",
            vec![Text(
                "Programs start it themselves where it does not run. It gives each program that connects a viewer of its \
                 own, and ends after a minute without one. SIGINT and SIGTERM end it at once and leave its viewers alone.",
            )],
        )),
        _ => {}
    }
    sections.push(see_also("*kymograph*(1) for files, environment and exit status."));
    sections
}

fn see_also(text: &'static str) -> Section {
    Section::new("SEE ALSO", vec![Text(text), Text("https://github.com/kymograph/kymograph")])
}
