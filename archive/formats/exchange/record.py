"""What the writers of exchange formats are given: one document with all that bag, index and settings say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.core.agents import Agent
from archive.core.descriptions.access import Access
from archive.core.descriptions.description import Description
from archive.formats.premis.record import SummaryEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Who keeps the document; texts are empty where nobody has said."""

    archive: str
    institution: str
    contact: str
    origin: str

    @property
    def name(self) -> str:
        """The institution, else the archive's own name, else the origin of its ledger."""
        return self.institution or self.archive or self.origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangedFile:
    """One file: `name` is relative to the document's own folder, `path` that in its bag.

    `sha512` is hexadecimal; `media_type` and `puids` are empty where the format was not identified,
    `modified`, the time of its last change, where nobody looked at it.
    """

    name: str
    path: str
    sha512: str
    bytes: int | None
    media_type: str = ""
    puids: tuple[str, ...] = ()
    modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangedDocument:
    """One document; `premis` are the PREMIS documents of its bag as they are, oldest first.

    `events` and `agents` are what those say. `statement` is the access in force on the day, `access` the same
    in words, with where it comes from; `reason` why a copy was made though it is closed. `exported` and
    `ingested` are times (RFC 3339, UTC).
    """

    bag: str
    reference: str
    description: Description
    files: Sequence[ExchangedFile]
    events: Sequence[SummaryEvent]
    agents: Sequence[Agent]
    premis: Sequence[bytes]
    keeper: Keeper
    software: Agent
    source: str
    accession: str | None
    ingested: str
    exported: str
    access: str
    statement: Access
    reason: str | None = None

    @property
    def urn(self) -> str:
        """The identifier that no other document anywhere has."""
        return f"urn:uuid:{self.bag}"

    @property
    def title(self) -> str:
        """The first title; a description is never without."""
        return self.description.title or f"[{self.reference}]"

    def texts(self, *terms: str) -> Iterator[str]:
        """The values of the terms, in their order."""
        for term in terms:
            for value in self.description.terms.get(term, ()):
                yield value.value
