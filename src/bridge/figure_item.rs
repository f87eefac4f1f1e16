//! `FigureItem`: a figure in QML. Shows the frames of its figure thread; the mouse and the keys act on its views.
//!
//! GUI thread. Frames are drawn by `render::figure_thread`, which posts one wake-up for the newest; all reckoning is in
//! `app::figure_control`; the C++ base `CanvasItem` hands the image to the scene graph.

/// The Qt side of [`qobject::FigureItem`].
#[cxx_qt::bridge]
pub mod qobject {
    unsafe extern "C++" {
        include!("cxx-qt-lib/qstring.h");
        /// Qt's string.
        type QString = cxx_qt_lib::QString;
        include!("cxx-qt-lib/qstringlist.h");
        /// Qt's list of strings.
        type QStringList = cxx_qt_lib::QStringList;
        include!("cxx-qt-lib/qcolor.h");
        /// Qt's colour.
        type QColor = cxx_qt_lib::QColor;
        include!("cxx-qt-lib/qurl.h");
        /// Qt's address.
        type QUrl = cxx_qt_lib::QUrl;
        include!("cxx-qt-lib/qimage.h");
        /// Qt's image.
        type QImage = cxx_qt_lib::QImage;
        include!("cxx-qt-lib/qpointf.h");
        /// Qt's point.
        type QPointF = cxx_qt_lib::QPointF;
        include!("cxx-qt-lib/qlist.h");
        /// Qt's list of numbers.
        type QList_f64 = cxx_qt_lib::QList<f64>;
        include!("cxx-qt-lib/qrectf.h");
        /// Qt's rectangle.
        type QRectF = cxx_qt_lib::QRectF;
    }

    unsafe extern "C++Qt" {
        include!("kymograph/canvas_item.h");
        /// The scene-graph end, in C++.
        #[qobject]
        type CanvasItem;
    }

    unsafe extern "C++" {
        include!("kymograph/src/bridge/job.cxxqt.h");
        /// The job that is shown.
        type Job = crate::bridge::job::qobject::Job;
        include!("kymograph/src/bridge/axis.cxxqt.h");
        /// What a program asks of an axis.
        type Axis = crate::bridge::axis::qobject::Axis;
    }

    /// What dragging with the left button does.
    #[qenum(FigureItem)]
    enum Tool {
        /// Nothing.
        None,
        /// Moves the view.
        Pan,
        /// Zooms to a rectangle.
        Zoom,
    }

    /// Which axes a drag or the wheel acts on.
    #[qenum(FigureItem)]
    enum Axes {
        /// Both.
        Both,
        /// Only x.
        XOnly,
        /// Only y.
        YOnly,
    }

    /// What stands along x.
    #[qenum(FigureItem)]
    enum XMode {
        /// Each curve's own x, such as a step.
        OwnX,
        /// Time since the first sample of the curve's run.
        SinceStart,
        /// The time of day at which samples came.
        TimeOfDay,
    }

    /// Which series of the job are shown.
    #[qenum(FigureItem)]
    enum Part {
        /// All.
        AllSeries,
        /// Those that it makes.
        Values,
        /// Those that tell of the resources it uses.
        Resources,
    }

    /// What curves differ by besides their colours.
    #[qenum(FigureItem)]
    enum Distinction {
        /// Nothing else.
        ColorOnly,
        /// Line patterns.
        Dashes,
        /// Markers.
        Markers,
    }

