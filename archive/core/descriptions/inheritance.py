"""What a description does not say itself, and takes from what the document belongs to.

Nothing that is inherited is written into a description: it is found when it is read, and said to be
inherited, so that what stands in a bag is what somebody stated of that document.
"""

from collections.abc import Iterable
from typing import NamedTuple

from archive.core.descriptions.access import FIELD, Access, AccessStatus
from archive.core.descriptions.description import Description, Value


class Source(NamedTuple):
    """Something that a document belongs to; `fields` may be inherited of it, None stands for all it has."""

    name: str
    description: Description
    fields: frozenset[str] | None = None


class Inherited(NamedTuple):
    """One field that a description has from elsewhere; `source` as a person would name it."""

    field: str
    values: tuple[Value, ...]
    source: str


def inherited(own: Description, sources: Iterable[Source]) -> tuple[Inherited, ...]:
    """Every field that the description has from the sources, each from the first that has it."""
    found: dict[str, Inherited] = {}
    own_access = is_stated(own.access)
    for name, description, fields in sources:
        for term, values in description.terms.items():
            if term not in own.terms and term not in found and (fields is None or term in fields):
                found[term] = Inherited(term, values, name)
        if not own_access and FIELD not in found and description.access and is_stated(description.access):
            # A title is hidden by its own description alone: lists know no other.
            access = description.access._replace(title_hidden=False)
            found[FIELD] = Inherited(FIELD, (Value(str(access)),), name)
    return tuple(found.values())


def effective(own: Description, from_elsewhere: Iterable[Inherited]) -> Description:
    """The description with what it inherits; for judging and showing, never for storing."""
    from archive.core.descriptions.access import stored_access

    terms, access = dict(own.terms), own.access
    for name, values, _ in from_elsewhere:
        if name == FIELD:
            access = stored_access(values[0].value)
        else:
            terms[name] = values
    return Description(terms, own.other, access)


def is_stated(access: Access | None) -> bool:
    """True where somebody said who may see it."""
    return access is not None and access.status is not AccessStatus.NOT_STATED
