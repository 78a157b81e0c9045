"""How a record of JSON or YAML was understood, or why it describes nothing: what is said of both alike."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archive.core.findings import At, Finding, error, note
from archive.core.limits.output import QUOTED
from archive.core.text import printable
from archive.formats.descriptions.json_shapes import no_terms
from archive.formats.descriptions.structured import Record


def understood(record: Record, inner: tuple[str, ...], *, held: bool) -> Iterator[Finding]:
    """The note that the description stood inside, or the error that none of its members is a term."""
    at = record.here
    if inner:
        message = f"the description stands in “{printable('/'.join(inner))}”; what is round it is kept"
        yield note("DESC-READ-AS", record.place, message, at=at)
    elif (why := no_terms(record.content, held=held)) is not None:
        yield error(
            "DESC-NO-TERMS",
            record.place,
            why,
            at=at,
            expected="members such as title, creator, date",
            found=printable(", ".join(record.content))[:QUOTED],
            remedy='give it members such as "title", "creator" and "date" with what it says',
        )


def read_as_list(
    name: str, inner: Iterable[str], document: Mapping[str, Any], access: Mapping[str, Any]
) -> Finding:
    """The note that the records are those of a list inside, and how much of what is round it counts."""
    where = printable("/".join(inner))
    heard = " and ".join(f"“{printable(key)}”" for key in access)
    rest = f"of what is round it only {heard} is read" if heard else "what is round it is not read"
    return note(
        "DESC-READ-AS",
        name,
        f"read as a list of records, which stands in “{where}”; {rest}",
        at=At(file=name),
        found=printable(", ".join(document))[:QUOTED],
    )