    extern "RustQt" {
        #[qobject]
        #[qml_element]
        #[base = CanvasItem]
        #[qproperty(*mut Job, job, READ = job, WRITE = set_job, NOTIFY = job_changed)]
        #[qproperty(QString, title, READ = title, WRITE = set_title, NOTIFY = figure_changed)]
        #[qproperty(*mut Axis, x_axis, cxx_name = "xAxis", READ = x_axis, WRITE = set_x_axis, NOTIFY = axes_changed)]
        #[qproperty(*mut Axis, y_axis, cxx_name = "yAxis", READ = y_axis, WRITE = set_y_axis, NOTIFY = axes_changed)]
        #[qproperty(QColor, background_color, cxx_name = "backgroundColor", READ = background_color, WRITE = set_background_color, NOTIFY = figure_changed)]
        #[qproperty(QColor, text_color, cxx_name = "textColor", READ = text_color, WRITE = set_text_color, NOTIFY = figure_changed)]
        #[qproperty(f64, text_px, cxx_name = "textPx", READ = text_px, WRITE = set_text_px, NOTIFY = figure_changed)]
        #[qproperty(QString, empty_hint, cxx_name = "emptyHint", READ = empty_hint, WRITE = set_empty_hint, NOTIFY = figure_changed)]
        #[qproperty(Distinction, distinction, READ = distinction, WRITE = set_distinction, NOTIFY = figure_changed)]
        #[qproperty(Part, part, READ = part, WRITE = set_part, NOTIFY = figure_changed)]
        #[qproperty(bool, has_resources, cxx_name = "hasResources", READ = has_resources, NOTIFY = resources_changed)]
        #[qproperty(bool, has_grid, cxx_name = "hasGrid", READ = has_grid, WRITE = set_has_grid, NOTIFY = figure_changed)]
        #[qproperty(bool, has_legend, cxx_name = "hasLegend", READ = has_legend, WRITE = set_has_legend, NOTIFY = figure_changed)]
        #[qproperty(bool, is_separate, cxx_name = "isSeparate", READ = is_separate, WRITE = set_is_separate, NOTIFY = figure_changed)]
        #[qproperty(bool, is_log_x, cxx_name = "isLogX", READ = is_log_x, NOTIFY = figure_changed)]
        #[qproperty(bool, is_log_y, cxx_name = "isLogY", READ = is_log_y, NOTIFY = figure_changed)]
        #[qproperty(f64, smoothing, READ = smoothing, WRITE = set_smoothing, NOTIFY = figure_changed)]
        #[qproperty(i32, median_window, cxx_name = "medianWindow", READ = median_window, WRITE = set_median_window, NOTIFY = figure_changed)]
        #[qproperty(XMode, x_mode, cxx_name = "xMode", READ = x_mode, WRITE = set_x_mode, NOTIFY = figure_changed)]
        #[qproperty(bool, has_linked_x, cxx_name = "hasLinkedX", READ = has_linked_x, WRITE = set_has_linked_x, NOTIFY = figure_changed)]
        #[qproperty(bool, has_marks, cxx_name = "hasMarks", READ = has_marks, NOTIFY = figure_changed)]
        #[qproperty(bool, has_cursors, cxx_name = "hasCursors", READ = has_cursors, NOTIFY = table_changed)]
        #[qproperty(QStringList, table_head, cxx_name = "tableHead", READ = table_head, NOTIFY = table_changed)]
        #[qproperty(QStringList, table_cells, cxx_name = "tableCells", READ = table_cells, NOTIFY = table_changed)]
        #[qproperty(f64, left_margin, cxx_name = "leftMargin", READ = left_margin, WRITE = set_left_margin, NOTIFY = figure_changed)]
        #[qproperty(f64, right_margin, cxx_name = "rightMargin", READ = right_margin, WRITE = set_right_margin, NOTIFY = figure_changed)]
        #[qproperty(f64, top_margin, cxx_name = "topMargin", READ = top_margin, WRITE = set_top_margin, NOTIFY = figure_changed)]
        #[qproperty(f64, bottom_margin, cxx_name = "bottomMargin", READ = bottom_margin, WRITE = set_bottom_margin, NOTIFY = figure_changed)]
        #[qproperty(f64, row_gap, cxx_name = "rowGap", READ = row_gap, WRITE = set_row_gap, NOTIFY = figure_changed)]
        #[qproperty(f64, column_gap, cxx_name = "columnGap", READ = column_gap, WRITE = set_column_gap, NOTIFY = figure_changed)]
        #[qproperty(Tool, tool, READ = tool, WRITE = set_tool, NOTIFY = view_changed)]
        #[qproperty(Axes, axes, READ = axes, WRITE = set_axes, NOTIFY = view_changed)]
        #[qproperty(bool, is_following, cxx_name = "isFollowing", READ = is_following, WRITE = set_is_following, NOTIFY = view_changed)]
        #[qproperty(f64, follow_x, cxx_name = "followX", READ = follow_x, WRITE = set_follow_x, NOTIFY = view_changed)]
        #[qproperty(f64, follow_samples, cxx_name = "followSamples", READ = follow_samples, WRITE = set_follow_samples, NOTIFY = view_changed)]
        #[qproperty(bool, can_go_back, cxx_name = "canGoBack", READ = can_go_back, NOTIFY = view_changed)]
        #[qproperty(bool, can_go_forward, cxx_name = "canGoForward", READ = can_go_forward, NOTIFY = view_changed)]
        #[qproperty(bool, is_dragging, cxx_name = "isDragging", READ = is_dragging, NOTIFY = view_changed)]
        #[qproperty(QRectF, rubber_band, cxx_name = "rubberBand", READ = rubber_band, NOTIFY = view_changed)]
        #[qproperty(bool, has_crosshair, cxx_name = "hasCrosshair", READ = has_crosshair, WRITE = set_has_crosshair, NOTIFY = cursor_changed)]
        #[qproperty(bool, has_readout, cxx_name = "hasReadout", READ = has_readout, NOTIFY = cursor_changed)]
        #[qproperty(bool, is_over_legend, cxx_name = "isOverLegend", READ = is_over_legend, NOTIFY = cursor_changed)]
        #[qproperty(f64, moment, READ = moment, WRITE = set_moment, NOTIFY = figure_changed)]
        #[qproperty(f64, pointer_x, cxx_name = "pointerX", READ = pointer_x, NOTIFY = cursor_changed)]
        #[qproperty(bool, is_pointer_time, cxx_name = "isPointerTime", READ = is_pointer_time, NOTIFY = cursor_changed)]
        #[qproperty(QString, cursor_text, cxx_name = "cursorText", READ = cursor_text, NOTIFY = cursor_changed)]
        #[qproperty(QPointF, cursor_point, cxx_name = "cursorPoint", READ = cursor_point, NOTIFY = cursor_changed)]
        #[qproperty(QRectF, plot_area, cxx_name = "plotArea", READ = plot_area, NOTIFY = cursor_changed)]
        #[qproperty(QStringList, readout_names, cxx_name = "readoutNames", READ = readout_names, NOTIFY = cursor_changed)]
        #[qproperty(QStringList, readout_values, cxx_name = "readoutValues", READ = readout_values, NOTIFY = cursor_changed)]
        #[qproperty(QStringList, readout_colors, cxx_name = "readoutColors", READ = readout_colors, NOTIFY = cursor_changed)]
        #[qproperty(i32, curve_count, cxx_name = "curveCount", READ = curve_count, NOTIFY = curves_read)]
        #[qproperty(QString, curve_words, cxx_name = "curveWords", READ = curve_words, NOTIFY = curves_read)]
        #[qproperty(f64, frames, READ = frames, NOTIFY = frame_shown)]
        /// The figure of a job. Distances are logical pixels of the item.
        type FigureItem = super::FigureItemRust;

        /// The table of the cursors has other values.
        #[qsignal]
        #[cxx_name = "tableChanged"]
        fn table_changed(self: Pin<&mut FigureItem>);

        /// Names of the curves in their order, 200 at most: what the indices of the four functions below count.
        #[qinvokable]
        #[cxx_name = "listCurves"]
        pub fn list_curves(self: &FigureItem) -> QStringList;
        /// Whether a curve stands on the right-hand axis.
        #[qinvokable]
        #[cxx_name = "isCurveRight"]
        pub fn is_curve_right(self: &FigureItem, index: i32) -> bool;
        /// Whether a curve is drawn.
        #[qinvokable]
        #[cxx_name = "isCurveVisible"]
        pub fn is_curve_visible(self: &FigureItem, index: i32) -> bool;
        /// Puts a curve on the right-hand axis, or back on the left.
        #[qinvokable]
        #[cxx_name = "setCurveRight"]
        pub fn set_curve_right(self: Pin<&mut FigureItem>, index: i32, is_right: bool);
        /// Draws a curve, or leaves it out.
        #[qinvokable]
        #[cxx_name = "setCurveVisible"]
        pub fn set_curve_visible(self: Pin<&mut FigureItem>, index: i32, is_visible: bool);
        /// Pins cursor A (0) or B (1) to the x under a place of the item.
        #[qinvokable]
        #[cxx_name = "pinCursor"]
        pub fn pin_cursor(self: Pin<&mut FigureItem>, cursor: i32, x: f64, y: f64);
        /// The moment that a place of the item stands for; NaN if it is not known.
        #[qinvokable]
        #[cxx_name = "momentAt"]
        pub fn moment_at(self: &FigureItem, x: f64, y: f64) -> f64;
        /// Takes both cursors away.
        #[qinvokable]
        #[cxx_name = "unpinCursors"]
        pub fn unpin_cursors(self: Pin<&mut FigureItem>);
        /// Writes a text at a place of the item, with an arrow to it.
        #[qinvokable]
        #[cxx_name = "addNote"]
        pub fn add_note(self: Pin<&mut FigureItem>, x: f64, y: f64, text: &QString);
        /// Draws an upright line at a place of the item, with a label.
        #[qinvokable]
        #[cxx_name = "addEvent"]
        pub fn add_event(self: Pin<&mut FigureItem>, x: f64, y: f64, label: &QString);
        /// Writes how the figure is laid out to a local file; `layoutDone` follows.
        #[qinvokable]
        #[cxx_name = "saveLayout"]
        pub fn save_layout(self: Pin<&mut FigureItem>, url: &QUrl);
        /// Lays the figure out as a local file says; `layoutDone` follows.
        #[qinvokable]
        #[cxx_name = "loadLayout"]
        pub fn load_layout(self: Pin<&mut FigureItem>, url: &QUrl);
        /// A layout was saved or loaded; else `error` says why not.
        #[qsignal]
        #[cxx_name = "layoutDone"]
        fn layout_done(self: Pin<&mut FigureItem>, path: &QString, error: &QString);
        /// How the figure is laid out, without its view, as a figure of a session file.
        #[qinvokable]
        #[cxx_name = "layoutText"]
        pub fn layout_text(self: &FigureItem) -> QString;
        /// Lays the figure out as such a text says, for as long as it shows this job.
        #[qinvokable]
        #[cxx_name = "restoreLayout"]
        pub fn restore_layout(self: Pin<&mut FigureItem>, text: &QString);
        /// Where the pointer of another figure ([`pointerX`]) stands in the subplots of this one: for each line its x, its
        /// upper end and its length.
        #[qinvokable]
        #[cxx_name = "pointerLines"]
        pub fn pointer_lines(self: &FigureItem, x: f64, is_time: bool) -> QList_f64;
        /// Takes all notes and event lines away.
        #[qinvokable]
        #[cxx_name = "clearMarks"]
        pub fn clear_marks(self: Pin<&mut FigureItem>);

        /// Shows the curves of another job, too, for as long as `job` stays the same.
        ///
        /// # Safety
        /// `job` is null or a living object of this thread.
        #[qinvokable]
        #[cxx_name = "addJob"]
        pub unsafe fn add_job(self: Pin<&mut FigureItem>, job: *mut Job);
        /// Does not show the curves of a job that was added any more.
        ///
        /// # Safety
        /// As `add_job`.
        #[qinvokable]
        #[cxx_name = "removeJob"]
        pub unsafe fn remove_job(self: Pin<&mut FigureItem>, job: *mut Job);
        /// Where a curve goes that is dropped at a place of the item: the rectangle of the subplot, or of the place for a new
        /// one; empty outside of the plotting areas.
        #[qinvokable]
        #[cxx_name = "dropArea"]
        pub fn drop_area(self: &FigureItem, x: f64, y: f64) -> QRectF;
        /// Number of subplots.
        #[qinvokable]
        #[cxx_name = "subplotCount"]
        pub fn subplot_count(self: &FigureItem) -> i32;

        /// Another job is shown, or jobs were added or removed.
        #[qsignal]
        #[cxx_name = "jobChanged"]
        fn job_changed(self: Pin<&mut FigureItem>);

        /// Another axis object describes an axis.
        #[qsignal]
        #[cxx_name = "axesChanged"]
        fn axes_changed(self: Pin<&mut FigureItem>);

        /// What the figure shows, or how, was changed.
        #[qsignal]
        #[cxx_name = "figureChanged"]
        fn figure_changed(self: Pin<&mut FigureItem>);

        /// The tool, the view or the history of views changed.
        #[qsignal]
        #[cxx_name = "viewChanged"]
        fn view_changed(self: Pin<&mut FigureItem>);

        /// The cursor stands elsewhere, or on other data.
        #[qsignal]
        #[cxx_name = "cursorChanged"]
        fn cursor_changed(self: Pin<&mut FigureItem>);

        /// `curveCount` and `curveWords` are up to date.
        #[qsignal]
        #[cxx_name = "curvesRead"]
        fn curves_read(self: Pin<&mut FigureItem>);

        /// The job began to tell of the resources that it uses, or another one is shown.
        #[qsignal]
        #[cxx_name = "resourcesChanged"]
        fn resources_changed(self: Pin<&mut FigureItem>);

        /// A new frame is shown.
        #[qsignal]
        #[cxx_name = "frameShown"]
        fn frame_shown(self: Pin<&mut FigureItem>);

        /// The figure was written to `path`.
        #[qsignal]
        fn saved(self: Pin<&mut FigureItem>, path: &QString);

        /// The figure could not be written, and why.
        #[qsignal]
        #[cxx_name = "saveFailed"]
        fn save_failed(self: Pin<&mut FigureItem>, text: &QString);

        /// Brings `curveCount` and `curveWords` up to date, for people who hear what the figure shows.
        #[qinvokable]
        #[cxx_name = "readCurves"]
        pub fn read_curves(self: Pin<&mut FigureItem>);
        /// Shows all data and follows it.
        #[qinvokable]
        pub fn home(self: Pin<&mut FigureItem>);
        /// Shows the view before this one.
        #[qinvokable]
        pub fn back(self: Pin<&mut FigureItem>);
        /// Shows the view that `back` left.
        #[qinvokable]
        pub fn forward(self: Pin<&mut FigureItem>);
        /// Switches the y axes between linear and logarithmic.
        #[qinvokable]
        #[cxx_name = "toggleLogY"]
        pub fn toggle_log_y(self: Pin<&mut FigureItem>);
        /// Switches the x axes between linear and logarithmic.
        #[qinvokable]
        #[cxx_name = "toggleLogX"]
        pub fn toggle_log_x(self: Pin<&mut FigureItem>);
        /// Makes all margins and gaps as small as the labels allow.
        #[qinvokable]
        #[cxx_name = "makeTight"]
        pub fn make_tight(self: Pin<&mut FigureItem>);
        /// Zooms about the middle: in for a positive number of steps.
        #[qinvokable]
        #[cxx_name = "zoomStep"]
        pub fn zoom_step(self: Pin<&mut FigureItem>, steps: f64);
        /// A button went down: `button` is Qt's number.
        #[qinvokable]
        pub fn press(self: Pin<&mut FigureItem>, x: f64, y: f64, button: i32);
        /// The mouse moved, with or without a button.
        #[qinvokable]
        #[cxx_name = "move"]
        pub fn move_to(self: Pin<&mut FigureItem>, x: f64, y: f64);
        /// The button went up.
        #[qinvokable]
        pub fn release(self: Pin<&mut FigureItem>, x: f64, y: f64);
        /// Ends a drag as if it had not been.
        #[qinvokable]
        #[cxx_name = "cancelDrag"]
        pub fn cancel_drag(self: Pin<&mut FigureItem>);
        /// The mouse left the item.
        #[qinvokable]
        pub fn leave(self: Pin<&mut FigureItem>);
        /// The wheel turned by `angle` eighths of a degree.
        #[qinvokable]
        pub fn wheel(self: Pin<&mut FigureItem>, x: f64, y: f64, angle: f64);
        /// Writes the figure as it stands to a local file; `saved` or `saveFailed` follows.
        #[qinvokable]
        pub fn save(self: Pin<&mut FigureItem>, url: &QUrl);
    }

