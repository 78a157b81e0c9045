"""Calls of an audit that fail, one after the other: what could not be looked at is never damaged."""

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from archive.core.copies import CopyForm
from archive.core.expectation import Expectation
from archive.core.outcomes import BagOutcome
from archive.services.audit import chunk as chunks
from archive.services.audit import looking
from archive.services.audit.chunk import Chunk, ChunkResult, audit_chunk
from archive.services.repair.committing import verified
from archive.storage.bags.bag_files import AT_ONCE
from archive.storage.bags.bag_restoration import FILES
from archive.storage.layout import bag_path, shard
from tests.builders import HeldBag, make_bag
from tests.changes import Changing
from tests.copying import copy

BAG = "01a1fc2b-5ac3-7e51-885c-fe791cf78810"
SAME_SHARD = "01a1fc2b-5ac3-7e51-885c-fe791cf78910"
CALLS = ("open", "scandir", "listdir", "stat", "lstat", "fstat", "read", "readv")
# No answer about the thing itself. ENOENT is one, and so is ELOOP: that it is a link.
ERRORS = (errno.EIO, errno.EMFILE, errno.ENFILE, errno.EACCES, errno.ENOMEM)
NOTHING_KNOWN = {(BagOutcome.UNREADABLE.value, code) for code in ("FIX-UNREADABLE", "FIX-UNVOUCHED")}
KNOWN_WARNINGS = {  # of what lies outside the archive or is derived: such a warning is no verdict
    "LEDGER-KEY-STATE",
    "AUDIT-WAITING-MISSING",
    "CATALOG-INDEX",
}


class FailingCalls:
    """Calls to storage that code of ours makes: counted, and `times` of them failing from one number on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sites: list[tuple[str, ...]] = []
        self.failed = 0
        self._from, self._times, self._error = -1, 0, 0
        for name in CALLS:
            monkeypatch.setattr(os, name, self._counted(name, getattr(os, name)))

    def begin(self, number: int = -1, times: int = 0, error: int = 0) -> None:
        """Counts anew; with a number that call fails, and the next ones up to so many."""
        self.sites, self.failed = [], 0
        self._from, self._times, self._error = number, times, error
        chunks._shards.begin("")

    def _counted(self, name: str, really: Any) -> Any:
        def counted(*given: Any, **named: Any) -> Any:
            if not (site := _site(name)):
                return really(*given, **named)
            self.sites.append(site)
            if self._from < len(self.sites) <= self._from + self._times:
                self.failed += 1
                raise OSError(self._error, os.strerror(self._error))
            return really(*given, **named)

        return counted


def _site(name: str) -> tuple[str, ...]:
    """Where in this project the call is made, and for whom."""
    site = [name]
    above: FrameType | None = sys._getframe(2)
    while above is not None and len(site) < 4:
        if str(above.f_globals.get("__name__", "")).startswith("archive."):
            site.append(f"{above.f_code.co_filename}:{above.f_lineno}")
        above = above.f_back
    return tuple(site) if len(site) > 1 else ()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> FailingCalls:
    """The calls of this test."""
    return FailingCalls(monkeypatch)


@pytest.fixture
def two_bags(tmp_path: Path) -> tuple[Expectation, ...]:
    """Promises of two bags in one shard of `bags/`, one with a file that is too large to be read at once."""
    above = tmp_path / "bags" / shard(BAG)
    large = {"a.bin": bytes(AT_ONCE + 1), "deep/b.txt": b"b"}
    return tuple(
        make_bag(above, payload, name=name).expectation
        for name, payload in ((BAG, large), (SAME_SHARD, {"a.txt": b"a"}))
    )


@pytest.mark.parametrize("times", [1, 2, 5])
@pytest.mark.parametrize("how", ["full", "quick", "cold"])
def test_a_bag_is_intact_or_unreadable_whichever_call_fails(
    tmp_path: Path, two_bags: tuple[Expectation, ...], failing: FailingCalls, how: str, times: int
) -> None:
    chunk = Chunk(str(tmp_path / "bags"), two_bags, how == "quick", cold=how == "cold")
    chunks._storage.is_cold = False
    _require_no_damage(chunk, failing, times)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_bag_in_a_tar_is_intact_or_unreadable_whichever_call_fails(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    copy(changing, tmp_path / "copy", "--as", "tar")
    promises = tuple(_promises(changing, monkeypatch))
    chunk = Chunk(str(tmp_path / "copy/bags"), promises, quick=False, form=CopyForm.TAR)
    chunks._storage.is_cold = False
    _require_no_damage(chunk, FailingCalls(monkeypatch), times)


def _promises(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> Iterator[Expectation]:
    """What the ledger promises of the documents, as an audit says it to those who read the bags."""
    seen: list[Chunk] = []

    def noted(chunk: Chunk) -> ChunkResult:
        seen.append(chunk)
        return audit_chunk(chunk)

    with monkeypatch.context() as patch:
        patch.setattr(looking, "audit_chunk", noted)
        changing("audit", "--read-only", "--jobs", "1")
    for one in seen:
        yield from one.expectations


def _require_no_damage(chunk: Chunk, failing: FailingCalls, times: int) -> None:
    """The verdict is that of a look that went well, or that nothing is known."""
    failing.begin()
    assert audit_chunk(chunk).intact == len(chunk.expectations)
    for number in range(len(failing.sites)):
        failing.begin(number, times, ERRORS[number % len(ERRORS)])
        found = audit_chunk(chunk)
        assert failing.failed
        told = {(row.outcome, one["code"]) for row in found.adverse for one in row.findings}
        assert told <= NOTHING_KNOWN, (number, failing.sites[number])
        assert found.intact + len(found.adverse) == len(chunk.expectations)


@pytest.mark.parametrize("error", ERRORS)
def test_a_shard_that_opens_only_the_second_time_is_not_taken_for_a_bag(
    tmp_path: Path, two_bags: tuple[Expectation, ...], monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    really = os.open
    refused: list[str] = []

    def once(path: Any, *given: Any, **named: Any) -> int:
        if path == shard(BAG) and not refused:
            refused.append(path)
            raise OSError(error, os.strerror(error))
        return really(path, *given, **named)

    chunks._storage.is_cold = False
    monkeypatch.setattr(os, "open", once)
    found = audit_chunk(Chunk(str(tmp_path / "bags"), two_bags, quick=False))
    assert [(row.bag, row.outcome) for row in found.adverse] == [(BAG, BagOutcome.UNREADABLE)]
    assert found.intact == 1
    assert [one["code"] for one in found.adverse[0].findings] == ["FIX-UNREADABLE"]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(errno.EIO, BagOutcome.UNREADABLE), (errno.ENOENT, BagOutcome.MISSING)],
)
def test_a_repaired_bag_that_cannot_be_read_again_is_unreadable_and_not_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int, outcome: BagOutcome
) -> None:
    bag: HeldBag = make_bag(tmp_path / "bags" / shard(BAG), name=BAG)
    assert verified(tmp_path, bag.expectation) is BagOutcome.INTACT

    def refuse(*_: Any, **__: Any) -> int:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "open", refuse)
    assert verified(tmp_path, bag.expectation) is outcome


def test_no_call_of_an_audit_that_fails_is_said_to_be_damage(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    changing("withdraw", changing.reference("b.txt"), "--reason", "why", "--yes")
    failing = FailingCalls(monkeypatch)
    failing.begin()
    assert _audit(changing) == (0, set())
    sites = failing.sites
    assert len(sites) > 200
    for number in _firsts(sites):
        failing.begin(number, 1, ERRORS[number % len(ERRORS)])
        code, told = _audit(changing)
        assert failing.failed
        assert code in {0, 3}, (sites[number], code, told)
        assert all(map(_could_not_look, told - KNOWN_WARNINGS)), (sites[number], told)


def _could_not_look(code: str) -> bool:
    """As an audit's verdict has it (docs/findings.md)."""
    return code.endswith("-UNREADABLE") or code == "BAG-UNJUDGED"


