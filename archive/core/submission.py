"""What a depositor brings, as values: source files, and documents planned from them."""

from enum import StrEnum
from typing import NamedTuple

from archive.core.digests import Digest

# Where a bag keeps the tag files of the bag that its document came in.
SUBMISSION_FOLDER = "metadata/submission"


class Role(StrEnum):
    """What a file of the submission is there for."""

    DOCUMENT = "document"
    DESCRIPTION = "description"  # a sidecar or a table of descriptions
    CHECKSUMS = "checksums"  # the depositor's digests
    SUBMISSION = "submission"  # a tag file of a bag that is offered as one document
    REFUSED = "refused"  # a document whose description was refused, which has been said
    LITTER = "litter"  # left by a desktop program; left out unless a folder is one document


class SourceFile(NamedTuple):
    """One regular file found below a SOURCE; `path` is relative to it, `/` between components."""

    root: int
    path: str
    size: int
    role: Role


class DepositorDigest(NamedTuple):
    """A digest that came with the submission, and the file that states it.

    `is_judged` where it stands in a manifest of a bag, to which the bag was held when it was judged.
    """

    digest: Digest
    stated_in: str
    is_judged: bool = False


class SubmittedBag(NamedTuple):
    """What the judge said of a bag that a document came in; `version` is BagIt's."""

    version: str
    warnings: int


class ReceivedRow(NamedTuple):
    """The row of a table that describes a document, as it was received: headings and texts of the cells."""

    headings: tuple[str, ...]
    cells: tuple[str, ...]


class PlannedDocument(NamedTuple):
    """One document that the preflight accepted: its files, its description, and what the depositor said.

    `source` is the original path that identifies it; `description` its canonical bytes; `reference` the
    archivist's own (None: one is minted); `place` names the row or file that describes it; `cut` is -1 for a
    document of single files, else how many characters of each path name the document's own folder;
    `warnings` is how many its description gave. A document that came in a bag has the verdict on it in
    `bag` and the bag's tag files in `submission`; one that a row of a table describes has it in `received`.
    """

    seq: int
    source: str
    files: tuple[SourceFile, ...]
    description: bytes
    title: str
    reference: str | None
    awaiting: bool
    place: str
    digests: tuple[tuple[str, DepositorDigest], ...] = ()
    cut: int = -1
    warnings: int = 0
    submission: tuple[SourceFile, ...] = ()
    bag: SubmittedBag | None = None
    received: ReceivedRow | None = None

    @property
    def bytes(self) -> int:
        """The size of all files as the walk saw it."""
        return sum(file.size for file in self.files)

    def place_of(self, path: str) -> str:
        """What findings call the file of the document at this path: one of a bag by the bag's name, too."""
        return path if self.bag is None else self.source + path
