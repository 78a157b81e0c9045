"""What `archive describe` is asked to do, and the fields that a person may name."""

from dataclasses import dataclass
from typing import NamedTuple

from archive.core.descriptions.dcterms import nearest_term, qualified
from archive.core.descriptions.description_change import Field
from archive.core.errors import ConfigurationError
from archive.core.limits.output import QUOTED
from archive.core.text import printable
from archive.formats.descriptions.columns import Kind, classify


class Assignment(NamedTuple):
    """A field as it was typed (`dc.title[fr]`), and one value for it."""

    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeRequest:
    """Documents with values to set and fields to empty, or a table of descriptions.

    Documents are named by reference or id, by their accession, or found by a search; twice named is once.
    """

    documents: tuple[str, ...] = ()
    accession: str | None = None
    where: str | None = None
    values: tuple[Assignment, ...] = ()
    cleared: tuple[Field, ...] = ()
    metadata: str | None = None
    date_order: str | None = None
    profile: str | None = None


def parse_assignment(text: str) -> Assignment:
    """The field and the value of `FIELD=VALUE`; ConfigurationError where it is none."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ConfigurationError(
            f"--set {_shown(text)}: FIELD=VALUE is expected", remedy="such as --set dc.title='A letter'"
        )
    parse_field(key, option="--set")
    if not value.strip():
        raise ConfigurationError(
            f"--set {_shown(text)}: no value", remedy=f"--clear {_shown(key.strip())} empties the field"
        )
    return Assignment(key.strip(), value)


def parse_field(text: str, *, option: str = "--clear") -> Field:
    """The field that a person means; ConfigurationError where it is no part of a description."""
    column = classify(text.strip())
    match column.kind:
        case Kind.TERM:
            return Field(column.term, column.lang)
        case Kind.OTHER if column.name and column.name not in {"id", "revision", "schema", "other"}:
            return Field(column.name)
        case Kind.UNKNOWN_TERM:
            near = nearest_term(column.name)
            remedy = f"did you mean {qualified(near)}?" if near else "archive help dublin core says more"
            raise ConfigurationError(f"{option} {_shown(text)}: not a term of Dublin Core", remedy=remedy)
        case _:
            raise ConfigurationError(
                f"{option} {_shown(text)}: not a part of a description, which alone can be changed",
                remedy="such as dc.title, dc.creator, dcterms.extent, or a column of your own",
            )


def _shown(text: str) -> str:
    return printable(text if len(text) <= QUOTED else f"{text[:QUOTED]}…")
