"""Work cut into batches: bounded in number and in bytes, so that none takes long."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def batched(
    items: Iterable[Item], byte_count: Callable[[Item], int], *, most: int, most_bytes: int
) -> Iterator[list[Item]]:
    """The items in their order, each in one batch; a batch is given with the item that fills it.

    It is full at `most` items, or once they have `most_bytes` or more: a large item ends its batch and is
    never parted. No item is asked for before it is needed, and no batch is empty.
    """
    waiting: list[Item] = []
    size = 0
    for item in items:
        waiting.append(item)
        size += byte_count(item)
        if len(waiting) >= most or size >= most_bytes:
            yield waiting
            waiting, size = [], 0
    if waiting:
        yield waiting
