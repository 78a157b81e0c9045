"""From one JSON, YAML or XML record (keys with values) to a described row, judged by the schema."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from archive.core.descriptions import description_rules
from archive.core.descriptions.dcterms import qualified
from archive.core.descriptions.description import SCHEMA_MAJOR, WHITE_SPACE, Description, tidy
from archive.core.descriptions.description_access import (
    access_texts,
    is_access,
    no_access_text,
    with_access,
)
from archive.core.digests import Digest
from archive.core.findings import At, Finding, error, note
from archive.core.limits.descriptions import MAX_DEPTH
from archive.formats.descriptions.bounded_findings import BoundedFindings
from archive.formats.descriptions.columns import (
    Column,
    Kind,
    classify,
    read_as_term,
    read_digest,
    read_size,
    unknown_term,
)
from archive.formats.descriptions.foreign_values import read_value
from archive.formats.descriptions.json_numbers import as_written
from archive.formats.descriptions.plain_values import (
    is_deep,
    is_encodable,
    lacks_value,
    with_scheme,
    without,
    without_blank_values,
    without_blanks,
)
from archive.formats.descriptions.row import DescribedRow
from archive.schemas import SchemaProblem, explain, is_valid

_SCHEMA = "dublin-core"


def place_of(at: At) -> str:
    """The place of a record: `metadata.json:7`, `metadata.json:1:48` where several stand in one line."""
    place = f"{at.file}:{at.line}" if at.line else at.file or ""
    return f"{place}:{at.column}" if at.column else place


class Record(NamedTuple):
    """One record and where it stands: `line` where a file holds several, `line_of(key)` within the file.

    `column` (from 1) is where it begins, only where another begins in the same line.
    """

    content: Mapping[str, Any]
    name: str
    date_order: str | None = None
    line: int | None = None
    line_of: Callable[[str], int | None] = lambda _key: None
    findings: tuple[Finding, ...] = ()  # of the syntax, to be carried by the row
    surrogates: bool = False  # true where a text may hold lone surrogates
    strict_access: bool = False  # true where a column `access` can only mean ours
    column: int | None = None

    @property
    def place(self) -> str:
        """The file, with line and column where these tell records apart."""
        return place_of(self.here)

    @property
    def here(self) -> At:
        """Where the record begins."""
        return At(file=self.name, line=self.line, column=self.column)

    def at(self, key: str) -> At:
        """The place of a key; with the column of the record where it stands in the same line."""
        line = self.line_of(key) or self.line
        return At(self.name, line, self.column if line == self.line else None, key)


def described(record: Record) -> DescribedRow:
    """The row that the record states; what is wrong with it is among the row's findings."""
    reading = _Reading(record)
    keys, terms = reading.keys, reading.terms
    for key, content in record.content.items():
        column = classify(key)
        form = type(content)
        if (
            column.kind is Kind.TERM
            and (form is str or form is list)
            and column.lang is None
            and not column.mapped
            # The first key that names the term, which is remembered as its place.
            and keys.setdefault(column.term, column.name) is column.name
        ):
            terms[column.term] = content if form is list else [content]
        else:
            reading.take(column, content)
    if record.surrogates:
        reading.refuse_surrogates()
    if not is_valid(_SCHEMA, terms):
        terms = reading.mended()
    description = Description.from_json(terms)
    if reading.other:
        description = Description(description.terms, reading.other)
    if reading.unread_access is not None:
        key = reading.unread_access
        reading.findings.add(no_access_text(record.place, key, record.at(key)))
    elif reading.other:
        description, of_access = with_access(
            description, record.place, record.at, strict=record.strict_access
        )
        for finding in of_access:
            reading.findings.add(finding)
    findings = (
        *record.findings,
        *reading.findings.kept,
        *description_rules.judge(
            description, record.place, at_of=reading.at_of, date_order=record.date_order
        ),
    )
    paths = tuple(reading.paths)
    return DescribedRow(
        paths,
        reading.reference,
        description,
        record.here,
        findings,
        len(paths) == 1 and paths[0].rstrip(WHITE_SPACE).endswith("/"),
        tuple(reading.digests),
        reading.size,
    )


