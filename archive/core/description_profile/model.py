"""A profile as a value, and what counts as the fields of a description."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from archive.core.descriptions.access import FIELD
from archive.core.descriptions.dcterms import TERM_SET, qualified
from archive.core.descriptions.description import Description
from archive.core.descriptions.inheritance import is_stated

OTHER: Final = "+"  # before the name of a column that is not Dublin Core


class Requirement(NamedTuple):
    """Fields of which a description must have one: terms, `access`, or `+name` for a column of its own."""

    fields: tuple[str, ...]

    def is_met(self, fields: Iterable[str]) -> bool:
        """True where one of them is among the fields."""
        return not set(self.fields).isdisjoint(fields)

    def __str__(self) -> str:
        """As a person would write the columns: `dc.date or dcterms.created`."""
        return " or ".join(map(field_name, self.fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionProfile:
    """`schema` is the overlay, complete in itself; `required` says the same of which fields must be there.

    `recommended` are wanted and not missed; `inherits` are the fields that a document takes from what it is
    part of where it does not state them itself. `place` is where the profile was read from.
    """

    name: str
    title: str
    text: str
    schema: Mapping[str, Any]
    required: tuple[Requirement, ...]
    recommended: tuple[Requirement, ...]
    inherits: frozenset[str]
    place: str

    def missing(self, fields: Iterable[str]) -> tuple[Requirement, ...]:
        """The requirements that a description with these fields does not meet."""
        present = set(fields)
        return tuple(requirement for requirement in self.required if not requirement.is_met(present))


def fields_of(description: Description) -> frozenset[str]:
    """The fields that a description has, as requirements name them."""
    access = (FIELD,) if is_stated(description.access) else ()
    return frozenset((*description.terms, *access, *(OTHER + name for name in description.other)))


def field_name(field: str) -> str:
    """A field as people write it in a column."""
    return qualified(field) if field in TERM_SET else field.removeprefix(OTHER)
