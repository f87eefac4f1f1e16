"""CRC-32C against its check value and a bytewise reckoning, with and without NumPy."""

import random
import sys

import pytest
from conftest import load_reader

from kymograph._crc import crc32c, masked


def test_check_value():
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(b"") == 0
    assert masked(crc32c((24).to_bytes(8, "little"))) == int.from_bytes(bytes.fromhex("a37f4b22"), "little")


@pytest.mark.parametrize("has_numpy", [False, True])
def test_all_ways_agree(monkeypatch, has_numpy):
    bytewise = load_reader().crc32c
    if not has_numpy:
        monkeypatch.delitem(sys.modules, "numpy", raising=False)
    else:
        assert "numpy" in sys.modules or __import__("numpy")
    chance = random.Random(1)
    for length in [*range(20), 511, 512, 16383, 16384, 16385, 40_003, 70_000]:
        data = chance.randbytes(length)
        assert crc32c(data) == bytewise(data), length
        cut = length // 3
        assert crc32c(memoryview(data)[cut:], crc32c(data[:cut])) == bytewise(data)
