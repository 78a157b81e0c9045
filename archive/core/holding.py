"""One held document as the catalog knows it: a function of its ledger entries and its bag, nothing else."""

from dataclasses import dataclass

from archive.core.descriptions.description import Description
from archive.core.text import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What the index keeps of one document.

    `entry` is the index of its ingestion entry in the ledger and `ingested` the time of that entry, both
    unknown until its commit; `payload_key` is the sha512 (hex) of the one
    payload file, or of `manifest-sha512.txt` where the document has none or several; `source` is the original
    path relative to what was ingested; `declared` tells whether the archivist brought the reference.
    """

    entry: int = -1
    bag: str
    run: str
    reference: str
    declared: bool
    accession: str | None
    source: str
    files: int
    bytes: int
    payload_key: str
    tag_manifest: str
    ingested: str = ""
    awaiting: bool
    description: Description

    @property
    def title(self) -> str:
        """The title as lists may show it; supplied ones in square brackets, hidden ones not at all."""
        return self.description.shown_title


def supplied_title(name: str) -> str:
    """The title of a document that nobody has described yet: its name in square brackets (DACS 2.3.18).

    The name may be any bytes; the title is text.
    """
    return f"[{printable(name)}]"


def awaits_description(description: Description) -> bool:
    """True where a description says nothing but a supplied title."""
    title = description.title
    return len(description.terms) == 1 and title.startswith("[") and title.endswith("]")
