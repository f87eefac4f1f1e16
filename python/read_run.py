#!/usr/bin/env python3
"""Reads the log of a Kymograph run as docs/run-format.md describes it, with nothing but Python's standard library.

    python3 read_run.py RUN             one JSON object a line for each record, and one for each part that is lost
    python3 read_run.py --bits RUN      numbers as 16 hexadecimal digits, so that NaN and infinity keep every bit
    python3 read_run.py --summary RUN   one JSON object: series, samples, lines, end, losses

RUN is a run's directory or its log. The exit status is 1 if a part of the log is lost, or if it is no log.

As a module: `for record in read_run.records(path): ...` yields dictionaries as they are printed; numbers are
`array.array('d')`.
"""

import array
import base64
import json
import math
import os
import struct
import sys

LOG_NAME = "log.tfrecord"
FORMAT_VERSION = 1

PANES = ["Control", "Worker", "Receiver"]
LEVELS = ["info", "warning", "error"]
STREAMS = ["output", "error"]
ROLES = ["Worker", "Receiver"]
STATES = ["idle", "waiting", "running", "paused", "stopping", "finished", "failed"]
ENDS = ["running", "finished", "failed", "stopped", "interrupted"]


class NotALog(Exception):
    """The file does not begin like the log of a run, or its format is newer."""


def _table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _table()


def crc32c(data, crc=0):
    """CRC-32C (Castagnoli) of bytes."""
    crc ^= 0xFFFFFFFF
    table = _TABLE
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def masked(data):
    """The checksum in the form in which it stands in a file."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _look(data, at):
    """What stands at a place: ('record', payload, next), ('payload', None, next), ('head', ...) or ('short', ...)."""
    if len(data) - at < 12:
        return "short", None, None
    length, crc = struct.unpack_from("<QI", data, at)
    if crc != masked(data[at : at + 8]):
        return "head", None, None
    end = at + 12 + length + 4
    if end > len(data):
        return "short", None, None
    payload = data[at + 12 : end - 4]
    is_right = masked(payload) == struct.unpack_from("<I", data, end - 4)[0]
    return ("record" if is_right else "payload"), payload, end


def _search(data, at):
    """The first place from `at` on where a whole record stands, or None."""
    size = len(data)
    while size - at >= 16:
        length = struct.unpack_from("<Q", data, at)[0]
        if length <= size - at - 16 and _look(data, at)[0] == "record":
            return at
        at += 1
    return None


def frames(data):
    """Yields ('record', from, to, payload), ('damaged', from, to, None) and ('cut', from, to, None)."""
    at, size = 0, len(data)
    while at < size:
        what, payload, end = _look(data, at)
        if what == "record":
            yield "record", at, end, payload
        else:
            if what != "payload":
                found = _search(data, at + 1)
                end = size if found is None else found
                what = "cut" if what == "short" and found is None else "damaged"
            if end == size and not any(data[at:end]):
                what = "cut"
            yield ("cut" if what == "cut" else "damaged"), at, end, None
        at = end


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number without an end")


def fields(data):
    """The fields of a protocol buffer: a dictionary from number to raw value; the last of each number counts."""
    return dict(all_fields(data))


def all_fields(data):
    """Yields the fields of a protocol buffer in order, as (number, raw value)."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = _varint(data, at)
        elif wire == 1:
            value, at = data[at : at + 8], at + 8
        elif wire == 2:
            length, at = _varint(data, at)
            value, at = data[at : at + length], at + length
        elif wire == 5:
            value, at = data[at : at + 4], at + 4
        else:
            raise ValueError("an unknown kind of field")
        if at > len(data):
            raise ValueError("a field that goes beyond its message")
        yield key >> 3, value


def _text(found, number):
    return bytes(found.get(number, b"")).decode("utf-8")


def _double(found, number):
    return struct.unpack("<d", found.get(number, bytes(8)))[0]


def _signed64(found, number):
    return struct.unpack("<q", found.get(number, bytes(8)))[0]


def _zigzag(value):
    return value >> 1 ^ -(value & 1)


def _color(value):
    return None if value is None else "#%06x" % value


