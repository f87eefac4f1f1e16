"""The figure API: what each call sends."""

import array
import datetime
import gc
import time
import warnings
import weakref

import numpy as np
import pytest
from stand_in import StandIn, connect

from kymograph import _arrays, _color, _figure, _link, _words


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    monkeypatch.setattr(_link, "connect", connect)
    StandIn.made.clear()
    _words._said.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    for fig in list(_figure._open_figures):
        fig.close()


def client() -> StandIn:
    return StandIn.made[-1]


def test_axes_have_the_shapes_of_matplotlib():
    fig, ax = _figure.subplots()
    assert isinstance(ax, _figure.Axes) and ax.figure is fig
    shapes = {(1, 3): (3,), (3, 1): (3,), (2, 3): (2, 3)}
    for grid, shape in shapes.items():
        _, axs = _figure.subplots(*grid)
        assert axs.shape == shape and axs.dtype == object
    _, axs = _figure.subplots(squeeze=False)
    assert axs.shape == (1, 1)
    _, axs = _figure.subplots(2, 2)
    assert axs[1, 0] is axs[1, 0].figure.axes[2]


def test_axes_are_lists_without_numpy(monkeypatch):
    monkeypatch.setattr(_arrays, "numpy", None)
    _, axs = _figure.subplots(2, 2)
    assert isinstance(axs, list) and isinstance(axs[0][1], _figure.Axes)
    _, axs = _figure.subplots(1, 3)
    assert isinstance(axs, list) and len(axs) == 3


def test_too_many_subplots():
    with pytest.raises(ValueError, match="64"):
        _figure.subplots(9, 8)


def test_plot_declares_and_sends():
    _, ax = _figure.subplots(title="top", name="fig")
    (line,) = ax.plot([0, 1, 2], [1.5, 2.5, 3.5], color="red", label="loss")
    kinds = [head["t"] for head, _ in client().frames]
    assert client().kind == "figure" and client().name == "fig"
    assert kinds == ["layout", "series", "replace"]
    layout, series, (replace, (x, y)) = client().of("layout")[0], client().of("series")[0], client().data()[0]
    assert (layout["rows"], layout["cols"], layout["title"], len(layout["subplots"])) == (1, 1, "top", 1)
    assert (series["id"], series["name"], series["color"], series["subplot"]) == (0, "loss", "#ff0000", 0)
    assert replace["id"] == 0 and x.dtype == np.int64 and y.dtype == np.float64
    assert list(x) == [0, 1, 2] and list(y) == [1.5, 2.5, 3.5]
    line.append(3, 4.5)
    line.append([4, 5], [5.5, 6.5])
    assert [list(arrays[1]) for _, arrays in client().data("append")] == [[4.5], [5.5, 6.5]]


def test_counted_x_is_not_sent():
    _, ax = _figure.subplots()
    (line,) = ax.plot([5, 6, 7])
    line.append(8)
    line.set_data(range(10, 16, 2), np.zeros(3, "f4"))
    line.append([1.0, 2.0])
    sent = [(head["t"], head["start"], head["step"], len(arrays)) for head, arrays in client().data()]
    assert sent == [("replace", 0, 1, 1), ("append", 3, 1, 1), ("replace", 10, 2, 1), ("append", 16, 1, 1)]


def test_several_lines_in_a_call():
    _, ax = _figure.subplots()
    lines = ax.plot([0, 1], [2, 3], "r", [0, 1], [4, 5], "C1")
    assert [line.get_color() for line in lines] == ["#ff0000", "#ff7f0e"]
    lines = ax.plot(np.arange(3), np.arange(6.0).reshape(3, 2), label=["a", "b"])
    assert [line.get_label() for line in lines] == ["a", "b"] and len(ax.lines) == 4
    assert [list(arrays[1]) for _, arrays in client().data()[2:]] == [[0, 2, 4], [1, 3, 5]]
    assert all(arrays[1].flags.c_contiguous for _, arrays in client().data())


@pytest.mark.parametrize(
    "given, sent",
    [
        ("f8", "f8"), ("f4", "f4"), ("f2", "f4"), ("i8", "i8"), ("i4", "i4"), ("i2", "i4"), ("i1", "i4"), ("u1", "u1"),
        ("u2", "i4"), ("u4", "i8"), ("u8", "f8"), ("?", "u1"), (">f8", "f8"), (">i4", "i4"),
    ],
)  # fmt: skip
def test_types_go_as_they_are(given, sent):
    _, ax = _figure.subplots()
    ax.plot(np.array([1, 0, 1], given))
    y = client().data()[0][1][0]
    assert y.dtype.str.lstrip("<|=") == sent and list(y) == [1, 0, 1]