def test_no_call_of_an_audit_that_fails_hides_what_is_wrong(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    lettered = changing.bag("b.txt")
    changing("withdraw", changing.reference("b.txt"), "--reason", "why", "--yes")
    for source, bag in ((changing.bag("a.txt"), BAG), (changing.bag("a.txt"), lettered.name)):
        shutil.copytree(source, changing.root / bag_path(bag))
    (changing.root / "bags" / "stray.txt").write_bytes(b"x")
    wrong = {"BAG-UNKNOWN", "BAG-WITHDRAWN", "FIX-UNLISTED"}
    failing = FailingCalls(monkeypatch)
    failing.begin()
    assert _audit(changing) == (1, wrong)
    sites = failing.sites
    ends = {site: number for number, site in enumerate(sites)}
    for number in sorted({*_firsts(sites), *ends.values()}):
        failing.begin(number, 1, ERRORS[number % len(ERRORS)])
        code, told = _audit(changing)
        assert code in {1, 3} or not failing.failed, (sites[number], code, told)
        assert code == 3 or wrong <= told or any(one.endswith("-UNREADABLE") for one in told), (
            sites[number],
            told,
        )


def _firsts(sites: list[tuple[str, ...]]) -> list[int]:
    """The number of the first call at each site."""
    return sorted({site: number for number, site in reversed(list(enumerate(sites)))}.values())


def test_what_a_repair_set_aside_is_not_said_to_be_gone_where_storage_does_not_answer(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, tmp_path / "copy")
    letter = changing.bag("a.txt") / "data" / "a.txt"
    letter.chmod(0o644)
    letter.write_bytes(b"eno")
    changing("audit", "--jobs", "1", code=1)
    changing("repair", "--yes")
    really = os.lstat

    def refusing(path: Any, **named: Any) -> os.stat_result:
        if str(path).endswith(f"/{FILES}"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return really(path, **named)

    monkeypatch.setattr(os, "lstat", refusing)
    assert _audit(changing) == (3, {"QUARANTINE-UNREADABLE"})


def _audit(archive: Changing) -> tuple[int, set[str]]:
    """Exit code of an audit, and the codes of what it found that is no note."""
    report = archive("audit", "--read-only", "--jobs", "1", code=None)
    if report["kind"] == "error":
        return report["exit_code"], set()
    found = [one for bag in report["bags"] for one in bag["findings"]] + report["findings"]
    told = {one["code"] for one in found if one["severity"] != "note"}
    return {"intact": 0, "inconclusive": 3}.get(report["outcome"], 1), told
