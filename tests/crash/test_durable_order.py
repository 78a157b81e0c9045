"""What is synced before what: nothing is published that is not durable, nothing committed before that."""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.ledger.files import LedgerFiles
from tests.changes import Changing


def test_bags_are_durable_before_they_are_published_and_their_names_before_the_commit(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    steps: list[tuple[str, set[str]]] = []
    sync, rename, append = FileSystemSync.sync, os.rename, LedgerFiles.append

    def syncing(self: FileSystemSync, files: Iterable[str] = (), folders: Iterable[str] = ()) -> None:
        files, folders = list(files), list(folders)
        steps.append(("sync", {*files, *folders}))
        sync(self, files, folders)

    def renaming(source: str, target: str, **more: int) -> None:
        if "/bags/" in os.fspath(target):
            steps.append(("publish", {os.fspath(source), os.fspath(target)}))
        rename(source, target, **more)

    def appending(self: LedgerFiles, *arguments: object, **more: object) -> object:
        steps.append(("commit", set()))
        return append(self, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(FileSystemSync, "sync", syncing)
    monkeypatch.setattr(os, "rename", renaming)
    monkeypatch.setattr(LedgerFiles, "append", appending)
    source = tmp_path / "more"
    source.mkdir()
    (source / "new.txt").write_text("new")
    changing("ingest", str(source), "--describe-later", "--no-identify", "--jobs", "1")

    kinds = [kind for kind, _ in steps]
    published, committed = kinds.index("publish"), kinds.index("commit")
    bag, target = sorted(steps[published][1], key=lambda path: "/bags/" in path)
    before = set().union(*(names for kind, names in steps[:published] if kind == "sync"))
    assert {f"{bag}/bagit.txt", f"{bag}/data/new.txt", bag, f"{bag}/data", f"{bag}/metadata"} <= before
    after = set().union(*(names for kind, names in steps[published:committed] if kind == "sync"))
    assert {os.path.dirname(target), str(changing.root / "bags")} <= after