    // What the properties read and write.
    extern "RustQt" {
        /// The job.
        fn job(self: &FigureItem) -> *mut Job;
        /// Shows another job.
        ///
        /// # Safety
        /// `job` is null or a living object of this thread.
        #[cxx_name = "setJob"]
        unsafe fn set_job(self: Pin<&mut FigureItem>, job: *mut Job);
        /// Background of the figure; the palette of a dark or light surrounding follows from it.
        #[cxx_name = "backgroundColor"]
        fn background_color(self: &FigureItem) -> QColor;
        /// Sets it.
        #[cxx_name = "setBackgroundColor"]
        fn set_background_color(self: Pin<&mut FigureItem>, value: QColor);
        /// Colour of titles and labels.
        #[cxx_name = "textColor"]
        fn text_color(self: &FigureItem) -> QColor;
        /// Sets it.
        #[cxx_name = "setTextColor"]
        fn set_text_color(self: Pin<&mut FigureItem>, value: QColor);
        /// Height of label text in logical pixels.
        #[cxx_name = "textPx"]
        fn text_px(self: &FigureItem) -> f64;
        /// Sets it.
        #[cxx_name = "setTextPx"]
        fn set_text_px(self: Pin<&mut FigureItem>, value: f64);
        /// Shown while there is no sample.
        #[cxx_name = "emptyHint"]
        fn empty_hint(self: &FigureItem) -> QString;
        /// Sets it.
        #[cxx_name = "setEmptyHint"]
        fn set_empty_hint(self: Pin<&mut FigureItem>, value: QString);
        /// What curves differ by besides their colours; the colours only if not set. A style that somebody chose stays.
        fn distinction(self: &FigureItem) -> Distinction;
        /// Sets it.
        #[cxx_name = "setDistinction"]
        fn set_distinction(self: Pin<&mut FigureItem>, value: Distinction);
        /// Curves that are shown, as they were when last read.
        #[cxx_name = "curveCount"]
        fn curve_count(self: &FigureItem) -> i32;
        /// The first of them in words: names and last values.
        #[cxx_name = "curveWords"]
        fn curve_words(self: &FigureItem) -> QString;
        /// Which series of the job are shown; all by default.
        fn part(self: &FigureItem) -> Part;
        /// Sets it.
        #[cxx_name = "setPart"]
        fn set_part(self: Pin<&mut FigureItem>, value: Part);
        /// Whether the job tells of the resources that it uses.
        #[cxx_name = "hasResources"]
        fn has_resources(self: &FigureItem) -> bool;
        /// Whether grid lines are drawn.
        #[cxx_name = "hasGrid"]
        fn has_grid(self: &FigureItem) -> bool;
        /// Sets it.
        #[cxx_name = "setHasGrid"]
        fn set_has_grid(self: Pin<&mut FigureItem>, value: bool);
        /// Whether the legend is drawn.
        #[cxx_name = "hasLegend"]
        fn has_legend(self: &FigureItem) -> bool;
        /// Sets it.
        #[cxx_name = "setHasLegend"]
        fn set_has_legend(self: Pin<&mut FigureItem>, value: bool);
        /// Whether each series has a subplot of its own.
        #[cxx_name = "isSeparate"]
        fn is_separate(self: &FigureItem) -> bool;
        /// Sets it.
        #[cxx_name = "setIsSeparate"]
        fn set_is_separate(self: Pin<&mut FigureItem>, value: bool);
        /// Whether the x axes are logarithmic.
        #[cxx_name = "isLogX"]
        fn is_log_x(self: &FigureItem) -> bool;
        /// Whether the y axes are logarithmic.
        #[cxx_name = "isLogY"]
        fn is_log_y(self: &FigureItem) -> bool;
        /// Left margin; -1 is as little as the labels need.
        #[cxx_name = "leftMargin"]
        fn left_margin(self: &FigureItem) -> f64;
        /// Sets it.
        #[cxx_name = "setLeftMargin"]
        fn set_left_margin(self: Pin<&mut FigureItem>, value: f64);
        /// Right margin; -1 is as little as the labels need.
        #[cxx_name = "rightMargin"]
        fn right_margin(self: &FigureItem) -> f64;
        /// Sets it.
        #[cxx_name = "setRightMargin"]
        fn set_right_margin(self: Pin<&mut FigureItem>, value: f64);
        /// Top margin; -1 is as little as the labels need.
        #[cxx_name = "topMargin"]
        fn top_margin(self: &FigureItem) -> f64;
        /// Sets it.
        #[cxx_name = "setTopMargin"]
        fn set_top_margin(self: Pin<&mut FigureItem>, value: f64);
        /// Bottom margin; -1 is as little as the labels need.
        #[cxx_name = "bottomMargin"]
        fn bottom_margin(self: &FigureItem) -> f64;
        /// Sets it.
        #[cxx_name = "setBottomMargin"]
        fn set_bottom_margin(self: Pin<&mut FigureItem>, value: f64);
        /// Between rows of subplots; -1 is as little as the labels need.
        #[cxx_name = "rowGap"]
        fn row_gap(self: &FigureItem) -> f64;
        /// Sets it.
        #[cxx_name = "setRowGap"]
        fn set_row_gap(self: Pin<&mut FigureItem>, value: f64);
        /// Between columns of subplots; -1 is as little as the labels need.
        #[cxx_name = "columnGap"]
        fn column_gap(self: &FigureItem) -> f64;
        /// Sets it.
        #[cxx_name = "setColumnGap"]
        fn set_column_gap(self: Pin<&mut FigureItem>, value: f64);
        /// What of the exponential average before is kept at each sample, 0 (no smoothing, the default) to 0.999; the curve
        /// as measured stays behind, pale.
        fn smoothing(self: &FigureItem) -> f64;
        /// Sets it, in place of a median.
        #[cxx_name = "setSmoothing"]
        fn set_smoothing(self: Pin<&mut FigureItem>, value: f64);
        /// Samples of the running median that smooths the curves, odd; 0, the default, for none.
        #[cxx_name = "medianWindow"]
        fn median_window(self: &FigureItem) -> i32;
        /// Sets it, in place of an average.
        #[cxx_name = "setMedianWindow"]
        fn set_median_window(self: Pin<&mut FigureItem>, value: i32);
        /// What stands along x; each curve's own x by default.
        #[cxx_name = "xMode"]
        fn x_mode(self: &FigureItem) -> XMode;
        /// Sets it.
        #[cxx_name = "setXMode"]
        fn set_x_mode(self: Pin<&mut FigureItem>, value: XMode);
        /// Whether all subplots show the same x range; by default those of a column.
        #[cxx_name = "hasLinkedX"]
        fn has_linked_x(self: &FigureItem) -> bool;
        /// Sets it.
        #[cxx_name = "setHasLinkedX"]
        fn set_has_linked_x(self: Pin<&mut FigureItem>, value: bool);
        /// Whether there are notes or event lines.
        #[cxx_name = "hasMarks"]
        fn has_marks(self: &FigureItem) -> bool;
        /// Whether a cursor is pinned.
        #[cxx_name = "hasCursors"]
        fn has_cursors(self: &FigureItem) -> bool;
        /// x under the pointer, at A, at B, from A to B, and 1 divided by that, as texts.
        #[cxx_name = "tableHead"]
        fn table_head(self: &FigureItem) -> QStringList;
        /// Six texts for each curve: colour, name, its value under the pointer, at A, at B, and from A to B.
        #[cxx_name = "tableCells"]
        fn table_cells(self: &FigureItem) -> QStringList;
        /// Shown above the figure; empty by default.
        fn title(self: &FigureItem) -> QString;
        /// Sets it.
        #[cxx_name = "setTitle"]
        fn set_title(self: Pin<&mut FigureItem>, value: QString);
        /// What the program asks of the x axes; null, the default, leaves them to the data.
        #[cxx_name = "xAxis"]
        fn x_axis(self: &FigureItem) -> *mut Axis;
        /// Sets it.
        #[cxx_name = "setXAxis"]
        unsafe fn set_x_axis(self: Pin<&mut FigureItem>, value: *mut Axis);
        /// What the program asks of the y axes; null, the default, leaves them to the data.
        #[cxx_name = "yAxis"]
        fn y_axis(self: &FigureItem) -> *mut Axis;
        /// Sets it.
        #[cxx_name = "setYAxis"]
        unsafe fn set_y_axis(self: Pin<&mut FigureItem>, value: *mut Axis);
        /// What dragging with the left button does.
        fn tool(self: &FigureItem) -> Tool;
        /// Sets it.
        #[cxx_name = "setTool"]
        fn set_tool(self: Pin<&mut FigureItem>, value: Tool);
        /// Which axes a drag or the wheel acts on.
        fn axes(self: &FigureItem) -> Axes;
        /// Sets it.
        #[cxx_name = "setAxes"]
        fn set_axes(self: Pin<&mut FigureItem>, value: Axes);
        /// Whether the view follows the data.
        #[cxx_name = "isFollowing"]
        fn is_following(self: &FigureItem) -> bool;
        /// Sets it.
        #[cxx_name = "setIsFollowing"]
        fn set_is_following(self: Pin<&mut FigureItem>, value: bool);
        /// How much of x a view that follows shows, in data units; 0 for everything.
        #[cxx_name = "followX"]
        fn follow_x(self: &FigureItem) -> f64;
        /// Sets it.
        #[cxx_name = "setFollowX"]
        fn set_follow_x(self: Pin<&mut FigureItem>, value: f64);
        /// How many of the last samples a view that follows shows; 0 for everything.
        #[cxx_name = "followSamples"]
        fn follow_samples(self: &FigureItem) -> f64;
        /// Sets it.
        #[cxx_name = "setFollowSamples"]
        fn set_follow_samples(self: Pin<&mut FigureItem>, value: f64);
        /// Whether there is a view before this one.
        #[cxx_name = "canGoBack"]
        fn can_go_back(self: &FigureItem) -> bool;
        /// Whether there is a view after this one.
        #[cxx_name = "canGoForward"]
        fn can_go_forward(self: &FigureItem) -> bool;
        /// Whether a drag is under way.
        #[cxx_name = "isDragging"]
        fn is_dragging(self: &FigureItem) -> bool;
        /// The rectangle being zoomed to; empty if none is.
        #[cxx_name = "rubberBand"]
        fn rubber_band(self: &FigureItem) -> QRectF;
        /// Whether the crosshair is shown under the cursor.
        #[cxx_name = "hasCrosshair"]
        fn has_crosshair(self: &FigureItem) -> bool;
        /// Sets it.
        #[cxx_name = "setHasCrosshair"]
        fn set_has_crosshair(self: Pin<&mut FigureItem>, value: bool);
        /// Whether there is a crosshair now.
        #[cxx_name = "hasReadout"]
        fn has_readout(self: &FigureItem) -> bool;
        /// Whether the cursor stands on an entry of the legend.
        #[cxx_name = "isOverLegend"]
        fn is_over_legend(self: &FigureItem) -> bool;
        /// The moment that is marked, in nanoseconds since 1970; NaN, the default, for none.
        fn moment(self: &FigureItem) -> f64;
        /// Marks it in all subplots whose curves tell when their samples came, and moves the view there.
        #[cxx_name = "setMoment"]
        fn set_moment(self: Pin<&mut FigureItem>, value: f64);
        /// x under the pointer in data units; NaN outside of the plotting areas.
        #[cxx_name = "pointerX"]
        fn pointer_x(self: &FigureItem) -> f64;
        /// Whether that is a time.
        #[cxx_name = "isPointerTime"]
        fn is_pointer_time(self: &FigureItem) -> bool;
        /// Place of the cursor in data units.
        #[cxx_name = "cursorText"]
        fn cursor_text(self: &FigureItem) -> QString;
        /// Place of the cursor.
        #[cxx_name = "cursorPoint"]
        fn cursor_point(self: &FigureItem) -> QPointF;
        /// The plotting area under the cursor.
        #[cxx_name = "plotArea"]
        fn plot_area(self: &FigureItem) -> QRectF;
        /// Names of the series read by the crosshair.
        #[cxx_name = "readoutNames"]
        fn readout_names(self: &FigureItem) -> QStringList;
        /// Their values at the cursor.
        #[cxx_name = "readoutValues"]
        fn readout_values(self: &FigureItem) -> QStringList;
        /// Their colours.
        #[cxx_name = "readoutColors"]
        fn readout_colors(self: &FigureItem) -> QStringList;
        /// Frames shown so far.
        fn frames(self: &FigureItem) -> f64;
    }

