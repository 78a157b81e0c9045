"""Documents as a table for people: a line each, as they come."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from archive.cli.columns import cut, padded, room
from archive.cli.output import say, styled
from archive.core.descriptions.access import AccessStatus
from archive.core.ids import short_id
from archive.core.quantities import byte_size
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.storage.index import IndexRow

_REFERENCE: Final = 11
_DATE: Final = 15
_SIZE: Final = 10


def print_documents(
    rows: "Iterator[IndexRow]", mark_of: "Callable[[IndexRow], str] | None" = None
) -> "IndexRow | None":
    """Prints a line per document, with what `mark_of` has to say of it; returns the last."""
    last = None
    left = room(_REFERENCE + 8 + _DATE + _SIZE + 8)
    for row in rows:
        if last is None:
            head = f"{padded('reference', _REFERENCE)}  {padded('id', 8)}  {padded('date', _DATE)}"
            say(styled(f"{head}  {'size':>{_SIZE}}  title", "dim"))
        last = row
        mark = styled("  (awaits description)", "yellow") if row.awaiting else ""
        if row.access not in ("", AccessStatus.OPEN):
            mark = styled(f"  ({printable(row.access)})", "yellow") + mark
        if row.state != "held":
            mark = styled(f"  ({row.state})", "yellow")
        if mark_of is not None:
            mark += mark_of(row)
        date = cut(row.date or "", _DATE)
        say(
            f"{padded(row.reference, _REFERENCE)}  {short_id(row.bag)}  {padded(date, _DATE)}"
            f"  {byte_size(row.bytes):>{_SIZE}}  {cut(row.title, left)}{mark}"
        )
    return last