def _numbers(data):
    numbers = array.array("d")
    numbers.frombytes(bytes(data))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _samples(found):
    count = found.get(3, 0)
    data = found.get(15, b"")
    samples = {"series": found.get(1, 0), "stamp_nanos": _signed64(found, 2), "count": count}
    if 4 in found and 5 in found:
        samples["x_start"], samples["x_step"] = _double(found, 4), _double(found, 5)
        columns = 1
    else:
        samples["x"] = _numbers(data[: 8 * count])
        columns = 2
    if len(data) != 8 * count * columns:
        raise ValueError("not as many numbers as samples")
    samples["y"] = _numbers(data[8 * count * (columns - 1) :])
    return samples


def _body(number, data):
    found = fields(data)
    if number == 4:
        return {
            "kind": "header",
            "format_version": found.get(1, 0),
            "run_id": _text(found, 2),
            "name": _text(found, 3),
            "created_nanos": _signed64(found, 4),
            "program_version": _text(found, 5),
        }
    if number == 5:
        return {
            "kind": "declare",
            "series": found.get(1, 0),
            "name": _text(found, 2),
            "x_label": _text(found, 3),
            "x_is_time": bool(found.get(4, 0)),
            "color": _color(found.get(5)),
        }
    if number == 6:
        return dict(kind="append", **_samples(found))
    if number == 7:
        return dict(kind="replace", color=_color(found.get(6)), **_samples(found))
    if number == 8:
        return {
            "kind": "line",
            "pane": PANES[found.get(1, 0)],
            "level": LEVELS[found.get(2, 0)],
            "time_secs": _double(found, 3),
            "text": _text(found, 4),
        }
    if number == 9:
        return {"kind": "progress", "role": ROLES[found.get(1, 0)], "done": found.get(2, 0), "total": found.get(3)}
    if number == 10:
        return {"kind": "thread", "role": ROLES[found.get(1, 0)], "state": STATES[found.get(2, 0)]}
    if number == 11:
        return {"kind": "job", "state": STATES[found.get(2, 0)]}
    if number == 12:
        return {"kind": "skipped", "pane": PANES[found.get(1, 0)], "count": found.get(2, 0)}
    if number in (13, 14):
        result = {"kind": "finished" if number == 13 else "failed", "text": _text(found, 1)}
        result["exit_code"] = _zigzag(found.get(2, 0))
        if number == 13:
            result["was_stopped"] = bool(found.get(3, 0))
        return result
    if number == 15:
        names = ["items", "samples", "notices", "from_nanos", "to_nanos"]
        gap = {name: found.get(index, 0) for index, name in enumerate(names, 1)}
        return dict(kind="gap", reason=_text(found, 6), **gap)
    if number == 16:
        code = _zigzag(found[2]) if 2 in found else None
        return {"kind": "end", "state": ENDS[found.get(1, 0)], "exit_code": code, "text": _text(found, 3)}
    if number == 17:
        parts = list(all_fields(data))
        return {
            "kind": "layout",
            "title": _text(found, 1),
            "rows": found.get(2, 0),
            "columns": found.get(3, 0),
            "subplots": [_subplot(fields(value)) for part, value in parts if part == 4],
            "places": [_place(fields(value)) for part, value in parts if part == 5],
        }
    if number == 18:
        return {"kind": "mark", "number": found.get(1, 0)}
    if number == 19:
        # Bytes as they were written, which need not be text.
        data = base64.b64encode(found.get(2, b"")).decode("ascii")
        return {"kind": "output", "stream": STREAMS[found.get(1, 0)], "base64": data}
    return {"kind": "unknown", "field": number}


def _subplot(found):
    axes = {"x": _axis(fields(found.get(2, b""))), "y": _axis(fields(found.get(3, b"")))}
    return dict(title=_text(found, 1), hides_legend=bool(found.get(4, 0)), **axes)


def _axis(found):
    limits = [_double(found, 3), _double(found, 4)] if 3 in found and 4 in found else None
    return {"label": _text(found, 1), "is_log": bool(found.get(2, 0)), "limits": limits}