    unsafe extern "RustQt" {
        /// Shows an image from the next frame on.
        #[inherit]
        fn present(self: Pin<&mut FigureItem>, image: &QImage);
        /// Device pixels a logical pixel.
        #[inherit]
        #[cxx_name = "pixelRatio"]
        fn pixel_ratio(self: &FigureItem) -> f64;
        /// Whether a person can see the item.
        #[inherit]
        #[cxx_name = "isShown"]
        fn is_shown(self: &FigureItem) -> bool;
        /// Width in logical pixels.
        #[inherit]
        fn width(self: &FigureItem) -> f64;
        /// Height in logical pixels.
        #[inherit]
        fn height(self: &FigureItem) -> f64;
        /// The image handed over last is on the screen.
        #[inherit]
        #[qsignal]
        fn presented(self: Pin<&mut FigureItem>);
        /// The size, the pixel ratio or the visibility changed.
        #[inherit]
        #[qsignal]
        #[cxx_name = "surfaceChanged"]
        fn surface_changed(self: Pin<&mut FigureItem>);
    }

    impl cxx_qt::Threading for FigureItem {}
    impl cxx_qt::Initialize for FigureItem {}
}

mod analysis;
mod parts;

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use cxx_qt::{CxxQtType, Initialize, Threading};
use cxx_qt_lib::{QColor, QPointF, QRectF, QString, QStringList, QUrl};