def test_samples_are_the_frame_s_own():
    _, ax = _figure.subplots()
    x, y = np.arange(10.0), np.arange(20.0)[::2]
    (line,) = ax.plot(x, y)
    x[:], y[:] = -1, -1
    sent = client().data()[0][1]
    assert list(sent[0]) == list(range(10)) and list(sent[1]) == list(range(0, 20, 2))
    assert sent[1].flags.c_contiguous


def test_other_containers(monkeypatch):
    class Tensor:
        """Like a torch tensor that wants a gradient: an array only after detach."""

        def __init__(self, is_free=False):
            self.is_free = is_free

        def detach(self):
            return Tensor(True)

        def cpu(self):
            return self

        def numpy(self):
            assert self.is_free
            return np.array([1.0, 2.0], "f4")

    _, ax = _figure.subplots()
    ax.plot(Tensor())
    ax.plot(array.array("d", [1, 2]))
    ax.plot(memoryview(array.array("f", [1, 2])))
    ax.plot(range(1, 3))
    assert [list(arrays[-1]) for _, arrays in client().data()] == [[1, 2]] * 4


def test_dates_are_seconds():
    _, ax = _figure.subplots()
    ax.plot(np.array(["1970-01-01T00:00:01.5", "NaT"], "M8[ms]"), [1, 2])
    zone = datetime.timezone.utc
    ax.plot([datetime.datetime(1970, 1, 2, tzinfo=zone)], [1])
    first, second = client().data()
    assert first[1][0][0] == 1.5 and np.isnan(first[1][0][1]) and list(second[1][0]) == [86400]
    assert all(head["x_is_time"] for head in client().of("series"))


@pytest.mark.parametrize("has_numpy", [True, False])
def test_errors_name_the_arguments(has_numpy, monkeypatch):
    _, ax = _figure.subplots()
    if not has_numpy:
        monkeypatch.setattr(_arrays, "numpy", None)
    (line,) = ax.plot([1, 2], [3, 4])
    before = len(client().frames)
    with pytest.raises(ValueError, match="plot: x and y .* x has 3 and y has 2"):
        ax.plot([1, 2, 3], [1, 2])
    with pytest.raises(ValueError, match="set_data: x and y"):
        line.set_data([1], [1, 2])
    with pytest.raises(ValueError, match="append: x and y"):
        line.append([1, 2], [1, 2, 3])
    with pytest.raises(TypeError, match="plot: y"):
        ax.plot([1, 2], ["a", "b"])
    with pytest.raises(TypeError, match="set_data: y is None"):
        line.set_data([1], None)
    with pytest.raises(ValueError, match="set_data: y must"):
        line.set_data(1, 2)
    if has_numpy:
        with pytest.raises(ValueError, match=r"set_data: y must have one dimension, but its shape is \(2, 2\)"):
            line.set_data([1, 2], np.zeros((2, 2)))
        with pytest.raises(TypeError, match="complex"):
            ax.plot(np.zeros(2, complex))
    with pytest.raises(ValueError, match="not a colour"):
        ax.plot([1], color="blurple")
    with pytest.raises(TypeError, match="no argument 'colour'"):
        ax.plot([1], colour="red")
    assert len(client().frames) == before and len(ax.lines) == 1


def test_plain_python_sends_the_same(monkeypatch):
    monkeypatch.setattr(_arrays, "numpy", None)
    _, ax = _figure.subplots()
    given = array.array("f", [1, 2])
    (line,) = ax.plot(given, memoryview(array.array("i", [3, 4])))
    given[0] = 9
    line.append(5, 6)
    line.append(array.array("H", [7]))
    line.set_data((n for n in (1, 2)), [3, 4])
    sent = [[(one.typecode, list(one)) for one in arrays] for _, arrays in client().data()]
    assert sent == [
        [("f", [1, 2]), ("i", [3, 4])],
        [("d", [5]), ("d", [6])],
        [("d", [7])],
        [("d", [1, 2]), ("d", [3, 4])],
    ]


