"""A ledger that is exchanged while an audit reads what was set aside, after it was read the last time."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.core.findings import Finding
from archive.services.audit.quarantine import Quarantine
from tests.archives import MadeArchive
from tests.changes import Changing, make_changing


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Changing:
    make_changing(tmp_path)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "keys"))
    return Changing(MadeArchive(tmp_path), capsys)


def _another(archive: Changing) -> None:
    """Another history of as many entries, which the same key signed."""
    ledger, fork = archive.root / "ledger", archive.root.parent / "fork"
    shutil.copytree(ledger, fork)
    archive("audit")
    for state in archive.root.parent.glob("keys/*/last.json"):
        state.unlink()  # whoever forges has the key, and no memory
    judged = archive.root.parent / "judged"
    ledger.rename(judged)
    shutil.copytree(fork, ledger)
    (archive.root / "catalog.sqlite").unlink()
    before = set(archive.root.glob("audits/*"))
    archive("audit", code=None)
    for made in set(archive.root.glob("audits/*")) - before:
        shutil.rmtree(made)
    shutil.rmtree(fork)
    ledger.rename(fork)
    judged.rename(ledger)
    for state in archive.root.parent.glob("keys/*/last.json"):
        state.unlink()


def _exchange(archive: Changing) -> None:
    shutil.rmtree(archive.root / "ledger")
    (archive.root.parent / "fork").rename(archive.root / "ledger")


def _cut(archive: Changing) -> None:
    checkpoint = archive.root / "ledger/checkpoint"
    checkpoint.unlink()
    checkpoint.mkdir()


@pytest.mark.parametrize(
    ("change", "found"), [(_exchange, "LEDGER-FORK"), (_cut, "LEDGER-UNREADABLE")], ids=["another", "none"]
)
def test_a_ledger_that_does_not_follow_any_more_is_told(
    archive: Changing, monkeypatch: pytest.MonkeyPatch, change: Callable[[Changing], None], found: str
) -> None:
    _another(archive)
    verify = Quarantine.verify

    def meanwhile(self: Quarantine, *words: Any, **more: Any) -> Iterator[Finding]:
        change(archive)
        yield from verify(self, *words, **more)

    monkeypatch.setattr(Quarantine, "verify", meanwhile)
    report = archive("audit", "--read-only", "--jobs", "1", code=None)
    assert [one["code"] for one in report["findings"]].count(found) == 1
    assert report["outcome"] in {"evidence-broken", "inconclusive"}