use crate::app::figure_control::{Button, Changed, CurveWords, FigureControl, Tool};
use crate::app::launch;
use crate::app::printable::printable;
use crate::app::pulse::{self, Painted};
use crate::batch::Color;
use crate::bridge::guest::{Alive, Guest};
use crate::bridge::{guarded, image};
use crate::export::{ExportOptions, OnSaved};
use crate::figure::cursors::CursorTable;
use crate::figure::readout::{Readout, SeriesReadout};
use crate::figure::zoom::AxisLock;
use crate::figure::{Distinction, FollowSpan};
use crate::render::figure_thread::FigureThread;
use crate::render::frame::FrameSize;
use crate::store::LiveJob;

pub(crate) use parts::Entry;
use parts::Parts;

/// State of [`qobject::FigureItem`].
pub struct FigureItemRust {
    job: Guest<qobject::Job>,
    parts: Parts,
    alive: Alive,
    control: FigureControl,
    thread: Option<FigureThread>,
    readout: Option<Readout>,
    table: Option<CursorTable>,
    curves: CurveWords,
    background: QColor,
    text: QColor,
    frames: u64,
    /// The frame handed to Qt last, until it is on the screen.
    awaited: Option<Painted>,
    /// Where the figure is to be saved as soon as its first frame says that it has its place and size in the window.
    unsaved: Option<QUrl>,
    /// Whether its layout is that of the last time, which holds for the job that it was of.
    is_restored: bool,
    /// Whether jobs came or went since the last frame.
    has_other_jobs: bool,
}