class _Reading:
    """What became known of one record so far."""

    __slots__ = (
        "digests",
        "findings",
        "keys",
        "other",
        "paths",
        "record",
        "reference",
        "size",
        "terms",
        "unread_access",
    )

    def __init__(self, record: Record) -> None:
        self.record = record
        self.terms: dict[str, list[Any]] = {}
        self.keys: dict[str, str] = {}
        self.other: dict[str, tuple[str, ...]] = {}
        self.findings = BoundedFindings(record.place)
        self.paths: list[str] = []
        self.reference: str | None = None
        self.digests: list[Digest] = []
        self.size: int | None = None
        self.unread_access: str | None = None  # the first key of access that holds no text

    def at_of(self, term: str, _index: int) -> At:
        """The place of a value, by the key as the file writes it."""
        return self.record.at(self.keys.get(term, qualified(term)))

    def report(self, code: str, key: str, message: str, **more: Any) -> None:
        """Adds an error at a key."""
        place = f"{self.record.place}:{key}"
        self.findings.add(error(code, place, message, at=self.record.at(key), **more))

    def take(self, column: Column, content: Any) -> None:
        """Puts what stands under a key where it belongs."""
        match column.kind:
            case Kind.TERM:
                self.keys.setdefault(column.term, column.name)
                items = content if isinstance(content, list) else [content]
                if column.lang:
                    items = [{"value": x, "lang": column.lang} if isinstance(x, str) else x for x in items]
                if column.scheme:
                    items = [with_scheme(item, column.scheme) for item in items]
                if column.mapped and self.findings.has_room():
                    place = f"{self.record.place}:{column.name}"
                    self.findings.add(read_as_term(column, place, self.record.at(column.name)))
                self.terms[column.term] = [*self.terms.get(column.term, ()), *items]
            case Kind.PATH if not self.paths:
                self.paths = self._texts(column, content)
            case Kind.REFERENCE if self.reference is None:
                self._refer(column, content)
            case Kind.DIGEST | Kind.SIZE:
                self._measure(column, content)
            case _:
                self._keep(column, content)

    def _texts(self, column: Column, content: Any) -> list[str]:
        items = content if isinstance(content, list) else [content]
        if all(isinstance(item, str) and "\0" not in item for item in items):
            return [item for item in items if item.strip(WHITE_SPACE)]
        if all(isinstance(item, str) for item in items):
            is_path = column.kind is Kind.PATH
            self.report(
                "DESC-PATH" if is_path else "DESC-VALUE-TYPE",
                column.name,
                f"“{column.name}” holds a NUL character" + (", which no file name can" if is_path else ""),
                remedy="take it out",
            )
        elif content is not None:
            self.report(
                "DESC-VALUE-TYPE",
                column.name,
                f"“{column.name}” is not text",
                expected="text or a list of texts",
                remedy="put it in quotation marks",
            )
        return []

    def _refer(self, column: Column, content: Any) -> None:
        texts = [text for text in map(tidy, self._texts(column, content)) if text]
        self.reference = texts[0] if texts else None
        if len(texts) > 1:
            self._one_alone(column, len(texts))

    def _one_alone(self, column: Column, count: int) -> None:
        self.report(
            "DESC-VALUE-TYPE",
            column.name,
            f"“{column.name}” states {count} where a document has one",
            expected="one value",
            remedy="keep one of them",
        )

    def _measure(self, column: Column, content: Any) -> None:
        if isinstance(content, int) and not isinstance(content, bool) and column.kind is Kind.SIZE:
            content = str(content)
        at = self.record.at(column.name)
        kept: list[str] = []
        for text in map(tidy, self._texts(column, content)):
            if self.findings.is_refused_at_length:
                break
            place = f"{self.record.place}:{column.name}"
            read = (read_size if column.kind is Kind.SIZE else read_digest)(text, column, place, at)
            if isinstance(read, Finding):
                self.findings.add(read)
                kept.append(text)
            elif isinstance(read, Digest):
                self.digests.append(read)
            elif self.size in {None, read}:
                self.size = read
            else:
                self._one_alone(column, 2)
        if kept:
            self.other[column.name] = (*self.other.get(column.name, ()), *kept)

    def _keep(self, column: Column, content: Any) -> None:
        """Keeps what is not ours, text as text but for blank ones, anything else as the JSON it would be."""
        key = column.name
        if key == "schema" and isinstance(content, str) and content.startswith("dublin-core/"):
            major = content.removeprefix("dublin-core/").partition(".")[0]
            if major != str(SCHEMA_MAJOR):
                self.report(
                    "DESC-SCHEMA-NEWER",
                    key,
                    f"is {content[:40]}, a form of description that this program does not know",
                    expected=f"dublin-core/{SCHEMA_MAJOR}",
                    remedy="read it with a newer version of this program",
                )
            return
        if key == "other" and isinstance(content, dict):
            for name, texts in content.items():
                self._keep(Column(name, Kind.OTHER), texts)
            return
        if column.kind is Kind.UNKNOWN_TERM and self.findings.has_room():
            self.findings.add(unknown_term(key, f"{self.record.place}:{key}", self.record.at(key)))
        items = without_blanks(content if isinstance(content, list) else [content])
        if is_access(key):
            texts = access_texts(items)
            if texts is None:
                self.unread_access = self.unread_access or key
                return
            items = without_blanks(texts)
        if not all(isinstance(item, str) for item in items):
            if is_deep(items):
                self.report("DESC-TOO-DEEP", key, f"is nested deeper than {MAX_DEPTH} levels")
                return
            if not is_encodable(items):
                self._half_character(key)
                return
            items = [x if isinstance(x, str) else as_written(x) for x in items]
        if items:
            self.other[key] = (*self.other.get(key, ()), *items)

    def refuse_surrogates(self) -> None:
        """Drops and reports whatever holds half a character, which no file could carry."""
        for term in [term for term, items in self.terms.items() if not is_encodable(items)]:
            del self.terms[term]
            self._half_character(self.keys[term])
        for column in [name for name, texts in self.other.items() if not is_encodable((name, *texts))]:
            del self.other[column]
            self._half_character(column)
        if self.reference is not None and not is_encodable([self.reference]):
            self.reference = None
            self._half_character("reference")

    def _half_character(self, key: str) -> None:
        self.report(
            "DESC-LONE-SURROGATE",
            key,
            "holds half of a character (a lone surrogate), which is not text",
            remedy="write the whole character",
        )

    def mended(self) -> dict[str, list[Any]]:
        """The terms without blanks and without what the schema refuses, which is reported."""
        terms = {term: kept for term, items in self.terms.items() if (kept := without_blank_values(items))}
        if is_valid(_SCHEMA, terms):
            return terms
        terms = {term: self._of_ours(term, items) for term, items in terms.items()}
        refused: dict[str, set[int]] = {}
        for problem in explain(_SCHEMA, terms):
            if problem.path == ("title",) and "title" not in terms:
                continue  # the caller may supply one
            term, index = str(problem.path[0]), problem.path[1] if len(problem.path) > 1 else None
            known = refused.setdefault(term, set())
            if isinstance(index, int) and lacks_value(terms[term][index]):
                if index not in known:
                    self._not_a_value(term, index)
            else:
                self._invalid(problem)
            known.add(index if isinstance(index, int) else -1)
        return {
            term: kept
            for term, items in terms.items()
            if (kept := without(items, refused.get(term, set())))
            and is_valid(_SCHEMA, {"title": "?", term: kept})
        }

    def _of_ours(self, term: str, items: list[Any]) -> list[Any]:
        """The values with those that another system writes as objects turned into ours."""
        if not any(type(item) is dict for item in items):
            return items
        key = self.keys.get(term, term)
        turned: list[Any] = []
        for index, item in enumerate(items):
            read = read_value(item) if type(item) is dict and is_encodable(item) else None
            turned.append(item if read is None else read.value)
            if read is None or read.whole:
                continue
            kept = f"/{key}"  # a JSON Pointer, which no column of ours is called
            self._keep(Column(kept, Kind.OTHER), item)
            if self.findings.has_room():
                place = f"{self.record.place}:{key}"
                message = (
                    f"“{key}[{index + 1}]” is an object: its {read.member} is taken, the whole kept as {kept}"
                )
                self.findings.add(note("DESC-READ-AS", place, message, at=self.record.at(key)))
        return turned

    def _not_a_value(self, term: str, index: int) -> None:
        key = self.keys.get(term, term)
        self.report(
            "DESC-VALUE-TYPE",
            key,
            f"“{key}[{index + 1}]” is an object in which no text is found",
            expected='text, or an object with "value" and perhaps "lang", "scheme", "uri"',
            remedy='write the text itself, or call the member that holds it "value"',
        )

    def _invalid(self, problem: SchemaProblem) -> None:
        term = str(problem.path[0])
        key = self.keys.get(term, term)
        where = "".join(f"[{x + 1}]" if isinstance(x, int) else f".{x}" for x in problem.path[1:])
        self.report(
            "DESC-VALUE-TYPE",
            key,
            f"“{key}{where}” {problem.message}",
            expected=problem.expected,
            remedy="put it in quotation marks" if problem.message == "is a number" else None,
        )
