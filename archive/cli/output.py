"""stdout carries results, stderr everything else; names are escaped for people and exact for programs."""

import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from archive.core.findings import Finding, Severity
from archive.core.text import lossless, printable, printable_json

if TYPE_CHECKING:
    from archive.core.errors import ArchiveError

# Notes that stand in a report for people too: how a table was read is never guessed in silence.
ALWAYS_SAID = frozenset(("PAIR-FOLDER", "TABLE-READ", "TABLE-SHEETS-LEFT"))

_MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTE: "·"}
_STYLES = {Severity.ERROR: "\x1b[31m", Severity.WARNING: "\x1b[33m", Severity.NOTE: "\x1b[2m"}
_RESET = "\x1b[0m"


def prepare_streams() -> None:
    """Lets no encoding of a terminal or pipe turn a name into an exception, and no closed stream do harm.

    A descriptor below 3 that is closed would be given to the next file opened, for other programs to write
    into. In the place of a closed standard output stands one that refuses to be written to, as a full disk.
    Lines are written as they are said: where results and what is told beside them go to one place, their
    order is kept.
    """
    for descriptor, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            # The lowest free one is given: this one, for those below are open by now.
            opened = os.open(os.devnull, os.O_WRONLY if descriptor == 2 else os.O_RDONLY)
            os.set_inheritable(opened, True)
            setattr(sys, name, open(opened, mode, encoding="utf-8"))  # noqa: SIM115
    sys.stdout = _written_whole(sys.stdout)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace", line_buffering=True)


def _written_whole(stream: Any) -> Any:
    """The stream, with a buffer where PYTHONUNBUFFERED took it away.

    Without one a write that a full disk or a signal cuts short counts as done, and the rest is lost unsaid.
    """
    is_own = stream is sys.__stdout__
    if not is_own or not isinstance(getattr(stream, "buffer", None), io.RawIOBase):
        return stream
    return open(stream.fileno(), "w", buffering=1, encoding=stream.encoding, closefd=False)


def styled(text: str, style: str, *, stream: Any = None) -> str:
    """The text in an ANSI style (`bold`, `dim`, `red`, `green`, `yellow`) where the stream is a terminal."""
    stream = stream or sys.stdout
    if not _colour(stream):
        return text
    code = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}[style]
    return f"\x1b[{code}m{text}{_RESET}"


def say(text: str = "") -> None:
    """A line of results for people."""
    print(text)  # noqa: T201


def tell(text: str = "") -> None:
    """A line beside the results: progress, warnings, what to do next."""
    print(text, file=sys.stderr)  # noqa: T201


def next_step(text: str) -> None:
    """What a person would do now."""
    tell(f"{styled('Next:', 'bold', stream=sys.stderr)} {text}")


def emit_json(document: Mapping[str, Any]) -> None:
    """The one JSON document of this command."""
    sys.stdout.write(_json(document) + "\n")
    sys.stdout.flush()


class NobodyReadsError(Exception):
    """Whoever read standard output has left; not an OSError, of which click makes an exit code of its own."""


class DocumentCutShortError(Exception):
    """The one JSON document has been written as far as it goes; the cause is what ended it."""


def stream_json(head: Mapping[str, Any], name: str, rows: Iterable[Any], tail: Mapping[str, Any]) -> None:
    """One JSON document whose array `name` is written row by row, so that memory does not grow with it.

    `tail` is read after the last row: it may be filled while the rows pass. Where the rows end in trouble,
    the document is closed with a member `cut_short`, and `remedy` where the trouble has one, and no other
    document follows it.
    """
    import json  # 2 ms that text does not need

    write = sys.stdout.write
    opening = _json(head)[:-1]
    write(opening + (", " if len(opening) > 1 else "") + json.dumps(name) + ": [")
    try:
        for number, row in enumerate(rows):
            write((",\n" if number else "\n") + _json(row))
    except BrokenPipeError:
        raise
    except BaseException as trouble:
        write("\n], " + _json(_why_cut_short(trouble))[1:] + "\n")
        sys.stdout.flush()
        raise DocumentCutShortError from trouble
    closing = _json(tail)[1:]
    write("\n]" + (", " if len(closing) > 1 else "") + closing + "\n")
    sys.stdout.flush()


def _why_cut_short(trouble: BaseException) -> dict[str, str]:
    from archive.cli.known_errors import as_ours  # only where something went wrong

    ours = as_ours(trouble)
    if ours is None:
        return {"cut_short": printable(str(trouble) or type(trouble).__name__)}
    told = {"cut_short": printable(ours.message)}
    return {**told, "remedy": printable(ours.remedy)} if ours.remedy else told


