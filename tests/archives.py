"""Archives made in this process, without a command line: for tests of what is derived from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.services.catalog.index_reading import reading_index
from archive.services.catalog.rebuilding import Rebuilt, rebuild
from archive.services.ingest.job import Ingest, IngestOutcome
from archive.services.ingest.request import IngestRequest
from archive.services.init import init
from archive.services.opened import OpenedArchive, open_archive
from archive.services.surroundings import Surroundings
from archive.services.writing import writing
from archive.storage.plan import Plan


@dataclass(frozen=True)
class MadeArchive:
    """An archive below `folder`, and somewhere to put what is ingested."""

    folder: Path

    @property
    def root(self) -> Path:
        """The archive's folder."""
        return self.folder / "archive"

    @property
    def opened(self) -> OpenedArchive:
        """The archive, opened for reading."""
        return open_archive(self.root)

    def ingest(self, files: Mapping[str, bytes], *, name: str = "source", **options: object) -> IngestOutcome:
        """Writes the files into a source folder of that name, and ingests it."""
        source = self.folder / name
        for path, content in files.items():
            target = source / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        chosen: Any = {"identify": False, "describe_later": True, **options}
        request = IngestRequest(sources=(str(source),), **chosen)
        archive = self.opened
        surroundings = Surroundings()
        with Plan() as plan, writing(archive, command="ingest", surroundings=surroundings) as hold:
            outcome = Ingest(archive, request, plan, surroundings).run(hold)
            assert outcome.exit_code == 0, list(plan.rejected())
            return outcome

    def rebuild(self) -> Rebuilt:
        """Rebuilds the catalog."""
        archive = self.opened
        with writing(archive, command="catalog rebuild", surroundings=Surroundings()) as hold:
            return rebuild(archive, hold.checkpoint)

    def bag(self, reference: str) -> Path:
        """The folder of the bag with that reference."""
        with reading_index(self.opened) as reading:
            row = reading.index.by_reference(reference)
            assert row is not None
            return self.opened.layout.bag(row.bag)


def ingest_empty(made: MadeArchive) -> Path:
    """Ingests a document whose payload is empty, as RFC 8493 allows of a bag; the bag that it became."""
    (made.folder / "none" / "data").mkdir(parents=True)
    before = set(made.root.glob("bags/*/*"))
    declared = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    made.ingest({"bagit.txt": declared, "manifest-sha512.txt": b""}, name="none")
    (bag,) = set(made.root.glob("bags/*/*")) - before
    return bag


def described(title: str, **terms: str) -> bytes:
    """A sidecar in JSON."""
    import json

    return json.dumps({"title": title, **terms}, ensure_ascii=False).encode()


def make_archive(folder: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """A new, empty archive with a key folder of its own."""
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(folder / "keys"))
    init(
        folder / "archive",
        name="Valley",
        institution="",
        contact="",
        agent="Ana Example",
        surroundings=Surroundings(),
    )
    return MadeArchive(folder)


def overwrite(path: Path, content: bytes) -> None:
    """Gives a file of a bag other bytes, its folder and modes as they were."""
    mode = path.stat().st_mode
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(mode)
