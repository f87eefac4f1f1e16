"""Frames: what is encoded comes back, limits hold before anything is kept, garbage is refused."""

import array
import math
import random
import struct

import numpy
import pytest

from kymograph import _wire
from kymograph._wire import Decoder, WireError, column, encode, split


def joined(head, arrays=()):
    return b"".join(bytes(one) for one in encode(head, arrays))


def test_frames_come_back_when_fed_byte_by_byte():
    heads = [{"t": "append", "id": 3, "name": 'größe π \u2028 "x"'}, {"t": "show"}, {"t": "text", "lines": []}]
    data = b"".join(joined(head, [[1.5, math.nan]] if index == 0 else ()) for index, head in enumerate(heads))
    decoder, frames = Decoder(), []
    for byte in data:
        frames += decoder.feed(bytes([byte]))
    assert [frame.head["t"] for frame in frames] == ["append", "show", "text"]
    assert frames[0].head["name"] == heads[0]["name"]
    first, second = frames[0].columns[0].numbers()
    assert first == 1.5 and math.isnan(second)
    assert decoder.held_bytes == 0


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (numpy.array([1, 2, 250], dtype="f8"), "f8"),
        (numpy.array([1, 2, 250], dtype="f4"), "f4"),
        (numpy.array([1, 2, 250], dtype="f2"), "f8"),
        (numpy.array([1, 2, 250], dtype=">f8"), "f8"),
        (numpy.array([1, 2, 250], dtype=">i4"), "f8"),
        (numpy.array([1, 2, 250], dtype="i8"), "i8"),
        (numpy.array([1, 2, 250], dtype="i4"), "i4"),
        (numpy.array([1, 2, 250], dtype="i2"), "f8"),
        (numpy.array([1, 2, 250], dtype="u1"), "u1"),
        (numpy.array([1, 2, 250], dtype="u8"), "f8"),
        (numpy.array([1, 9, 2, 9, 250], dtype="f4")[::2], "f4"),
        (array.array("d", [1, 2, 250]), "f8"),
        (array.array("f", [1, 2, 250]), "f4"),
        (array.array("q", [1, 2, 250]), "i8"),
        (array.array("H", [1, 2, 250]), "f8"),
        (memoryview(b"\x01\x02\xfa"), "u1"),
        ([1, 2.0, 250], "f8"),
        ((1, 2, 250), "f8"),
        (range(1, 4), "f8"),
    ],
)
@pytest.mark.parametrize("owned", [False, True])
def test_arrays_of_every_type(values, kind, owned):
    made = column(values, owned)
    assert made.kind == kind
    assert made.length == 3
    assert list(made.numbers()) == list(values)
    (frame,) = Decoder().feed(joined({"t": "x"}, [made]))
    assert frame.head["arrays"] == [[kind, 3]]
    assert list(frame.columns[0].numbers()) == list(values)


def test_owned_arrays_are_not_copied_and_others_are():
    values = numpy.zeros(4)
    owned, taken = column(values, owned=True), column(values)
    buffers = encode({"t": "append"}, [values])
    values[:] = 7
    assert list(owned.numbers()) == [7] * 4
    assert list(taken.numbers()) == [0] * 4
    assert list(array.array("d", bytes(buffers[1]))) == [7] * 4


@pytest.mark.parametrize("values", [["a"], [None], 3, numpy.zeros((2, 2)), [[1.0]], {"a": 1}, [1j]])
def test_what_is_no_row_of_numbers_is_refused(values):
    with pytest.raises(WireError):
        column(values)


def test_bits_of_numbers_are_kept():
    bits = [0x7FF8000000000001, 0xFFF0000000000000, 1, 0x8000000000000000, 0x7FEFFFFFFFFFFFFF]
    data = struct.pack("<5Q", *bits)
    numbers = array.array("d", data)
    (frame,) = Decoder().feed(joined({"t": "append"}, [numbers]))
    assert bytes(frame.columns[0].data) == data


