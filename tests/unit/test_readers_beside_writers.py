"""Who reads while somebody writes: index and ledger are read one after the other, and no alarm is false."""

from pathlib import Path
from typing import Any

import pytest

from archive.services.catalog.index_contents import require_belonging
from archive.services.catalog.index_reading import reading_index
from archive.services.opened import OpenedArchive
from archive.storage.index import Index
from tests.changes import Changing


def read(changing: Changing) -> tuple[int, list[str]]:
    """How many documents a reader finds, and what it is told."""
    with reading_index(changing.made.opened) as reading:
        return len(list(reading.index.list())), [finding.message for finding in reading.findings]


def ingest(changing: Changing, number: int) -> None:
    changing.made.ingest({f"{number}.txt": str(number).encode()}, name=f"more{number}")


def test_a_writer_that_ends_behind_the_reading_of_the_ledger(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = OpenedArchive.checkpoint
    ingests = iter((1, 2))

    def interfering(archive: OpenedArchive) -> Any:
        before = checkpoint(archive)
        with monkeypatch.context() as undisturbed:
            undisturbed.setattr(OpenedArchive, "checkpoint", checkpoint)
            for number in ingests:
                ingest(changing, number)
                break
        return before

    monkeypatch.setattr(OpenedArchive, "checkpoint", interfering)
    assert read(changing) == (5, [])


def test_an_index_that_goes_on_between_its_size_and_its_root(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    belonging = require_belonging
    times = iter([1])

    def interfering(archive: OpenedArchive, index: Index, checkpoint: Any) -> None:
        for number in times:
            ingest(changing, number)
        belonging(archive, index, checkpoint)

    monkeypatch.setattr(f"{reading_index.__module__}.require_belonging", interfering)
    assert read(changing) == (4, [])


def test_an_index_that_is_brought_up_to_date_before_it_is_copied(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    path: Path = changing.root / "catalog.sqlite"
    before = path.read_bytes()
    ingest(changing, 1)
    after = path.read_bytes()
    path.write_bytes(before)
    copied = Index.copy_to

    def late(index: Index, *where: Any, **more: Any) -> Index:
        path.write_bytes(after)
        return copied(index, *where, **more)

    assert read(changing) == (4, ["is 2 entries behind the ledger, which was read instead"])
    monkeypatch.setattr(Index, "copy_to", late)
    assert read(changing) == (4, [])


def test_an_index_that_is_of_a_later_state_indeed_is_still_named(changing: Changing) -> None:
    with Index.open(str(changing.root / "catalog.sqlite"), writable=True) as index:
        index.reflects(size=index.size + 1, root=b"")
    count, (told,) = read(changing)
    assert (count, told) == (3, "is of a later state than the ledger; ledger and bags were read instead")