impl Default for FigureItemRust {
    fn default() -> Self {
        Self {
            job: Guest::default(),
            parts: Parts::default(),
            alive: Alive::default(),
            control: FigureControl::default(),
            thread: None,
            readout: None,
            table: None,
            curves: CurveWords::default(),
            background: QColor::from_rgb(255, 255, 255),
            text: QColor::from_rgb(0, 0, 0),
            frames: 0,
            awaited: None,
            unsaved: None,
            is_restored: false,
            has_other_jobs: false,
        }
    }
}

impl Initialize for qobject::FigureItem {
    fn initialize(mut self: Pin<&mut Self>) {
        let queue = self.qt_thread();
        let wake = move || {
            // A failed post means that the item is gone; its thread ends with it.
            _ = queue.queue(|item| guarded("showing a frame", || item.take_frame()));
        };
        match FigureThread::spawn("main", Arc::new(wake)) {
            Ok(thread) => {
                if launch::get().is_unpaced {
                    thread.set_unpaced();
                }
                self.as_mut().rust_mut().thread = Some(thread);
            }
            Err(error) => log::error!("no figure can be drawn: {error}"),
        }
        #[cfg(feature = "bench")]
        crate::bridge::bench::enter_figure(self.qt_thread());
        self.as_mut().on_presented(|item| guarded("noting a frame", || item.was_painted())).release();
        self.on_surface_changed(|item| guarded("resizing a figure", || item.surface_was_changed())).release();
    }
}

impl qobject::FigureItem {
    /// Shows the newest frame and what the figure thread read under the cursor.
    fn take_frame(mut self: Pin<&mut Self>) {
        let Some(thread) = &self.thread else { return };
        let (frame, readout, error) = (thread.take_frame(), thread.take_readout(), thread.take_error());
        if let Some(error) = error {
            log::error!("a frame could not be drawn: {error}");
        }
        if let Some(frame) = frame {
            let (_, snapshot) = thread.contents();
            let recycler = thread.recycler();
            let mut state = self.as_mut().rust_mut();
            state.frames += 1;
            let (serial, version) = (frame.serial, frame.snapshot_version);
            let (in_view, size_px) = (frame.stats.in_view, (frame.size.width_px, frame.size.height_px));
            state.awaited = Some(Painted { at: Instant::now(), serial, version, in_view, size_px });
            state.control.set_layout(Arc::clone(&frame.layout), frame.size.scale);
            let had_resources = state.control.has_resources();
            let mut is_rearranged = state.control.arrange(&snapshot);
            let has_news_of_resources = state.control.has_resources() != had_resources;
            if std::mem::take(&mut state.has_other_jobs) {
                is_rearranged |= state.control.forget_absent(&snapshot).figure;
            }
            self.as_mut().present(&image::from_frame(frame, recycler));
            if is_rearranged {
                self.as_mut().push_figure();
            }
            if has_news_of_resources {
                self.as_mut().resources_changed();
            }
            self.parts.frame_was_drawn();
            self.as_mut().frame_shown();
            if let Some(url) = self.as_mut().rust_mut().unsaved.take() {
                self.as_mut().save(&url);
            }
        }
        if let Some(readout) = readout {
            self.as_mut().rust_mut().readout = readout;
            self.as_mut().cursor_changed();
        }
        self.take_table();
    }

    /// The frame handed over last is on the screen.
    fn was_painted(mut self: Pin<&mut Self>) {
        if let Some(frame) = self.as_mut().rust_mut().awaited.take() {
            pulse::painted(Painted { at: Instant::now(), ..frame });
        }
    }

    fn surface_was_changed(self: Pin<&mut Self>) {
        let Some(thread) = &self.thread else { return };
        let scale = self.pixel_ratio();
        let side = |length: f64| (length * scale).round().clamp(0.0, f64::from(FrameSize::MAX_SIDE_PX)) as u32;
        let size = FrameSize { width_px: side(self.width()), height_px: side(self.height()), scale: scale as f32 };
        thread.set_size(size);
        thread.set_active(self.is_shown());
    }

    /// Hands the figure as it now is to its thread.
    fn push_figure(self: Pin<&mut Self>) {
        if let Some(thread) = &self.thread {
            thread.set_figure(self.control.figure().clone());
        }
    }

