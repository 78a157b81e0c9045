"""One JSON list of descriptions as they are stored, each with the document that it is of.

schemas/description-list.schema.json says what stands in it.
"""

from collections.abc import Iterable
from typing import Any, BinaryIO, Final

from archive.core.canonical import compact
from archive.core.text import is_utf8, printable
from archive.formats.description_table.cells import LeftOut, TableRow
from archive.formats.description_table.columns import NAMED
from archive.formats.descriptions.columns import SEPARATOR

_TAKEN: Final = "its name is that of a column of ours"


def json_list(rows: Iterable[TableRow], out: BinaryIO) -> list[LeftOut]:
    """Writes the list, an object a line; returns columns that have names of ours: they are left out."""
    left: dict[str, tuple[str, int]] = {}
    out.write(b"[")
    for number, row in enumerate(rows):
        document: dict[str, Any] = row.description.to_json()
        other = document.get("other", {})
        for name in [name for name in other if name in NAMED]:
            del other[name]
            first, count = left.get(name, (row.reference, 0))
            left[name] = (first, count + 1)
        paths = [path if is_utf8(path) else printable(path) for path in row.filename.split(SEPARATOR)]
        named = {"reference": row.reference, "id": row.id, "revision": str(row.revision), "filename": paths}
        out.write((b",\n" if number else b"\n") + compact({**document, **named}))
    out.write(b"\n]\n")
    return [LeftOut(name, _TAKEN, *seen) for name, seen in left.items()]
