"""The first entry that differs is the one named, or lies in the range named; nothing is claimed on less."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from archive.core.ledger.first_difference import Parting, RangeHash, first_difference
from archive.core.ledger.merkle import EMPTY_ROOT, Frontier, leaf_hash


def source(leaves: Sequence[bytes]) -> RangeHash:
    """The hashes of a whole history."""

    def over(start: int, end: int) -> bytes | None:
        if end > len(leaves):
            return None
        tree = Frontier()
        tree.extend(leaves[start:end])
        return tree.root()

    return over


def hashes(marks: Sequence[int]) -> list[bytes]:
    return [leaf_hash(bytes([mark])) for mark in marks]


MARKS = st.lists(st.integers(0, 3), min_size=1, max_size=40)


def parts(kept: Sequence[int], now: Sequence[int]) -> int | None:
    """The first place at which the kept history and today's differ, by plain comparison."""
    for place, mark in enumerate(kept):
        if place >= len(now) or now[place] != mark:
            return place
    return None


@given(MARKS, MARKS)
def test_with_the_whole_older_history_at_hand_the_entry_is_exact(kept: list[int], now: list[int]) -> None:
    root = source(hashes(kept))(0, len(kept)) or b""
    found = first_difference(len(kept), root, source(hashes(now)), [source(hashes(kept))])
    place = parts(kept, now)
    assert found == (None if place is None else Parting(place, place))


@given(MARKS, MARKS, st.data())
def test_with_some_hashes_at_hand_the_range_holds_it(
    kept: list[int], now: list[int], data: st.DataObject
) -> None:
    whole = source(hashes(kept))
    root = whole(0, len(kept)) or b""
    lost = data.draw(st.sets(st.tuples(st.integers(0, 40), st.integers(0, 40))))

    def left(start: int, end: int) -> bytes | None:
        return None if (start, end) in lost or (start + end) % 3 == 0 else whole(start, end)

    def lying(start: int, end: int) -> bytes | None:
        return bytes(32)

    found = first_difference(len(kept), root, source(hashes(now)), [lying, left])
    place = parts(kept, now)
    if place is None:
        assert found is None
    else:
        assert found is not None
        assert found.first <= place <= found.last


@given(MARKS, MARKS)
def test_without_any_other_source_nothing_is_claimed_but_the_range(kept: list[int], now: list[int]) -> None:
    root = source(hashes(kept))(0, len(kept)) or b""
    found = first_difference(len(kept), root, source(hashes(now)))
    if found is not None and len(kept) > 1 and parts(kept, now) != 0:
        assert found.first <= (parts(kept, now) or 0)
        assert found.last == len(kept) - 1 or found.last >= (parts(kept, now) or 0)


def test_every_history_begins_with_the_empty_one() -> None:
    assert first_difference(0, EMPTY_ROOT, source([])) is None