    /// Hands on what a call to the control changed.
    fn after(mut self: Pin<&mut Self>, changed: Changed) {
        if changed.figure {
            self.as_mut().push_figure();
        }
        if changed.view {
            self.as_mut().view_changed();
        }
        if changed.cursor {
            if let Some(thread) = &self.thread {
                thread.probe(self.control.probe());
            }
            self.as_mut().cursor_changed();
        }
        if changed.style {
            self.figure_changed();
        }
    }

    /// Runs a call on the control and hands on what it changed.
    pub(crate) fn act(mut self: Pin<&mut Self>, what: &str, call: impl FnOnce(&mut FigureControl) -> Changed) {
        let changed = guarded(what, || call(&mut self.as_mut().rust_mut().control));
        self.after(changed);
    }

    fn job(&self) -> *mut qobject::Job {
        self.job.get()
    }

    unsafe fn set_job(mut self: Pin<&mut Self>, job: *mut qobject::Job) {
        if self.job() == job {
            return;
        }
        // SAFETY: QML hands over null or a living object of this thread; only its feed and its kind are kept.
        let shown = unsafe { job.as_ref() }.map(|job| job.rust());
        let (data, figure) = shown.map(|job| (job.feed().data().clone(), job.kind().figure())).unzip();
        let mut state = self.as_mut().rust_mut();
        state.job = shown.map(|shown| Guest::new(job, shown.alive())).unwrap_or_default();
        let name = shown.map(|job| job.kind().name().to_owned()).unwrap_or_default();
        state.parts.set_job(data.map(|data| LiveJob { data, name }));
        if std::mem::take(&mut state.is_restored) {
            state.control.forget_session();
        }
        state.control.set_figure(figure.unwrap_or_default());
        if let (Some(spec), Some(job)) = (launch::if_set().and_then(|launch| launch.figure.as_ref()), shown) {
            state.control.set_session(spec.clone(), job.kind().run_names());
        }
        if let Some(thread) = &state.thread {
            thread.set_data(state.parts.data());
        }
        self.as_mut().push_figure();
        self.job_changed();
    }

    /// Shows all data and follows it.
    pub fn home(self: Pin<&mut Self>) {
        self.act("home", FigureControl::home);
    }

    /// Shows the view before this one.
    pub fn back(self: Pin<&mut Self>) {
        self.act("back", FigureControl::back);
    }

    /// Shows the view that `back` left.
    pub fn forward(self: Pin<&mut Self>) {
        self.act("forward", FigureControl::forward);
    }

    /// Switches the y axes between linear and logarithmic.
    pub fn toggle_log_y(self: Pin<&mut Self>) {
        self.act("log y", FigureControl::toggle_log_y);
    }

    /// Switches the x axes between linear and logarithmic.
    pub fn toggle_log_x(self: Pin<&mut Self>) {
        self.act("log x", FigureControl::toggle_log_x);
    }

    /// Makes all margins and gaps as small as the labels allow.
    pub fn make_tight(self: Pin<&mut Self>) {
        self.act("tight layout", FigureControl::make_tight);
    }

    /// Zooms about the middle.
    pub fn zoom_step(self: Pin<&mut Self>, steps: f64) {
        self.act("zoom", |control| control.zoom_step(steps));
    }

    /// A button went down.
    pub fn press(self: Pin<&mut Self>, x: f64, y: f64, button: i32) {
        // Qt::MouseButton.
        let button = match button {
            1 => Button::Left,
            2 => Button::Right,
            4 => Button::Middle,
            _ => return,
        };
        self.act("press", |control| control.press([x, y], button));
    }

    /// The mouse moved.
    pub fn move_to(self: Pin<&mut Self>, x: f64, y: f64) {
        self.act("move", |control| control.move_to([x, y]));
    }

    /// The button went up.
    pub fn release(self: Pin<&mut Self>, x: f64, y: f64) {
        self.act("release", |control| control.release([x, y]));
    }

    /// Ends a drag as if it had not been.
    pub fn cancel_drag(self: Pin<&mut Self>) {
        self.act("cancel", FigureControl::cancel_drag);
    }

    /// The mouse left the item.
    pub fn leave(self: Pin<&mut Self>) {
        self.act("leave", FigureControl::leave);
    }

    /// The wheel turned.
    pub fn wheel(self: Pin<&mut Self>, x: f64, y: f64, angle: f64) {
        self.act("wheel", |control| control.wheel([x, y], angle));
    }

    /// Shows the part of the first subplot between two x and two y values.
    #[cfg(feature = "bench")]
    pub(crate) fn show(self: Pin<&mut Self>, x: (f64, f64), y: (f64, f64)) {
        self.act("show", |control| control.show(x, y));
    }

    /// Writes the figure as it stands to a local file.
    pub fn save(mut self: Pin<&mut Self>, url: &QUrl) {
        if self.frames == 0 && self.is_shown() {
            self.as_mut().rust_mut().unsaved = Some(url.clone());
            return;
        }
        let Some(thread) = &self.thread else { return };
        let path = PathBuf::from(url.to_local_file().unwrap_or_default().to_string());
        // Twice the pixels of the window: a picture in a document is looked at closely.
        let side = |length: f64| (length * 2.0).clamp(1.0, f64::from(FrameSize::MAX_SIDE_PX)) as u32;
        let options = ExportOptions { width_px: side(self.width()), height_px: side(self.height()), scale: 2.0 };
        let queue = self.qt_thread();
        let shown = path.to_string_lossy().into_owned();
        let tell: OnSaved = Box::new(move |result| {
            // A failed post means that nobody is left to be told.
            _ = queue.queue(move |item| match result {
                Ok(()) => item.saved(&QString::from(&shown)),
                Err(error) => item.save_failed(&QString::from(&error.to_string())),
            });
        });
        if let Err(error) = thread.save(path, None, options, tell) {
            self.save_failed(&QString::from(&error.to_string()));
        }
    }
}

impl qobject::FigureItem {
    fn background_color(&self) -> QColor {
        self.background.clone()
    }

    fn set_background_color(mut self: Pin<&mut Self>, value: QColor) {
        self.as_mut().rust_mut().background = value;
        self.colors_were_changed();
    }

    fn text_color(&self) -> QColor {
        self.text.clone()
    }

    fn set_text_color(mut self: Pin<&mut Self>, value: QColor) {
        self.as_mut().rust_mut().text = value;
        self.colors_were_changed();
    }

    fn colors_were_changed(self: Pin<&mut Self>) {
        let (background, text) = (color_of(&self.background), color_of(&self.text));
        self.act("colours", |control| control.set_colors(background, text));
    }

    fn empty_hint(&self) -> QString {
        QString::from(&self.control.figure().empty_hint)
    }