def test_layouts_are_merged():
    fig, axs = _figure.subplots(1, 2)
    axs[0].set(title="a", xlabel="step", ylabel="loss", xlim=(0, 10), yscale="log")
    axs[1].set_title("b")
    axs[1].legend()
    fig.suptitle("both")
    c = client()
    c.wait(lambda: c.of("layout"), "the layout that the timer sends")
    axs[0].plot([1])
    (layout,) = c.of("layout")
    assert layout["title"] == "both" and layout["subplots"] == [
        {"title": "a", "x_label": "step", "y_label": "loss", "y_scale": "log", "x_limits": [0, 10], "legend": False},
        {"title": "b", "legend": True},
    ]


def test_layout_goes_before_samples():
    _, ax = _figure.subplots()
    (line,) = ax.plot([1])
    ax.set_ylabel("y")
    line.append(2)
    kinds = [head["t"] for head, _ in client().frames]
    assert kinds == ["layout", "series", "replace", "layout", "append"]


def test_open_limits_follow_the_data():
    _, ax = _figure.subplots()
    (line,) = ax.plot([1, np.nan, 7, np.inf])
    ax.set_ylim(bottom=0)
    line.append([3])
    assert client().of("layout")[-1]["subplots"][0]["y_limits"] == [0, 7]
    line.append([9])
    line.append([1])
    assert client().of("layout")[-1]["subplots"][0]["y_limits"] == [0, 9]
    ax.set_ylim(None, 20)
    assert ax.get_ylim() == (0, 20) and ax.get_xlim() == (0, 6)
    ax.autoscale()
    line.append([1])
    assert "y_limits" not in client().of("layout")[-1]["subplots"][0]
    with pytest.raises(ValueError, match="finite"):
        ax.set_ylim(0, float("nan"))
    with pytest.raises(ValueError, match="scale"):
        ax.set_xscale("symlog")


def test_set_ydata_keeps_x():
    _, ax = _figure.subplots()
    (line,) = ax.plot([10, 20], [1, 2])
    line.set_ydata([3, 4])
    assert [list(one) for one in client().data()[-1][1]] == [[10, 20], [3, 4]]
    line.set_xdata([1, 2, 3])
    count = len(client().data())
    line.set_ydata([4, 5, 6])
    assert len(client().data()) == count + 1
    assert [list(one) for one in client().data()[-1][1]] == [[1, 2, 3], [4, 5, 6]]
    line.append(4, 7)
    with pytest.raises(ValueError, match="after append"):
        line.set_ydata([1, 2, 3, 4])
    (counted,) = ax.plot([1, 2])
    counted.set_ydata([5, 6])
    assert (client().data()[-1][0]["start"], client().data()[-1][0]["step"]) == (0, 1)


def test_redrawing_takes_the_same_series():
    _, ax = _figure.subplots()
    for value in range(50):
        ax.clear()
        ax.plot([value], label="a")
        ax.plot([value], label="b")
    assert len(ax.lines) == 2
    c = client()
    assert {head["id"] for head in c.of("series")} <= set(range(6)) and len(c.data()) == 100
    last = {head["id"] for head, _ in c.data()[-2:]}
    ax.lines[0].remove()
    c.wait(lambda: any(head["id"] in last for head in c.of("remove")), "the removal")
    with pytest.raises(IndexError):
        ax.lines[1]


def test_calls_on_a_removed_line_do_nothing():
    _, ax = _figure.subplots()
    (line,) = ax.plot([1])
    line.remove()
    line.remove()
    count = len(client().frames)
    line.append(2)
    line.set_color("g")
    assert len(client().frames) == count and ax.lines == []


def test_colours():
    cases = {
        "r": "#ff0000", "g": "#008000", "green": "#008000", "C0": "#1f77b4", "C13": "#d62728", "tab:grey": "#7f7f7f",
        "#ABC": "#aabbcc", "#a1b2c3": "#a1b2c3", "#a1b2c3ff": "#a1b2c3", "0.5": "#808080", "RebeccaPurple": "#663399",
    }  # fmt: skip
    for given, hexed in cases.items():
        assert _color.to_hex(given) == hexed
    assert _color.to_hex((1, 0.5, 0)) == "#ff8000" and _color.to_hex(np.array([0, 0, 1, 0.5])) == "#0000ff"
    for wrong in ("", "#12345", "C", "nocolour", (1, 2, 3), (0.1, 0.2), None, 7, "1.5", "nan"):
        with pytest.raises(ValueError, match="not a colour"):
            _color.to_hex(wrong)
    assert _color.split_format("r--o") == ("#ff0000", ["--", "o"], [])
    assert _color.split_format("-.C2") == ("#2ca02c", ["-."], [])
    assert _color.split_format("k?") == ("#000000", [], ["?"])


