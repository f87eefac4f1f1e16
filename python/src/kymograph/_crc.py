"""CRC-32C, the checksum of TFRecord files, without an extension module.

Plain Python takes four bytes a step from two tables of 65,536 entries (19 MB/s measured). Where NumPy is loaded, a long
buffer is cut into equal blocks whose checksums advance side by side and are then joined in pairs (290 MB/s): the checksum
of A followed by B is that of A, led over as many zero bytes as B has, exclusive-or that of B begun at zero.
"""

import functools
import sys
from typing import Any, Union

_POLYNOMIAL = 0x82F63B78
_ONES = 0xFFFFFFFF

# Blocks that advance side by side; how many of them at most, as a power of two.
_BLOCK_BYTES = 512
_BLOCKS_POWER_MAX = 11
_BLOCKS_POWER_MIN = 5

Bytes = Union[bytes, bytearray, memoryview]


def _byte_table() -> list[int]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return table


@functools.lru_cache(maxsize=None)
def _tables() -> tuple[list[int], list[int], list[int]]:
    """For one byte; for the high and for the low half of four bytes."""
    rows = [_byte_table()]
    for _ in range(3):
        rows.append([rows[0][value & 255] ^ value >> 8 for value in rows[-1]])
    high = [rows[0][pair >> 8] ^ rows[1][pair & 255] for pair in range(65536)]
    low = [rows[2][pair >> 8] ^ rows[3][pair & 255] for pair in range(65536)]
    return rows[0], high, low


def _advance(data: memoryview, crc: int) -> int:
    single, high, low = _tables()
    whole = len(data) & ~3 if sys.byteorder == "little" else 0
    if whole:
        for word in data[:whole].cast("I"):
            word ^= crc
            crc = low[word & 0xFFFF] ^ high[word >> 16]
    for byte in data[whole:]:
        crc = single[(crc ^ byte) & 255] ^ crc >> 8
    return crc


@functools.lru_cache(maxsize=None)
def _numpy_tables(power: int) -> tuple[Any, Any]:
    """Tables that lead a checksum over `_BLOCK_BYTES << power` zero bytes, for its low and its high half."""
    import numpy

    if power == 0:
        # One bit at a time through zeros: the columns of a matrix over GF(2).
        zeros = memoryview(bytes(_BLOCK_BYTES))
        columns = [_advance(zeros, 1 << bit) for bit in range(32)]
    else:
        low, high = _numpy_tables(power - 1)
        columns = []
        for bit in range(32):
            crc = 1 << bit
            for _ in range(2):
                crc = int(low[crc & 0xFFFF]) ^ int(high[crc >> 16])
            columns.append(crc)
    index = numpy.arange(65536)
    tables = numpy.zeros((2, 65536), dtype=numpy.uint32)
    for bit in range(16):
        is_set = (index >> bit & 1).astype(bool)
        tables[0][is_set] ^= numpy.uint32(columns[bit])
        tables[1][is_set] ^= numpy.uint32(columns[16 + bit])
    return tables[0], tables[1]


@functools.lru_cache(maxsize=None)
def _numpy_word_tables() -> tuple[Any, Any]:
    import numpy

    _, high, low = _tables()
    return numpy.array(high, dtype=numpy.uint32), numpy.array(low, dtype=numpy.uint32)


def _advance_blocks(numpy: Any, data: memoryview, crc: int) -> tuple[int, int]:
    """Leads the checksum over as many blocks as it can; returns it and the bytes that it took."""
    high, low = _numpy_word_tables()
    at = 0
    for power in range(_BLOCKS_POWER_MAX, _BLOCKS_POWER_MIN - 1, -1):
        size = _BLOCK_BYTES << power
        while len(data) - at >= size:
            words = numpy.frombuffer(data, dtype="<u4", count=size // 4, offset=at)
            words = words.reshape(1 << power, _BLOCK_BYTES // 4).T.copy()
            words[0, 0] ^= numpy.uint32(crc)
            crcs = numpy.zeros(1 << power, dtype=numpy.uint32)
            for row in words:
                crcs ^= row
                crcs = low[crcs & 0xFFFF] ^ high[crcs >> 16]
            for level in range(power):
                over_low, over_high = _numpy_tables(level)
                left = crcs[0::2]
                crcs = over_low[left & 0xFFFF] ^ over_high[left >> 16] ^ crcs[1::2]
            crc = int(crcs[0])
            at += size
    return crc, at


def crc32c(data: Bytes, crc: int = 0) -> int:
    """CRC-32C (Castagnoli) of `data`, going on from `crc`, which is that of what stands before it."""
    view = memoryview(data).cast("B") if data else memoryview(b"")
    crc ^= _ONES
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "frombuffer") and len(view) >= _BLOCK_BYTES << _BLOCKS_POWER_MIN:
        crc, at = _advance_blocks(numpy, view, crc)
        view = view[at:]
    return _advance(view, crc) ^ _ONES


def masked(crc: int) -> int:
    """A CRC-32C in the form in which it stands in a file."""
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & _ONES
