"""Audits that end before their time: behind the results of the first document that they looked at."""

from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.services.audit import ahead
from archive.storage.audits.results_folder import ResultsFolder
from tests.archives import MadeArchive, make_archive


def three_chunks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """An archive of three documents, each of which is a chunk of its own."""
    monkeypatch.setattr(ahead, "CHUNK_BAGS", 1)
    monkeypatch.setattr(ahead, "FIRST_BAGS", 1)
    archive = make_archive(folder, monkeypatch)
    archive.ingest({"a.txt": b"a", "b.txt": b"b", "c.txt": b"c"})
    return archive


def interrupt_behind_a_chunk(patch: pytest.MonkeyPatch) -> None:
    """Has every audit interrupted when it has stored the results of one chunk."""
    add = ResultsFolder.add

    def once(self: ResultsFolder, data: bytes, time: str) -> None:
        add(self, data, time)
        raise KeyboardInterrupt

    patch.setattr(ResultsFolder, "add", once)


def cut_off_audit(root: Path, *words: str) -> Path:
    """The results of an audit that was interrupted so; the ledger has its list."""
    with pytest.MonkeyPatch.context() as patch:
        interrupt_behind_a_chunk(patch)
        assert run(["-C", str(root), "audit", "--jobs", "1", *words]) == 130
    [plan] = root.glob("audits/*/plan.json")
    return plan.parent