def test_what_is_not_drawn_is_said_once():
    _, ax = _figure.subplots()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for _ in range(3):
            ax.plot([1], "r--")
            ax.plot([1], linewidth=2)
    assert ["'--'" in str(said[0].message), "'linewidth'" in str(said[1].message), len(said)] == [True, True, 2]
    assert said[0].filename == __file__ == said[1].filename


def test_large_arrays_are_split(monkeypatch):
    given = _arrays.samples(None, np.arange(10), "plot", start=5)
    parts = list(_arrays.pieces(given, bytes_max=32))
    assert [(head["start"], list(arrays[0])) for head, arrays in parts] == [
        (5, [0, 1, 2, 3]), (9, [4, 5, 6, 7]), (13, [8, 9]),
    ]  # fmt: skip
    monkeypatch.setattr(_arrays, "pieces", lambda given: iter(_real_pieces(given, 64)))
    _, ax = _figure.subplots()
    (line,) = ax.plot(np.arange(10.0), np.arange(10.0))
    assert [(head["t"], len(arrays[0])) for head, arrays in client().data()] == [
        ("replace", 4), ("append", 4), ("append", 2),
    ]  # fmt: skip
    line.append([1.0] * 5, [1.0] * 5)
    assert [head["t"] for head, _ in client().data()[3:]] == ["append", "append"]


_real_pieces = _arrays.pieces


def test_nothing_is_a_frame_too():
    _, ax = _figure.subplots()
    (line,) = ax.plot([], [])
    line.append([], [])
    assert [len(arrays[0]) for _, arrays in client().data()] == [0, 0]


def test_names_are_within_the_limits():
    _, ax = _figure.subplots(name="ä" * 5000)
    ax.plot([1], label="\ud800" + "x" * 5000)
    assert len(client().name.encode()) == 4096
    assert len(client().of("series")[0]["name"].encode()) == 4096


def test_closing():
    fig, ax = _figure.subplots()
    ax.plot([1])
    ax.set_title("late")
    assert fig.close(timeout=5) and fig.close()
    assert client().of("layout")[-1]["subplots"][0]["title"] == "late"
    assert client().finished["ok"]
    with pytest.warns(UserWarning, match="closed"):
        ax.plot([1])
    ax.plot([1])


def test_a_figure_that_nobody_holds_is_finished():
    fig, ax = _figure.subplots()
    c, this = client(), weakref.ref(fig)
    c.wait(lambda: c.of("layout"))
    fig.show()
    assert c.of("show")
    del fig, ax
    end = time.monotonic() + 10
    while this() is not None and time.monotonic() < end:
        gc.collect()
    assert this() is None
    c.wait(lambda: c.finished, "the end of the figure")
    assert c.finished["ok"]


def test_grids_by_add_subplot():
    fig = _figure.figure()
    ax = fig.add_subplot(2, 1, 2)
    assert fig.add_subplot(212) is ax and fig.gca() is fig.axes[0]
    ax.plot([1])
    assert client().of("series")[0]["subplot"] == 1 and client().of("layout")[0]["rows"] == 2
    with pytest.raises(ValueError, match="2 x 1"):
        fig.add_subplot(3, 1, 1)


def test_stop_is_known_to_the_figure():
    fig, _ = _figure.subplots()
    client().press(t="stop", press=1)
    assert fig.stopping


def test_ten_million_samples_in_well_under_a_second():
    _, ax = _figure.subplots()
    x, y = np.linspace(0, 1, 10_000_000), np.random.default_rng(1).standard_normal(10_000_000)
    (line,) = ax.plot([0], [0])
    spent = []
    for _ in range(3):
        start = time.perf_counter()
        line.set_data(x, y)
        spent.append(time.perf_counter() - start)
        client().frames.clear()
    print(f"set_data of 1e7 samples: {min(spent) * 1e3:.0f} ms")
    assert min(spent) < 0.8


def test_appending_is_cheap():
    _, ax = _figure.subplots()
    (line,) = ax.plot([0.0])
    start = time.perf_counter()
    for index in range(2000):
        line.append(index, 0.5)
    spent = (time.perf_counter() - start) / 2000
    print(f"append of one sample: {spent * 1e6:.1f} us")
    assert spent < 1e-3
