"""What an archive of a few documents has been through, told apart from the archive: the model of its life.

The model knows what was done to the bytes, and what the archive could know of that from what it looked at.
"""

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.cli.frame import run
from archive.core.outcomes import BagOutcome
from archive.storage.layout import bag_path
from tests.archives import MadeArchive, overwrite

DAY = 86_400 * 1_000_000_000


@dataclass(slots=True)
class Document:
    """A document: how its bag lies on the disk, and what the archive knows of it from its own looks."""

    source: str
    bag: str
    title: str
    state: str = "held"
    truth: BagOutcome = BagOutcome.INTACT
    known: BagOutcome | None = None
    on_copy: dict[str, BagOutcome] = field(default_factory=dict)
    bad_copies: set[str] = field(default_factory=set)  # that an audit found
    copied: dict[str, str] = field(default_factory=dict)  # the title it had when last written to each copy

    @property
    def content(self) -> bytes:
        """What was brought."""
        return f"what is in {self.source}\n".encode()

    @property
    def is_held(self) -> bool:
        """It is in the holdings."""
        return self.state == "held"

    @property
    def is_known_as_lost(self) -> bool:
        """The archive has an open incident of it."""
        return self.is_held and self.known in {BagOutcome.DAMAGED, BagOutcome.MISSING}


class Life:
    """An archive with its copies, the model of all, and a way to give it commands."""

    PLAINLY = ("--describe-later", "--no-identify", "--jobs", "1")

    def __init__(self, made: MadeArchive) -> None:
        self.made = made
        self.copies = {form: made.folder / f"copy as {form}" for form in ("folder", "tar")}
        self.documents: list[Document] = []
        self.told: list[str] = []  # the commands, for whoever reads a failure
        self.code = 0  # of the last one

    def __call__(self, *words: str, codes: tuple[int, ...] = (0,)) -> Any:
        """The JSON report of a command that has to end with one of the codes."""
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            self.code = run(["-C", str(self.made.root), *words, "--format", "json"])
            out.flush()
        printed = out.buffer.getvalue().decode()
        self.told.append(f"{' '.join(words)} → {self.code}")
        story = "\n".join(self.told)
        assert self.code in codes, f"{story}\n{printed}\n{err.getvalue()}"
        return json.loads(printed)

    @property
    def held(self) -> list[Document]:
        """The documents in the holdings."""
        return [each for each in self.documents if each.is_held]

    def bag(self, document: Document, root: Path | None = None) -> Path:
        """Where its bag is or was."""
        return (root or self.made.root) / bag_path(document.bag)

    def bring(self, name: str) -> Path:
        """A file to ingest."""
        source = self.made.folder / "brought" / name
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(Document(name, "", "").content)
        return source

    def ingest(self, name: str) -> None:
        """One more document."""
        self("ingest", str(self.bring(name)), *self.PLAINLY)
        listed = self("list")["documents"]
        (row,) = [row for row in listed if row["source"] == name]
        self.documents.append(Document(name, row["id"], row["title"]))

    def harm(self, document: Document) -> None:
        """Other bytes in the place of its payload."""
        _spoil(document, self.bag(document))

    def harm_on_copy(self, document: Document, form: str) -> None:
        """Other bytes in the place of its payload on a copy."""
        bag = self.bag(document, self.copies[form])
        if form == "folder":
            _spoil(document, bag)
            return
        tar = bag.with_name(f"{bag.name}.tar")
        assert tar.read_bytes().count(document.content) == 1
        overwrite(tar, tar.read_bytes().replace(document.content, document.content.swapcase()))

    def lose(self, document: Document) -> None:
        """Its bag is gone."""
        bag = self.bag(document)
        for folder in (bag.parent, *(each for each in bag.rglob("*") if each.is_dir()), bag):
            folder.chmod(0o755)
        shutil.rmtree(bag)

    def outcomes(self) -> Iterator[tuple[str, BagOutcome]]:
        """What an audit has to find of what is held."""
        for document in self.held:
            if document.truth is not BagOutcome.INTACT:
                yield document.bag, document.truth


def _spoil(document: Document, bag: Path) -> None:
    (payload,) = (bag / "data").iterdir()
    overwrite(payload, document.content.swapcase())