def remedy_of(found: Mapping[str, Any]) -> Any:
    """What to do about a finding of a report: its own remedy, else, unless it is a note, that of its code."""
    if "remedy" in found or found["severity"] == "note":
        return found.get("remedy")
    from archive.core.finding_codes import FINDING_CODES

    known = FINDING_CODES.get(found["code"])
    return known.remedy if known else None


def with_remedies(found: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Findings as a program is told them: each with what people are told to do about it."""
    for one in found:
        remedy = remedy_of(one)
        yield one if remedy is None or "remedy" in one else {**one, "remedy": remedy}


def in_brackets(found: Mapping[str, Any]) -> str:
    """The rule that a finding of a report goes by, if any, and the line where its place does not say it."""
    if "clause" not in found:
        return ""
    at = found.get("at", {})
    parts = [_reported(found["clause"])]
    if {"file", "line"} <= at.keys():
        where = f"{_reported(at['file'])}:{at['line']}"
        parts += [where] if where != _reported(found["place"]) else []
    return f" ({'; '.join(parts)})"


def facts_of(found: Mapping[str, Any]) -> str:
    """What was expected and what was found, of those that a finding of a report says."""
    return ", ".join(f"{name} {_reported(found[name])}" for name in ("expected", "found") if name in found)


def reported_lines(found: Mapping[str, Any], said: set[str]) -> Iterator[str]:
    """A finding of a report as people read it: what is wrong, what was expected and found, what to do.

    A remedy that was `said` of an earlier finding is not said again.
    """
    mark = {"error": styled("✗", "red"), "warning": styled("!", "yellow")}.get(found["severity"], "·")
    yield f"{mark} {_reported(found['place'])}: {_reported(found['message'])}{in_brackets(found)}"
    if facts := facts_of(found):
        yield f"    {facts}"
    if (remedy := remedy_of(found)) and (what := _reported(remedy)) not in said:
        said.add(what)
        yield f"    → {what}"


def _reported(value: Any) -> str:
    return printable(value if isinstance(value, str) else value["text"])


def finding_line(finding: Finding, *, stream: Any = None) -> str:
    """One finding as people read it, with its remedy on a second line."""
    mark = _MARKS[finding.severity]
    if _colour(stream or sys.stdout):
        mark = f"{_STYLES[finding.severity]}{mark}{_RESET}"
    lines = [f"{mark} {finding.code}  {printable(finding.place)}: {printable(finding.message)}"]
    for label, fact in (("expected", finding.expected), ("found", finding.found)):
        if fact is not None:
            lines.append(f"    {label:<9}{printable(fact)}")
    if finding.remedy:
        lines.append(f"    → {printable(finding.remedy)}")
    return "\n".join(lines)


def print_findings(findings: Iterable[Finding], *, to_stderr: bool = False) -> None:
    """The findings for people, in the order given."""
    stream = sys.stderr if to_stderr else sys.stdout
    for finding in findings:
        print(finding_line(finding, stream=stream), file=stream)


def report_error(trouble: "ArchiveError", *, as_json: bool) -> None:
    """An error that ended the command: JSON on stdout where that was asked for, words on stderr."""
    if as_json:
        document = {
            "kind": "error",
            "version": 1,
            "exit_code": trouble.exit_code,
            "message": lossless(trouble.message),
            "findings": [finding.to_json() for finding in trouble.findings],
        }
        if trouble.remedy:
            document["remedy"] = lossless(trouble.remedy)
        emit_json(document)
        return
    print_findings(trouble.findings, to_stderr=True)
    tell(f"{styled('Error:', 'red', stream=sys.stderr)} {printable(trouble.message)}")
    if trouble.remedy:
        tell(f"  → {printable(trouble.remedy)}")


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 document`, `12 documents`; thousands with a comma."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _colour(stream: Any) -> bool:
    import os

    return "NO_COLOR" not in os.environ and hasattr(stream, "isatty") and stream.isatty()


def _json(value: Any) -> str:
    import json

    # What could move a cursor or turn text round is escaped, and so is a lone surrogate that slipped through:
    # still JSON, still exact. Where stdout is not UTF-8 everything beyond ASCII is.
    text = printable_json(json.dumps(value, ensure_ascii=False))
    return text if text.isascii() or _encodable(text) else json.dumps(value)


def _encodable(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
