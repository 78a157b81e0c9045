"""Short texts that people write: dates, searches, languages."""

import sqlite3
from functools import cache

from archive.core.date_suggestion import suggest
from archive.core.descriptions.languages import judge
from archive.core.edtf import parse
from archive.core.search_query import parse_search
from tests.fuzz.target import Target, mutating
from tests.property.dates import date_or_refusal

_DATES = (
    "1918", "1918-05-12", "1918-05-12/1920", "156X-12-25~", "[1667,1668..1670-12]",
    "{..1983-12-31}", "Y-17E7S3",
    "1985-04-12T23:20:30Z", "2001-21", "../1985", "-0999", "1984?/2004-06~", "?2004-06-~11", "12.05.1918",
    "May 12th, 1918", "circa 1850", "spring 1918", "MCMXVIII", "1918/19", "between 1914 and 1918",
    "19th century",
)  # fmt: skip
_QUERIES = (
    'letter "my dear"', "lett* -draft creator:brontë", "date:1918..1920 title:mill",
    'a AND (b OR "c") NEAR/2',
    "口 渡口日記", "date:1918-XX..", "-date:1918/1920 lang:de",
)  # fmt: skip
_LANGUAGES = ("en", "de-DE-1996", "zh-Hant-TW", "sl-rozaj-biske-1994", "x-private", "i-klingon", "de-a-x-b")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def check_edtf(data: bytes) -> None:
    """A date whose bounds are in order and fit an index, or an error with a place in the text."""
    text = _text(data)
    date = date_or_refusal(text)
    if date is None:
        return
    assert date.text == text
    if date.lower is not None and date.upper is not None:
        assert date.lower <= date.upper
        assert date.lower.ordinal <= date.upper.ordinal
    for bound in (date.lower, date.upper):
        assert bound is None or -(2**63) <= bound.ordinal < 2**63


def check_suggestion(data: bytes) -> None:
    """A suggested date is a date."""
    found = suggest(_text(data))
    if found.edtf is not None:
        parse(found.edtf)


@cache
def _index() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    made.execute(
        "CREATE VIRTUAL TABLE t USING fts5"
        "(title, creator, subject, description, other, source, reference, language)"
    )
    return made


def check_search(data: bytes) -> None:
    """Whatever is typed, FTS5 accepts the query."""
    query = parse_search(_text(data))
    for expression in filter(None, (query.match, query.exclude)):
        _index().execute("SELECT count(*) FROM t WHERE t MATCH ?", (expression,)).fetchone()
    for span in query.dates:
        assert -(2**63) <= span.lower <= span.upper < 2**63
    for note in query.notes:
        note.encode()


def check_language(data: bytes) -> None:
    """A canonical tag is canonical."""
    found = judge(_text(data))
    if found.canonical is not None:
        assert judge(found.canonical).canonical == found.canonical


def _mutating(name: str, check: object, texts: tuple[str, ...], words: str) -> Target:
    assert callable(check)
    return mutating(
        name,
        "descriptions",
        check,
        examples=lambda: [each.encode() for each in texts],
        words=[each.encode() for each in words.split()],
    )


TARGETS: tuple[Target, ...] = (
    _mutating("edtf", check_edtf, _DATES, "X / .. ? ~ % - Y E S T Z + , [ ] { } 00 13 31 30 0000 9999"),
    _mutating(
        "suggestion", check_suggestion, _DATES, ". / - th ca. May Mai mai 12 99 1918 c 's BC AD v.Chr."
    ),
    _mutating("search", check_search, _QUERIES, '" * - : ( ) AND OR NOT NEAR title: date: .. ^ { } + “ 口'),
    _mutating("language", check_language, _LANGUAGES, "- x u t de Latn 419 1996 abcdefgh i"),
)
