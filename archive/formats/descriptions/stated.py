"""How a table was read, in one note: nothing about it is guessed in silence."""

from collections.abc import Sequence

from archive.core.findings import At, Finding, note

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_LINE_ENDS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


def stated(name: str, kind: str, parts: Sequence[str], at: At) -> Finding:
    """The note: `m.csv: read as CSV: semicolons, Windows-1252 (guessed: “Zürich”), CRLF, header in row 1`."""
    return note("TABLE-READ", name, f"read as {kind}: {', '.join(parts)}", at=at)


def csv_parts(
    delimiter: str, encoding: str, line_ends: str | tuple[str, ...] | None, header: int, above: int
) -> list[str]:
    """What is to be said of a table in CSV; `line_ends` as a text stream counts them."""
    seen = (line_ends,) if isinstance(line_ends, str) else line_ends or ()
    ends = " and ".join(_LINE_ENDS[end] for end in seen)
    where = f"header in row {header}"
    if above:
        where += f", {above} row{'s' if above > 1 else ''} above it passed over"
    return [_DELIMITERS.get(delimiter, f"“{delimiter}”"), encoding, *([ends] if ends else []), where]
