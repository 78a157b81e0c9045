"""How a record of JSON or YAML was understood, or why it describes nothing: what is said of both alike."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archive.core.findings import At, Finding, error, note
from archive.core.limits.output import QUOTED
from archive.core.text import printable
from archive.formats.descriptions.json_shapes import no_terms, other_files
from archive.formats.descriptions.structured import Record


def understood(
    record: Record, inner: tuple[str, ...], document: Mapping[str, Any], *, held: bool
) -> Iterator[Finding]:
    """The note that the description stood inside the document, and the error that it names another file there
    than outside; or the error that none of its members is a term."""
    at = record.here
    if inner:
        if (other := other_files(document, inner)) is not None:
            yield error(
                "DESC-PATH",
                f"{record.place}:{printable(other[0])}",
                "the description names another file than what stands round it",
                at=record.at(other[0]),
                expected="one file in one place, or the same in both",
                found=printable("; ".join(other[1]))[:QUOTED],
                remedy="leave the name that is meant, and take the other one out",
            )
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
