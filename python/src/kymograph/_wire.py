"""Frames of the protocol: a JSON head and arrays of numbers. Pure functions; no sockets, no threads.

A frame is two 32-bit lengths, the head, and the bodies of its arrays one after the other (docs/protocol.md). Arrays keep
their own memory: `encode` returns a list of buffers for `socket.sendmsg`, so that numbers are not copied once more.
"""

import array
import json
import struct
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Union

VERSION = 1

HEAD_MAX_BYTES = 1 << 20
BODY_MAX_BYTES = 1 << 28
SERIES_MAX = 10_000
NAME_MAX_BYTES = 4_096
TEXT_MAX_LINES = 10_000
LINE_MAX_BYTES = 65_536

# A frame of text is closed at this many bytes of lines: escaped as JSON (six bytes for a control character) it still
# stays below HEAD_MAX_BYTES.
TEXT_FRAME_BYTES = 128 << 10

# A larger append is sent as several frames, so that the other side can show the first while the next is on its way.
PIECE_BYTES = 16 << 20

PREFIX = struct.Struct("<II")

# Type of the protocol: code of the module `array`. `q` and `i` have eight and four bytes on every platform of CPython.
CODES = {"f8": "d", "f4": "f", "i8": "q", "i4": "i", "u1": "B"}
_BYTES = {"f8": 8, "f4": 4, "i8": 8, "i4": 4, "u1": 1}

Buffer = Union[bytes, bytearray, memoryview]
Head = dict[str, Any]


class WireError(ValueError):
    """A frame that breaks the rules of the protocol, or one of its limits; the text names it."""


class Column(NamedTuple):
    """An array as it goes over the wire."""

    kind: str
    """Its type: `f8`, `f4`, `i8`, `i4` or `u1`."""
    data: Buffer
    """Its numbers, little-endian."""

    @property
    def length(self) -> int:
        """Number of elements."""
        return memoryview(self.data).nbytes // _BYTES[self.kind]

    def part(self, start: int, end: int) -> "Column":
        """The elements from `start` up to `end`, in the same memory."""
        size = _BYTES[self.kind]
        return Column(self.kind, memoryview(self.data)[start * size : end * size])

    def numbers(self) -> "array.array[Any]":
        """The numbers as an `array.array`."""
        numbers = array.array(CODES[self.kind])
        numbers.frombytes(self.data)
        if sys.byteorder == "big":
            numbers.byteswap()
        return numbers


def column(values: Any, owned: bool = False) -> Column:
    """Numbers as they go over the wire.

    `values` is a one-dimensional NumPy array, `array.array`, `memoryview`, PyTorch tensor, or a sequence of numbers.
    Types that the protocol does not have (such as float16 or uint32) become `f8`. The numbers are copied, unless `owned`
    says that nobody changes them any more.

    Raises `WireError` if they are not numbers in one dimension.
    """
    if isinstance(values, Column):
        return values
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    try:
        view = memoryview(values)
    except (TypeError, ValueError, BufferError):
        if hasattr(values, "__array__") and hasattr(values.__array__(), "astype"):
            values = values.__array__().astype("<f8")
            view = memoryview(values)
            owned = True
        else:
            return _from_sequence(values)
    if view.ndim != 1:
        raise WireError("an array of %d dimensions: one is needed" % view.ndim)
    kind = _kind_of(view)
    if kind is None:
        if hasattr(values, "astype"):
            return Column("f8", memoryview(values.astype("<f8")).cast("B"))
        return _from_sequence(view)
    if owned and view.c_contiguous and view.nbytes and len(view.format) == 1:
        return Column(kind, view.cast("B"))
    return Column(kind, view.tobytes())


def _kind_of(view: memoryview) -> Any:
    """The protocol's type of a buffer that can be sent as it is; None if it must be converted."""
    form = view.format
    if form[:1] == "<" or (form[:1] in "@=" and sys.byteorder == "little"):
        form = form[1:]
    elif form[:1] in ">!" or sys.byteorder == "big":
        return None
    if form == "d":
        return "f8"
    if form == "f":
        return "f4"
    if form in "lqi":
        return {8: "i8", 4: "i4"}.get(view.itemsize)
    return "u1" if form in "B?" else None


def _from_sequence(values: Any) -> Column:
    try:
        numbers = array.array("d", values)
    except (TypeError, ValueError, NotImplementedError) as error:
        raise WireError("not a row of numbers: %s" % error) from error
    if sys.byteorder == "big":
        numbers.byteswap()
    return Column("f8", memoryview(numbers).cast("B") if numbers else b"")


def clip(text: str, limit_bytes: int = NAME_MAX_BYTES) -> str:
    """`text` cut to so many bytes of UTF-8; characters that UTF-8 does not have become `?`."""
    data = text.encode("utf-8", "replace")
    if len(data) <= limit_bytes:
        return data.decode("utf-8")
    return data[:limit_bytes].decode("utf-8", "ignore")


