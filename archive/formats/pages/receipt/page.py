"""The receipt as one HTML document, written piece by piece: a document in memory at a time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from archive.formats.pages.style import HEADED, STYLE
from archive.formats.pages.templates import page_pieces

_TEMPLATE: Final = "receipt/page.html.jinja"
RECEIPT_STYLE: Final = (
    STYLE
    + HEADED
    + """
article { margin: 1.6rem 0 0; padding-top: 1rem; border-top: 1px solid var(--line) }
article dl.facts { margin: .5rem 0 }
details { margin: .5rem 0 } summary { cursor: pointer; color: var(--soft); font-size: .93rem }
@media print { details { display: none } }
"""
)
# The SHA-256 of every style sheet that a release wrote receipts with: what another one makes of a page nobody
# knows. Whoever changes the style sheet adds the new digest; the old ones stay, for the receipts people hold.
KNOWN_STYLES: Final = frozenset({"5a259f8c584616edfec08148266a7fccdf0e7ce35745b9127a5872ab00756fa9"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFile:
    """One file of a document: its original name, size in bytes and SHA-512 in hexadecimal."""

    name: str
    bytes: int | None
    sha512: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDocument:
    """One document as it was received; `proof` is the text of its proof.

    `manifest` is the list of its files that the entry records by digest, empty where it records the only
    file's own; `received` the time of its entry; `state` whether it is `held`, or was `withdrawn` or
    `disposed` since. `files` are empty where the bag no longer gives them.
    """

    bag: str
    reference: str
    title: str
    source: str
    received: str
    state: str
    files: tuple[ReceiptFile, ...]
    entry: int
    digest: str
    proof: str
    manifest: str = ""


def receipt_page(about: Mapping[str, Any], documents: Iterable[ReceiptDocument]) -> Iterator[str]:
    """The page in pieces of about 64 KiB.

    `about` has `name`, `institution`, `contact`, `origin`, `key`, `accession`, `received`, `received_from`
    (None where not known), `made` (a time), `count` and `note` (the checkpoint that the proofs lead to, as
    text). Every value is escaped as HTML; what could turn text round or forge a line is shown as its escape.
    Proofs and manifests stand in `pre` elements of the classes `tlog-proof` and `payload-manifest` as they
    are, since their bytes are checked. Nothing is fetched or run.
    """
    return page_pieces(_TEMPLATE, RECEIPT_STYLE, about=about, documents=documents)