def _place(found):
    return {"series": found.get(1, 0), "subplot": found.get(2)}


def decode(payload):
    """A record as a dictionary; ValueError if the payload is no record."""
    try:
        found = fields(payload)
        body = max(found, default=0)
        record = {"seq": found.get(1, 0), "time_nanos": found.get(2, 0)}
        record.update(_body(body, found[body]) if body > 3 else {"kind": "unknown", "field": body})
        return record
    except (IndexError, KeyError, TypeError, UnicodeDecodeError, struct.error) as error:
        raise ValueError(str(error)) from error


def records(path):
    """Yields the records of the run or log at `path` in order, and a dictionary of kind `lost` for each lost part."""
    if os.path.isdir(path):
        path = os.path.join(path, LOG_NAME)
    with open(path, "rb") as file:
        data = file.read()
    next_seq, lost = 0, None

    for what, start, end, payload in frames(data):
        record = None
        if what == "record":
            try:
                record = decode(payload)
                if record["seq"] < next_seq:
                    record, what = None, "out of order"
            except ValueError:
                what = "malformed"
        if start == 0:
            if record is None and what != "cut" and end == len(data):
                raise NotALog("%s is not the log of a run" % path)
            if record is not None and record["kind"] != "header":
                raise NotALog("%s is not the log of a run" % path)
            if record is not None and record["format_version"] > FORMAT_VERSION:
                raise NotALog("%s has format %d" % (path, record["format_version"]))
        if record is None:
            if lost is not None and lost["why"] == what:
                lost["to_byte"] = end
                continue
            if lost is not None:
                yield lost
            lost = {"kind": "lost", "from_byte": start, "to_byte": end, "why": what, "records": None}
            continue
        missing = record["seq"] - next_seq
        if lost is not None:
            yield dict(lost, records=missing)
        elif missing:
            yield {"kind": "lost", "from_byte": start, "to_byte": start, "why": "missing", "records": missing}
        next_seq, lost = record["seq"] + 1, None
        yield record
    if lost is not None:
        yield lost


def summary(path):
    """What is in a run: series with their counts, lines, gaps, losses and the end."""
    result = {"header": None, "series": {}, "records": 0, "samples": 0, "lines": 0, "gaps": [], "lost": [], "end": None}

    def series(number):
        return result["series"].setdefault(number, {"name": "", "samples": 0, "replaced": 0})

    for record in records(path):
        kind = record["kind"]
        if kind == "lost":
            result["lost"].append(record)
            continue
        result["records"] += 1
        if kind == "declare":
            series(record["series"])["name"] = record["name"]
        elif kind in ("append", "replace"):
            one = series(record["series"])
            one["samples"] = record["count"] + (one["samples"] if kind == "append" else 0)
            one["replaced"] += kind == "replace"
            result["samples"] += record["count"]
        elif kind == "line":
            result["lines"] += 1
        elif kind == "gap":
            result["gaps"].append(record)
        elif kind in ("header", "end"):
            result[kind] = record
    return result


def _printable(value, as_bits):
    """Numbers as JSON knows them: those that are not finite as words, or all as their bits."""
    if isinstance(value, array.array):
        return [_printable(one, as_bits) for one in value]
    if isinstance(value, float):
        if as_bits:
            return "%016x" % struct.unpack("<Q", struct.pack("<d", value))[0]
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {str(key): _printable(one, as_bits) for key, one in value.items()}
    if isinstance(value, list):
        return [_printable(one, as_bits) for one in value]
    return value


def main(arguments):
    """The command line; returns the exit status."""
    flags = {argument for argument in arguments if argument.startswith("--")}
    paths = [argument for argument in arguments if not argument.startswith("--")]
    if len(paths) != 1 or flags - {"--bits", "--summary"}:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    is_whole = True
    try:
        entries = [summary(paths[0])] if "--summary" in flags else records(paths[0])
        for entry in entries:
            is_whole &= entry.get("kind") != "lost" and not entry.get("lost")
            print(json.dumps(_printable(entry, "--bits" in flags)))
    except (OSError, NotALog) as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
