"""However many bags and records storage refuses: one that is altered weighs in the exit code all the same."""

import errno
import os
from typing import Any

import pytest

from archive.services.catalog import bag_record, catching_up, doubtful_records
from archive.services.catalog.bag_record import open_bag
from archive.services.opened import OpenedArchive
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import codes
from tests.refusals import refuse


def test_an_altered_bag_behind_those_that_are_refused(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = {changing.row(source).bag for source in ("a.txt", "b.txt")}
    overwrite(changing.bag("c.txt") / "tagmanifest-sha512.txt", b"")

    def refusing(archive: OpenedArchive, bag: str) -> Any:
        if bag in refused:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return open_bag(archive, bag)

    monkeypatch.setattr(bag_record, "open_bag", refusing)
    monkeypatch.setattr(catching_up, "REBUILD_FINDINGS", 2)
    report = changing("catalog", "rebuild", code=1)
    assert codes(report) == ["CATALOG-BAG-UNREADABLE"] * 2 + ["CATALOG-BAG-DOUBTFUL"]


def test_altered_results_behind_those_that_are_refused(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [changing("audit")["run"] for _ in range(3)]
    *refused, altered = (changing.root / "audits" / run / "results-1.json" for run in runs)
    for path in refused:
        refuse(monkeypatch, "open", path)
    overwrite(altered, b"{}")
    monkeypatch.setattr(doubtful_records, "REBUILD_FINDINGS", 2)
    assert "AUDIT-RESULTS" in codes(changing("catalog", "verify", code=1))
