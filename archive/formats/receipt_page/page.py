"""The receipt as one HTML document, written piece by piece: a document in memory at a time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from archive.core.quantities import byte_size
from archive.core.text import printable
from archive.formats.page_style import STYLE, content_policy
from archive.formats.page_values import moment

if TYPE_CHECKING:
    from jinja2 import Template

PIECE_CHARACTERS: Final = 1 << 16
_TEMPLATE: Final = "receipt_page.html.jinja"
RECEIPT_STYLE: Final = (
    STYLE
    + """
header { border-top: 5px solid var(--accent); padding-top: 1.6rem }
header .lead { font-size: 1.25rem; line-height: 1.45; margin: .9rem 0 1.4rem }
article { margin: 1.6rem 0 0; padding-top: 1rem; border-top: 1px solid var(--line) }
article dl.facts { margin: .5rem 0 }
details { margin: .5rem 0 } summary { cursor: pointer; color: var(--soft); font-size: .93rem }
@media print { header { border-top-width: 3pt } details { display: none } }
"""
)


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
    file's own; `received` the time of its entry. `files` are empty where the bag no longer gives them.
    """

    bag: str
    reference: str
    title: str
    source: str
    received: str
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
    pieces: list[str] = []
    length = 0
    for piece in _template().generate(about=about, documents=documents):
        pieces.append(piece)
        length += len(piece)
        if length >= PIECE_CHARACTERS:
            yield "".join(pieces)
            pieces.clear()
            length = 0
    if pieces:
        yield "".join(pieces)


class _Exact(str):
    """A text that is shown byte for byte, escaped as HTML only."""

    __slots__ = ()


def _shown(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, _Exact) or hasattr(value, "__html__") or not isinstance(value, str):
        return value
    return printable(value)


@lru_cache(maxsize=1)
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        style=Markup(RECEIPT_STYLE),  # noqa: S704  # a constant of this package
        policy=content_policy(RECEIPT_STYLE),
    )
    environment.filters.update(moment=moment, size=byte_size, number=lambda count: f"{count:,}", exact=_Exact)
    text = resources.files(__package__).joinpath(_TEMPLATE).read_text(encoding="utf-8")
    return environment.from_string(text)