    fn set_empty_hint(self: Pin<&mut Self>, value: QString) {
        self.act("hint", |control| control.set_empty_hint(value.to_string()));
    }

    fn tool(&self) -> qobject::Tool {
        match self.control.tool() {
            Tool::None => qobject::Tool::None,
            Tool::Pan => qobject::Tool::Pan,
            Tool::Zoom => qobject::Tool::Zoom,
        }
    }

    fn set_tool(self: Pin<&mut Self>, value: qobject::Tool) {
        let tool = match value {
            qobject::Tool::Pan => Tool::Pan,
            qobject::Tool::Zoom => Tool::Zoom,
            _ => Tool::None,
        };
        self.act("tool", |control| control.set_tool(tool));
    }

    fn axes(&self) -> qobject::Axes {
        match self.control.lock() {
            AxisLock::Both => qobject::Axes::Both,
            AxisLock::XOnly => qobject::Axes::XOnly,
            AxisLock::YOnly => qobject::Axes::YOnly,
        }
    }

    fn set_axes(self: Pin<&mut Self>, value: qobject::Axes) {
        let axes = match value {
            qobject::Axes::XOnly => AxisLock::XOnly,
            qobject::Axes::YOnly => AxisLock::YOnly,
            _ => AxisLock::Both,
        };
        self.act("axes", |control| control.set_lock(axes));
    }

    fn distinction(&self) -> qobject::Distinction {
        match self.control.distinction() {
            Distinction::Color => qobject::Distinction::ColorOnly,
            Distinction::Dashes => qobject::Distinction::Dashes,
            Distinction::Markers => qobject::Distinction::Markers,
        }
    }

    fn set_distinction(self: Pin<&mut Self>, value: qobject::Distinction) {
        let distinction = match value {
            qobject::Distinction::Dashes => Distinction::Dashes,
            qobject::Distinction::Markers => Distinction::Markers,
            _ => Distinction::Color,
        };
        self.act("distinction", |control| control.set_distinction(distinction));
    }

    /// Brings `curveCount` and `curveWords` up to date.
    pub fn read_curves(mut self: Pin<&mut Self>) {
        let Some(thread) = &self.thread else { return };
        let (_, snapshot) = thread.contents();
        let words = guarded("reading the curves", || self.control.curve_words(&snapshot));
        if words != self.curves {
            self.as_mut().rust_mut().curves = words;
            self.curves_read();
        }
    }

    fn curve_count(&self) -> i32 {
        i32::try_from(self.curves.count).unwrap_or(i32::MAX)
    }

    fn curve_words(&self) -> QString {
        QString::from(&self.curves.text)
    }

    fn follow_x(&self) -> f64 {
        match self.control.follow_span() {
            FollowSpan::LastX(width) => width,
            FollowSpan::All | FollowSpan::LastSamples(_) => 0.0,
        }
    }

    fn set_follow_x(self: Pin<&mut Self>, value: f64) {
        let span = if value > 0.0 { FollowSpan::LastX(value) } else { FollowSpan::All };
        self.act("follow", |control| control.set_follow_span(span));
    }

    fn follow_samples(&self) -> f64 {
        match self.control.follow_span() {
            FollowSpan::LastSamples(count) => count as f64,
            FollowSpan::All | FollowSpan::LastX(_) => 0.0,
        }
    }

    fn set_follow_samples(self: Pin<&mut Self>, value: f64) {
        let span = if value >= 1.0 { FollowSpan::LastSamples(value as u64) } else { FollowSpan::All };
        self.act("follow", |control| control.set_follow_span(span));
    }

    fn is_log_x(&self) -> bool {
        self.control.is_log_x()
    }

    fn is_log_y(&self) -> bool {
        self.control.is_log_y()
    }

    fn can_go_back(&self) -> bool {
        self.control.can_go_back()
    }

    fn can_go_forward(&self) -> bool {
        self.control.can_go_forward()
    }

    fn is_dragging(&self) -> bool {
        self.control.is_dragging()
    }

    fn rubber_band(&self) -> QRectF {
        rect(self.control.rubber_band())
    }

    fn has_readout(&self) -> bool {
        self.control.has_crosshair() && self.control.plot_area().is_some()
    }

    fn is_over_legend(&self) -> bool {
        self.control.is_over_legend()
    }

    fn cursor_text(&self) -> QString {
        QString::from(&self.control.cursor_text())
    }

    fn cursor_point(&self) -> QPointF {
        self.control.cursor().map(|[x, y]| QPointF::new(x, y)).unwrap_or_default()
    }

    fn plot_area(&self) -> QRectF {
        rect(self.control.plot_area())
    }

    fn readout_names(&self) -> QStringList {
        self.readout_list(|value| printable(&value.name).into_owned())
    }

    fn readout_values(&self) -> QStringList {
        self.readout_list(|value| value.y_text.clone())
    }

    fn readout_colors(&self) -> QStringList {
        self.readout_list(|value| format!("#{:02x}{:02x}{:02x}", value.color.r, value.color.g, value.color.b))
    }

    fn readout_list(&self, text: impl Fn(&SeriesReadout) -> String) -> QStringList {
        let values = self.readout.iter().flat_map(|readout| &readout.values);
        values.map(|value| QString::from(&text(value))).collect()
    }

    fn frames(&self) -> f64 {
        self.frames as f64
    }
}

/// A property that the control keeps: its getter, and its setter.
macro_rules! control_property {
    ($($get:ident, $set:ident: $type:ty;)*) => {
        impl qobject::FigureItem {
            $(
                fn $get(&self) -> $type {
                    self.control.$get()
                }

                fn $set(self: Pin<&mut Self>, value: $type) {
                    self.act(stringify!($get), |control| control.$set(value));
                }
            )*
        }
    };
}

control_property! {
    text_px, set_text_px: f64;
    has_grid, set_has_grid: bool;
    has_legend, set_has_legend: bool;
    is_separate, set_is_separate: bool;
    left_margin, set_left_margin: f64;
    right_margin, set_right_margin: f64;
    top_margin, set_top_margin: f64;
    bottom_margin, set_bottom_margin: f64;
    row_gap, set_row_gap: f64;
    column_gap, set_column_gap: f64;
    is_following, set_is_following: bool;
    has_crosshair, set_has_crosshair: bool;
}

/// A colour of Qt's, without its transparency.
pub(crate) fn color_of(color: &QColor) -> Color {
    let channel = |value: i32| u8::try_from(value.clamp(0, 255)).unwrap_or(u8::MAX);
    Color::new(channel(color.red()), channel(color.green()), channel(color.blue()))
}

fn rect(rect: Option<[f64; 4]>) -> QRectF {
    rect.map(|[x, y, width, height]| QRectF::new(x, y, width, height)).unwrap_or_default()
}