@pytest.mark.parametrize(
    "prefix", [(1, 0), (0, 0), ((1 << 20) + 1, 0), (0xFFFFFFFF, 0), (2, (1 << 28) + 1), (2, 0xFFFFFFFF)]
)
def test_client_garbage_lengths_are_refused_at_the_eighth_byte(prefix):
    decoder = Decoder()
    data = struct.pack("<II", *prefix)
    assert list(decoder.feed(data[:7])) == []
    with pytest.raises(WireError, match="allowed"):
        list(decoder.feed(data[7:]))
    assert decoder.held_bytes == 8


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"[]", b""),
        (b"{}", b""),
        (b'{"t":1}', b""),
        (b'{"t":"a"', b""),
        (b'{"t":"\xff"}', b""),
        (b'{"t":"a","x":NaN}', b""),
        (b'{"t":"a","x":-Infinity}', b""),
        (b'{"t":"a"}', b"12345678"),
        (b'{"t":"a","arrays":[["f8",2]]}', b"12345678"),
        (b'{"t":"a","arrays":[["f8",0]]}', b"12345678"),
        (b'{"t":"a","arrays":[["f8",-1]]}', b""),
        (b'{"t":"a","arrays":[["f8",true]]}', b"12345678"),
        (b'{"t":"a","arrays":[["f8",1e300]]}', b"12345678"),
        (b'{"t":"a","arrays":[["c16",1]]}', b"12345678"),
        (b'{"t":"a","arrays":{}}', b"12345678"),
        (b"[" * 100_000, b""),
    ],
)
def test_client_garbage_heads_are_refused(head, body):
    with pytest.raises(WireError):
        list(Decoder().feed(struct.pack("<II", len(head), len(body)) + head + body))


def test_client_garbage_at_random_ends_in_an_error_or_in_nothing():
    chance = random.Random(5)
    good = joined({"t": "append", "id": 1}, [[1.0, 2.0]])
    for _ in range(2000):
        data = bytearray(good * 2)
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        decoder = Decoder()
        try:
            frames = list(decoder.feed(data))
        except WireError:
            continue
        assert len(frames) <= 2 and decoder.held_bytes <= len(data)


def test_heads_without_a_form_are_refused():
    for value in (math.nan, math.inf, object(), {1j: 2}):
        with pytest.raises(WireError):
            encode({"t": "x", "value": value})
    with pytest.raises(WireError, match="head of"):
        encode({"t": "x", "value": "a" * _wire.HEAD_MAX_BYTES})


def test_names_hostile_lone_surrogates_become_valid_utf8():
    (frame,) = Decoder().feed(joined({"t": "x", "name": "a\udcffb"}))
    assert frame.head["name"] == "a?b"
    assert _wire.clip("a\udcff" + "π" * 4000) == "a?" + "π" * 2047


def test_long_samples_are_divided_and_keep_their_places(monkeypatch):
    monkeypatch.setattr(_wire, "PIECE_BYTES", 160)
    xs, ys = column(range(25)), column(range(100, 125))
    pieces = list(split({"t": "replace", "id": 1, "color": "#ff0000"}, [xs, ys]))
    assert [head["t"] for head, _ in pieces] == ["replace", "append", "append"]
    assert [head.get("color") for head, _ in pieces] == ["#ff0000", None, None]
    assert [x for _, part in pieces for x in part[0].numbers()] == list(range(25))
    assert [y for _, part in pieces for y in part[1].numbers()] == list(range(100, 125))
    pieces = list(split({"t": "append", "id": 1, "start": 5, "step": 0.5}, [ys]))
    assert [(head["start"], head["step"], part[0].length) for head, part in pieces] == [(5, 0.5, 20), (15, 0.5, 5)]
    with pytest.raises(WireError, match="different lengths"):
        list(split({"t": "append", "id": 1}, [xs, column(range(7))]))


def test_many_and_long_lines_are_divided_below_the_limits():
    lines = ["\0" * 70_000] * 5 + ["π" * 40_000] * 20 + ["x"] * 25_000
    pieces = list(split({"t": "text", "lines": lines, "level": "error"}, []))
    assert sum(len(head["lines"]) for head, _ in pieces) == len(lines)
    for head, _ in pieces:
        assert head["level"] == "error"
        assert len(head["lines"]) <= _wire.TEXT_MAX_LINES
        assert len(_wire.head_bytes(head)) < _wire.HEAD_MAX_BYTES
        assert all(len(line.encode()) <= _wire.LINE_MAX_BYTES for line in head["lines"])
