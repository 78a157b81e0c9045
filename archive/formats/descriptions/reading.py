"""Chooses the reader by the ending of the name; what no reader knows is a finding."""

from collections.abc import Iterator
from typing import BinaryIO, Final, Protocol

from archive.core.findings import At, Finding, Severity, error
from archive.core.limits.descriptions import MAX_DESCRIPTIONS_BYTES, MAX_SIDECAR_BYTES
from archive.formats.descriptions.csv_documents import read_csv
from archive.formats.descriptions.json_documents import read_json, read_json_lines, read_json_object
from archive.formats.descriptions.row import DescribedRow


class _Reader(Protocol):
    def __call__(
        self, name: str, data: bytes, date_order: str | None, *, held: bool = False
    ) -> Iterator[DescribedRow | Finding]: ...


TABLE_SUFFIXES: Final = (".csv", ".tsv", ".ods", ".xlsx")
_SHEET_SUFFIXES: Final = (".ods", ".xlsx")
DOCUMENT_SUFFIXES: Final = (".json", ".xml", ".yaml", ".yml")
LINES_SUFFIXES: Final = (".jsonl", ".ndjson")
SIDECAR_SUFFIXES: Final = tuple(f".dc{suffix}" for suffix in DOCUMENT_SUFFIXES)


def sidecar_target(name: str) -> list[str]:
    """The document names that a sidecar's name may mean; empty where it is no sidecar.

    `letter.txt.dc.json` stands beside `letter.txt`; `letter.dc.json` beside `letter` or any `letter.*`: the
    one name given is both the whole name and the name without its ending.
    """
    lowered = name.lower()
    if not lowered.endswith(SIDECAR_SUFFIXES):
        return []
    target = name[: lowered.rindex(".dc.") - len(lowered)]
    return [target] if target and not target.endswith("/") else []


def read_descriptions(
    name: str, stream: BinaryIO, *, date_order: str | None = None, held: bool = False
) -> Iterator[DescribedRow | Finding]:
    """Every description in the stream as a row, and findings about what is none; never raises on content.

    `held` tells that they are of documents that are held: a row may then name its document by other columns
    than that of a file, and no column is taken for that of the file unless it is called so.

    `name` chooses the format and is what findings call the file; `date_order` (`dmy`, `mdy`, `ymd`) serves
    the suggestions for dates. OSError of the stream passes through.
    """
    suffix = _suffix(name)
    if suffix in _SHEET_SUFFIXES:
        from archive.formats.descriptions.sheet_documents import read_spreadsheet  # zipfile, expat: 6 ms

        yield from read_spreadsheet(name, stream, date_order, held=held)
        return
    if suffix in TABLE_SUFFIXES:
        yield from read_csv(name, stream, date_order, held=held)
        return
    if suffix == ".xml":
        from archive.formats.descriptions.xml_documents import read_xml_stream  # lxml: 21 ms

        yield from read_xml_stream(name, stream, date_order, held=held)
        return
    reader = _reader(suffix)
    if reader is None:
        yield _unknown(name)
        return
    data = stream.read(MAX_DESCRIPTIONS_BYTES + 1)
    if len(data) > MAX_DESCRIPTIONS_BYTES:
        yield _too_large(name, MAX_DESCRIPTIONS_BYTES, "use CSV for so many descriptions")
        return
    yield from reader(name, data, date_order, held=held)


def read_sidecar(name: str, data: bytes, *, date_order: str | None = None) -> DescribedRow | list[Finding]:
    """The one description in a sidecar, or why there is none, with an error; never raises on content."""
    if len(data) > MAX_SIDECAR_BYTES:
        return [_too_large(name, MAX_SIDECAR_BYTES, "a description of one document is a few kilobytes")]
    suffix = _suffix(name)
    if suffix == ".json" and (row := read_json_object(name, data, date_order)) is not None:
        return row
    reader = _reader(suffix)
    if reader is None:
        return [_unknown(name)]
    rows: list[DescribedRow] = []
    findings: list[Finding] = []
    for item in reader(name, data, date_order):
        if isinstance(item, Finding):
            findings.append(item)
        else:
            rows.append(item)
        if len(rows) > 1:
            message = "holds several descriptions where one is expected"
            return [error("DESC-SEVERAL", name, message, at=item.at)]
    if any(finding.severity is Severity.ERROR for finding in findings):
        return findings
    if not rows:  # who reads no error would take the document for one that nothing is wrong with
        return [*findings, error("DESC-EMPTY", name, "holds no description", at=At(file=name))]
    return rows[0]._replace(findings=(*findings, *rows[0].findings)) if findings else rows[0]


def _suffix(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:].lower() if dot >= 0 else ""


def _reader(suffix: str) -> _Reader | None:
    if suffix == ".json":
        return read_json
    if suffix in LINES_SUFFIXES:
        return read_json_lines
    if suffix == ".xml":
        from archive.formats.descriptions.xml_documents import read_xml  # lxml: 21 ms

        return read_xml
    if suffix in {".yaml", ".yml"}:
        from archive.formats.descriptions.yaml_documents import read_yaml  # PyYAML: 15 ms

        return read_yaml
    return None


def _unknown(name: str) -> Finding:
    older = _suffix(name) in {".xls", ".xlsb", ".xlsm", ".fods", ".numbers", ".gsheet"}
    return error(
        "DESC-FORMAT-UNKNOWN",
        name,
        "not a format of descriptions that can be read",
        at=At(file=name),
        expected="a name that ends in " + ", ".join((*TABLE_SUFFIXES, *DOCUMENT_SUFFIXES, *LINES_SUFFIXES)),
        remedy="save it as .ods or .xlsx" if older else None,
    )


def _too_large(name: str, limit: int, remedy: str) -> Finding:
    return error(
        "DESC-TOO-LARGE",
        name,
        "too large",
        at=At(file=name),
        expected=f"at most {limit:,} bytes",
        remedy=remedy,
    )
