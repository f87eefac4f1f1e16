"""Kept frames: order and bounds through memory, files and drops."""

import os
import random
import stat
from collections import deque

import pytest

from kymograph import _spool
from kymograph._spool import OVERHEAD_BYTES, Spool


def frame(seq, size=100):
    return [b"%08d" % seq, bytes(size)]


def read_all(spool):
    seqs = []
    while (buffers := spool.next_frame()) is not None:
        data = b"".join(bytes(one) for one in buffers)
        seqs.append(int(data[:8]))
    return seqs


def small(tmp_path, memory=10_000, files=1 << 20):
    return Spool(memory, files, str(tmp_path / "spool"))


def test_frames_stay_in_memory_then_in_files_and_keep_their_order(tmp_path):
    spool = small(tmp_path)
    for seq in range(1, 101):
        assert spool.put(seq, frame(seq, seq))
        spool.settle()
    assert spool.memory_bytes <= 10_000
    assert spool.files_bytes > 0
    assert read_all(spool) == list(range(1, 101))
    assert spool.first(101) == 1
    spool.rewind(31)
    assert spool.first(101) == 31
    assert read_all(spool) == list(range(31, 101))
    spool.ack(100)
    assert spool.next_frame() is None
    assert spool.first(101) == 101
    assert (spool.memory_bytes, spool.files_bytes, spool.dropped) == (0, 0, 0)
    spool.put(101, frame(101))
    spool.settle()
    assert spool.files_bytes == 0
    spool.close()


def test_files_are_private_and_have_no_name(tmp_path):
    spool = small(tmp_path, memory=0)
    spool.put(1, frame(1))
    spool.put(2, frame(2))
    spool.settle()
    directory = tmp_path / "spool"
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert list(directory.iterdir()) == []
    handles = [segment.handle for segment in spool._segments]
    assert [stat.S_IMODE(os.fstat(handle).st_mode) for handle in handles] == [0o600]
    spool.close()
    with pytest.raises(OSError):
        os.fstat(handles[0])


def test_what_finds_no_room_is_counted_and_needed_frames_are_kept(tmp_path):
    spool = small(tmp_path, memory=2_000, files=2_000)
    kept = []
    for seq in range(1, 101):
        if spool.put(seq, frame(seq)):
            kept.append(seq)
        spool.settle()
    assert 0 < len(kept) < 100
    assert spool.dropped == 100 - len(kept)
    assert not spool.has_room
    assert spool.put(101, frame(101), is_needed=True)
    while spool.next_frame() is not None:
        pass
    spool.ack(kept[-2])
    spool.next_frame()
    spool.settle()
    assert spool.has_room
    assert spool.put(102, frame(102))
    spool.settle()
    spool.rewind(1)
    assert read_all(spool) == [kept[-1], 101, 102]
    spool.close()


def test_disk_full_gives_up_new_frames_and_goes_on_when_there_is_room(tmp_path, monkeypatch):
    spool = small(tmp_path, memory=1_000)

    def refuse(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwritev", refuse)
        results = []
        for seq in range(1, 21):
            results.append(spool.put(seq, frame(seq)))
            spool.settle()
    kept = [seq for seq, is_kept in enumerate(results, 1) if is_kept]
    assert spool.dropped == 20 - len(kept) > 0
    spool.settle()
    assert spool.put(21, frame(21))
    spool.settle()
    assert read_all(spool) == kept + [21]
    spool.close()


def test_a_frame_larger_than_all_memory_is_kept_where_there_is_no_disk(tmp_path):
    spool = small(tmp_path, memory=1_000, files=0)
    assert spool.put(1, frame(1, 5_000))
    spool.settle()
    assert spool.put(2, frame(2))
    assert read_all(spool) == [1]
    spool.ack(1)
    spool.settle()
    assert read_all(spool) == [2]


def test_the_tail_is_bounded_when_nobody_settles(tmp_path):
    spool = small(tmp_path)
    results = [spool.put(seq, frame(seq, 1 << 20)) for seq in range(1, 100)]
    assert results == sorted(results, reverse=True)
    assert spool.memory_bytes <= _spool.TAIL_MAX_BYTES
    assert spool.dropped == results.count(False) > 0


def test_limits_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("KYMOGRAPH_SPOOL_MEMORY_MB", "0.5")
    monkeypatch.setenv("KYMOGRAPH_SPOOL_MB", "many")
    spool = Spool()
    assert (spool._memory_bytes, spool._files_bytes) == (1 << 19, 4 << 30)


@pytest.mark.parametrize("seed", range(20))
def test_any_order_of_calls_loses_and_repeats_nothing(tmp_path, monkeypatch, seed):
    monkeypatch.setattr(_spool, "SEGMENT_BYTES", 1_500)
    chance = random.Random(seed)
    spool = small(tmp_path, memory=3_000, files=8_000)
    # The model: what is kept, and what of it is still to be sent.
    kept, unsent, seq, acked, sent_up_to = deque(), deque(), 0, 0, 0
    for _ in range(3_000):
        action = chance.random()
        if action < 0.4:
            seq += 1
            if spool.put(seq, frame(seq, chance.randrange(300))):
                kept.append(seq)
                unsent.append(seq)
        elif action < 0.7:
            spool.settle()
            buffers = spool.next_frame()
            if buffers is not None:
                assert int(b"".join(bytes(one) for one in buffers)[:8]) == unsent.popleft()
            elif unsent:
                # Only what the disk had no room for may wait.
                assert not spool.has_room
        elif action < 0.95:
            sent = [one for one in kept if not unsent or one < unsent[0]]
            if sent:
                acked = chance.choice(sent)
                spool.ack(acked)
        else:
            wanted = chance.randrange(acked + 1, max(acked, sent_up_to) + 2)
            spool.rewind(wanted)
            acked = max(acked, wanted - 1)
            unsent = deque(one for one in kept if one > acked)
        while kept and kept[0] <= acked:
            kept.popleft()
        assert spool.files_bytes <= 8_000
        assert spool.memory_bytes <= 3_000 + _spool.TAIL_MAX_BYTES
        first = spool.first(seq + 1)
        # With frames in files the answer may be lower than the first, never higher.
        assert first <= (kept[0] if kept else seq + 1) and first > acked
    assert spool.dropped > 0 and seq - spool.dropped > 500
    spool.close()


def test_what_was_never_sent_cannot_be_acknowledged(tmp_path):
    spool = small(tmp_path)
    spool.put(1, frame(1))
    spool.put(2, frame(2))
    spool.settle()
    assert spool.next_frame() == frame(1)
    spool.ack(1 << 60)
    assert spool.first(3) == 2
    spool.rewind(1 << 60)
    assert read_all(spool) == [2]


def test_small_frames_cost_what_is_reckoned_for_them(tmp_path):
    import tracemalloc

    spool = small(tmp_path, memory=1 << 30)
    tracemalloc.start()
    for seq in range(20_000):
        spool.put(seq, [b"%0100d" % seq])
        spool.settle()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert used / 20_000 < 100 + OVERHEAD_BYTES
