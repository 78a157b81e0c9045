"""The one environment of our pages: everything escaped, nothing undefined, nothing fetched."""

from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from archive.core.quantities import byte_size
from archive.core.text import printable
from archive.formats.pages import tones
from archive.formats.pages.style import content_policy
from archive.formats.pages.values import day, lines, moment, place, plain

if TYPE_CHECKING:
    from jinja2 import Environment

PIECE_CHARACTERS: Final = 1 << 16
_PACKAGE: Final = "archive.formats.pages"


class Exact(str):
    """A text that is shown byte for byte, escaped as HTML only: the filter `exact` makes one."""

    __slots__ = ()


def page_pieces(name: str, style: str, **values: Any) -> Iterator[str]:
    """The page that a template gives with these values, in pieces of about 64 KiB.

    `name` is the template's path below this package, `style` its whole style sheet, a constant of ours: the
    page has it, and a policy under which a browser applies nothing else. A template extends
    `frame.html.jinja`. Every value is escaped as HTML, and what could turn text round or forge a line is
    shown as its escape; iterables are asked as the page comes to them, so that memory need not grow with it.
    What is not defined raises jinja2.UndefinedError: a defect.
    """
    from markupsafe import Markup

    sheet = Markup(style)  # noqa: S704  # a constant of this package
    template = _environment().get_template(name)
    pieces: list[str] = []
    length = 0
    for piece in template.generate(style=sheet, policy=content_policy(style), **values):
        pieces.append(piece)
        length += len(piece)
        if length >= PIECE_CHARACTERS:
            yield "".join(pieces)
            pieces.clear()
            length = 0
    if pieces:
        yield "".join(pieces)


def _shown(value: Any) -> Any:
    """What a template prints: every text without controls, before it is escaped as HTML."""
    if isinstance(value, Exact) or hasattr(value, "__html__"):
        return value
    if type(value) is str and value.isprintable():
        return value
    return printable(plain(value))


def _number(count: int) -> str:
    return f"{count:,}"


def _source(name: str) -> str:
    return resources.files(_PACKAGE).joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        loader=FunctionLoader(_source),
    )
    environment.globals.update(tones=tones)
    environment.filters.update(
        day=day, lines=lines, moment=moment, size=byte_size, place=place, number=_number, exact=Exact
    )
    return environment