def head_bytes(head: Head) -> bytes:
    """The head as UTF-8 JSON. Raises `WireError` if it has values that JSON does not have, such as NaN."""
    try:
        # Lone surrogates stand in names of files; JSON could escape them, but no strict reader would take them.
        text = json.dumps(head, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise WireError("a head that is not JSON: %s" % error) from error
    return text.encode("utf-8", "replace")


def numbered(head: bytes, seq: int) -> bytes:
    """An encoded head with the member `seq` put in front."""
    return b'{"seq":%d,' % seq + head[1:]


def encode(head: Head, arrays: Sequence[Any] = ()) -> list[Buffer]:
    """A frame as a list of buffers: lengths and head, then each array in its own memory.

    Raises `WireError` if the head is no JSON, an array is none, or a limit is broken.
    """
    columns = [column(values, owned=True) for values in arrays]
    return frame(head_bytes(with_arrays(head, columns)), columns)


def with_arrays(head: Head, columns: Sequence[Column]) -> Head:
    """The head with the member `arrays` that describes the columns."""
    if not columns:
        return head
    return dict(head, arrays=[[one.kind, one.length] for one in columns])


def frame(head: bytes, columns: Sequence[Column]) -> list[Buffer]:
    """The buffers of a frame whose head is encoded. Raises `WireError` if a limit is broken."""
    bodies: list[Buffer] = [one.data for one in columns if one.length]
    body = sum(memoryview(one).nbytes for one in bodies)
    if len(head) > HEAD_MAX_BYTES:
        raise WireError("a head of %d bytes: %d are allowed" % (len(head), HEAD_MAX_BYTES))
    if body > BODY_MAX_BYTES:
        raise WireError("a body of %d bytes: %d are allowed" % (body, BODY_MAX_BYTES))
    first: list[Buffer] = [PREFIX.pack(len(head), body) + head]
    return first + bodies


def split(head: Head, columns: list[Column]) -> Iterator[tuple[Head, list[Column]]]:
    """A frame as one or more that keep the limits: long arrays of samples and many lines of text are divided.

    The first of a divided `replace` replaces, the others append.
    """
    kind = head.get("t")
    if kind == "text":
        yield from ((dict(head, lines=lines), columns) for lines in _line_groups(head.get("lines", ())))
    elif kind in ("append", "replace") and sum(memoryview(one.data).nbytes for one in columns) > PIECE_BYTES:
        yield from _sample_groups(head, columns)
    else:
        yield head, columns


def _sample_groups(head: Head, columns: list[Column]) -> Iterator[tuple[Head, list[Column]]]:
    length = columns[0].length
    if any(one.length != length for one in columns):
        raise WireError("x and y of different lengths")
    bytes_each = sum(_BYTES[one.kind] for one in columns)
    count = PIECE_BYTES // bytes_each
    for start in range(0, length, count):
        piece = dict(head)
        if start:
            piece["t"] = "append"
            piece.pop("color", None)
        if len(columns) == 1:
            step = head.get("step", 1)
            piece["start"], piece["step"] = head.get("start", 0) + start * step, step
        yield piece, [one.part(start, start + count) for one in columns]


def _line_groups(lines: Sequence[str]) -> Iterator[list[str]]:
    group: list[str] = []
    size = 0
    for line in lines:
        line = clip(str(line), LINE_MAX_BYTES)
        room = len(line.encode("utf-8"))
        if group and (size + room > TEXT_FRAME_BYTES or len(group) == TEXT_MAX_LINES):
            yield group
            group, size = [], 0
        group.append(line)
        size += room
    if group:
        yield group


class Frame(NamedTuple):
    """A frame that came in."""

    head: Head
    columns: list[Column]


class Decoder:
    """Cuts a stream of bytes into frames. Lengths are compared with the limits before anything is kept for them."""

    def __init__(self, head_max: int = HEAD_MAX_BYTES, body_max: int = BODY_MAX_BYTES) -> None:
        """`head_max` and `body_max` are the limits in bytes; by default those of the protocol."""
        self._head_max, self._body_max = head_max, body_max
        self._bytes = bytearray()

    @property
    def held_bytes(self) -> int:
        """Bytes of a frame that is not yet complete."""
        return len(self._bytes)

    def feed(self, data: Buffer) -> Iterator[Frame]:
        """Takes bytes and yields the frames that they complete. Raises `WireError` at the first that breaks a rule."""
        self._bytes += data
        while len(self._bytes) >= PREFIX.size:
            head, body = PREFIX.unpack_from(self._bytes)
            if not 2 <= head <= self._head_max:
                raise WireError("a head of %d bytes: 2 to %d are allowed" % (head, self._head_max))
            if body > self._body_max:
                raise WireError("a body of %d bytes: %d are allowed" % (body, self._body_max))
            end = PREFIX.size + head + body
            if len(self._bytes) < end:
                return
            frame = bytes(self._bytes[PREFIX.size : end])
            del self._bytes[:end]
            yield decode(frame[:head], frame[head:])


def decode(head: Buffer, body: Buffer = b"") -> Frame:
    """A frame from its head and its body. Raises `WireError` if they are not right or do not fit together."""
    try:
        members = json.loads(bytes(head).decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise WireError("a head that is not JSON: %s" % error) from error
    if not isinstance(members, dict) or not isinstance(members.get("t"), str):
        raise WireError("a head without its kind")
    columns: list[Column] = []
    view, at = memoryview(body), 0
    arrays = members.get("arrays", [])
    if not isinstance(arrays, list):
        raise WireError("`arrays` is not a list")
    for one in arrays:
        if not (isinstance(one, list) and len(one) == 2 and one[0] in _BYTES and type(one[1]) is int and one[1] >= 0):
            raise WireError("an array that is not [type, length]")
        size = one[1] * _BYTES[one[0]]
        if size > len(view) - at:
            raise WireError("arrays that are longer than the body")
        columns.append(Column(one[0], view[at : at + size]))
        at += size
    if at != len(view):
        raise WireError("arrays that are shorter than the body")
    return Frame(members, columns)


def _no_constant(word: str) -> None:
    raise WireError("%s in a head" % word)
