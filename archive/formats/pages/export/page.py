"""Description, rights and citation of every document of an export, as one page beside the copies."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from archive.core.descriptions.dcterms import REFINES, TERMS, element_of
from archive.formats.exchange.citation import citation
from archive.formats.exchange.mets import relative_reference
from archive.formats.exchange.record import ExchangedDocument
from archive.formats.pages.style import HEADED, STYLE
from archive.formats.pages.templates import page_pieces

_TEMPLATE: Final = "export/page.html.jinja"
_RIGHTS: Final = frozenset({"rights", *(term for term in REFINES if element_of(term) == "rights")})
EXPORT_STYLE: Final = (
    STYLE
    + HEADED
    + """
article dl.facts { margin: .5rem 0 } article h3 { margin-top: 1.2rem }
dd > p { margin: 0 } dd > p + p { margin-top: .25rem }
.cite { padding: .7rem 1rem; background: var(--panel); border-left: 3px solid var(--accent) }
@media print { article { break-inside: avoid } }
"""
)


class ExportedFile(NamedTuple):
    """One file as the page names it: its reference from the page, its path below the export, size, digest."""

    href: str
    path: str
    bytes: int | None
    sha512: str


class ExportedPage(NamedTuple):
    """What the page says of one document; terms are (name, texts), `rights` those among them about rights."""

    title: str
    reference: str
    urn: str
    cite: str
    access: str
    reason: str
    source: str
    accession: str
    terms: tuple[tuple[str, tuple[str, ...]], ...]
    rights: tuple[str, ...]
    files: tuple[ExportedFile, ...]

    @classmethod
    def of(cls, document: ExchangedDocument, folder: str) -> "ExportedPage":
        """The document as the page shows it; its files lie below `folder`, which ends in a slash."""
        described = document.description
        terms = [
            (term, tuple(f"{v.value} [{v.lang}]" if v.lang else v.value for v in described.terms[term]))
            for term in TERMS
            if term in described.terms
        ]
        return cls(
            title=document.title,
            reference=document.reference,
            urn=document.urn,
            cite=citation(document),
            access=document.access,
            reason=document.reason or "",
            source=document.source,
            accession=document.accession or "",
            terms=(*terms, *described.other.items()),
            rights=tuple(document.texts(*(term for term in TERMS if term in _RIGHTS))),
            files=tuple(
                ExportedFile(
                    relative_reference(folder + file.name), folder + file.name, file.bytes, file.sha512
                )
                for file in document.files
            ),
        )


def export_page(about: Mapping[str, Any], documents: Iterable[ExportedPage]) -> Iterator[str]:
    """The page in pieces of about 64 KiB; memory holds one document at a time.

    `about` has `name` (who keeps them), `contact`, `made` (a time) and `count`. Every value is escaped;
    links lead to the files beside the page alone; nothing is fetched or run.
    """
    return page_pieces(_TEMPLATE, EXPORT_STYLE, about=about, documents=documents)
