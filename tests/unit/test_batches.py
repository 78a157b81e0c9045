"""Batches: every item once and in order, none beyond its bounds, none asked for before it is needed."""

from hypothesis import given
from hypothesis import strategies as st

from archive.engine.batches import batched


@given(st.lists(st.integers(0, 20)), st.integers(1, 5), st.integers(1, 30))
def test_every_item_is_in_one_batch_and_every_batch_but_the_last_is_just_full(
    sizes: list[int], most: int, most_bytes: int
) -> None:
    batches = list(batched(sizes, int, most=most, most_bytes=most_bytes))
    assert [size for batch in batches for size in batch] == sizes
    assert all(len(batch) <= most and sum(batch[:-1]) < most_bytes for batch in batches)
    assert all(len(batch) == most or sum(batch) >= most_bytes for batch in batches[:-1])
    assert all(batches)


def test_a_batch_is_given_before_the_next_item_is_asked_for() -> None:
    asked = iter(range(10))
    assert next(batched(asked, int, most=3, most_bytes=100)) == [0, 1, 2]
    assert next(asked) == 3
