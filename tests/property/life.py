"""What an archive of a few documents has been through, told apart from the archive: the model of its life.

The model knows what was done to the bytes, and what the archive could know of that from what it looked at.
"""

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
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
    on_copy: BagOutcome | None = None
    copied: str = ""  # the title that it had when its bag was last written to the copy

    @property
    def is_held(self) -> bool:
        """It is in the holdings."""
        return self.state == "held"

    @property
    def is_known_as_lost(self) -> bool:
        """The archive has an open incident of it."""
        return self.is_held and self.known in {BagOutcome.DAMAGED, BagOutcome.MISSING}


class Life:
    """An archive with its copy, the model of both, and a way to give it commands."""

    def __init__(self, made: MadeArchive) -> None:
        self.made = made
        self.copy = made.folder / "copy"
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

    def ingest(self, name: str) -> None:
        """One more document."""
        source = self.made.folder / "brought" / name
        source.parent.mkdir(exist_ok=True)
        source.write_text(f"what is in {name}\n")
        self("ingest", str(source), "--describe-later", "--no-identify", "--jobs", "1")
        listed = self("list")["documents"]
        (row,) = [row for row in listed if row["source"] == name]
        self.documents.append(Document(name, row["id"], row["title"]))

    def harm(self, document: Document, root: Path | None = None) -> None:
        """Other bytes in the place of its payload."""
        (payload,) = (self.bag(document, root) / "data").iterdir()
        overwrite(payload, bytes(byte ^ 1 for byte in payload.read_bytes()))

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
