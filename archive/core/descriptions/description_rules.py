"""Judges what a valid description says: dates, languages, types, text that was damaged on its way.

The schema decides what is an error; here are the warnings and notes. A legacy description is never refused
for its dates or languages. A clean description costs a few microseconds: verdicts are cached by value.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from archive.core.descriptions.dcterms import DATE_TERMS, DCMI_TYPES, qualified
from archive.core.descriptions.description import Description
from archive.core.descriptions.identifier_rules import IDENTIFYING, doubtful_identifiers
from archive.core.descriptions.languages import LanguageState
from archive.core.descriptions.languages import judge as judge_language
from archive.core.descriptions.languages import several as several_languages
from archive.core.descriptions.season_or_span import season_or_span
from archive.core.descriptions.text_rules import odd_text
from archive.core.descriptions.type_words import kind_of, term_spelt
from archive.core.descriptions.type_words import several as several_types
from archive.core.edtf import is_edtf
from archive.core.findings import At, Finding, note, warning
from archive.core.limits.output import FINDINGS, QUOTED
from archive.core.text import printable

DATE_NOT_EDTF: Final = "DESC-DATE-NOT-EDTF"
DATE_SEASON: Final = "DESC-DATE-SEASON"
LANGUAGE_UNKNOWN: Final = "DESC-LANGUAGE-UNKNOWN"
LANGUAGE_NOT_CANONICAL: Final = "DESC-LANGUAGE-NOT-CANONICAL"
TYPE_NOT_DCMI: Final = "DESC-TYPE-NOT-DCMI"
TYPE_NOT_CANONICAL: Final = "DESC-TYPE-NOT-CANONICAL"
TOO_MANY: Final = "DESC-TOO-MANY"

if TYPE_CHECKING:
    from archive.core.date_suggestion import Order

AtOf = Callable[[str, int], At]
_Report = Callable[[str, str, At], Finding]  # of a text, its place as a person names it, its place

_DATE_SCHEMES = frozenset((None, "edtf", "w3cdtf", "iso8601"))
_LANGUAGE_SCHEMES = frozenset((None, "rfc1766", "rfc3066", "rfc4646", "rfc5646", "bcp47", "iso6391"))
_TYPE_SCHEMES = frozenset((None, "dcmitype"))
_NO_ALPHANUMERIC = re.compile("[^a-z0-9]")
_ORDERS: dict[str, "Order"] = {"dmy": "dmy", "mdy": "mdy", "ymd": "ymd"}


def judge(
    description: Description, place: str, *, at_of: AtOf | None = None, date_order: str | None = None
) -> list[Finding]:
    """Warnings and notes about the values, in the order of the description.

    `place` names the file or row; `at_of(term, index)` says where a value stands. `date_order` (`dmy`, `mdy`
    or `ymd`) settles what 01/02/2003 means in a suggestion. A missing title is for the caller, who may
    supply one.
    """
    findings: list[Finding] = []

    def found(rule: _Report, text: str, term: str, index: int) -> None:
        if len(findings) >= FINDINGS:
            if len(findings) == FINDINGS:
                findings.append(too_many(place))
            return
        at = at_of(term, index) if at_of else At(field=qualified(term))
        findings.append(rule(text, f"{place}:{at.field}" if at.field else place, at))

    def date(text: str, spot: str, at: At) -> Finding:
        return _date(text, spot, at, date_order)

    for term, values in description.terms.items():
        rule = _RULES.get(term)
        if term in IDENTIFYING:
            for index, report in doubtful_identifiers(term, values):
                found(report, values[index].value, term, index)
        for index, (text, lang, scheme, _) in enumerate(values):
            if lang is not None and not _is_canonical_language(lang):
                found(_language_of_value, lang, term, index)
            # Asked of every value there is: what makes a text odd is looked for one by one, not by a pattern.
            if (not text.isprintable() or "&" in text or "<" in text or "\ufffd" in text) and (
                odd := odd_text(text)
            ):
                found(odd, text, term, index)
            if rule and not rule.holds(text) and _is_judged(text, _scheme(scheme), rule):
                found(date if rule.report is None else rule.report, text, term, index)
    for column, texts in description.other.items():
        if len(findings) < FINDINGS and not column.startswith("/"):  # what readers keep there is JSON or XML
            reports = islice(((text, odd) for text in texts if (odd := odd_text(text))), FINDINGS)
            findings += [odd(text, f"{place}:{column}", At(field=column)) for text, odd in reports]
    return findings


def too_many(place: str) -> Finding:
    """The warning that stands for all findings beyond the bound."""
    return warning(TOO_MANY, place, f"more than {FINDINGS} findings; the others are not named")


@lru_cache(maxsize=16_384)
def _is_plain_edtf(text: str) -> bool:
    return is_edtf(text) and season_or_span(text) is None


def _is_judged(text: str, scheme: str | None, rule: "_Rule") -> bool:
    """False for a value that follows another scheme, and for a season where EDTF is what it is said to be."""
    return scheme in rule.schemes and not (scheme == "edtf" and rule is _DATE_RULE and is_edtf(text))


@lru_cache(maxsize=1024)
def _is_canonical_language(tag: str) -> bool:
    return judge_language(tag).state is LanguageState.CANONICAL


@lru_cache(maxsize=256)
def _scheme(scheme: str | None) -> str | None:
    """`dcterms:W3CDTF`, `W3C-DTF` and `w3cdtf` are one scheme."""
    if scheme is None:
        return None
    return _NO_ALPHANUMERIC.sub("", scheme.lower().rpartition(":")[2])


def _date(text: str, place: str, at: At, order: str | None) -> Finding:
    if (meant := season_or_span(text)) is not None:
        return note(
            DATE_SEASON,
            place,
            f"{_quoted(text)} is {meant.season} in EDTF, and taken so; it may be meant as a span of years",
            at=at,
            found=text,
            remedy=f"write {meant.span} if the years are meant",
        )
    # dateutil behind it takes 15 ms to import.
    from archive.core.date_suggestion import WHICH_ORDER, suggest

    suggestion = suggest(text, order=_ORDERS.get(order or ""))
    remedy = f"write {suggestion.edtf}" if suggestion.edtf else suggestion.reason
    if suggestion.ambiguous:
        remedy = suggestion.reason
        if WHICH_ORDER in remedy:
            remedy += " say --date-order dmy or mdy"
    return warning(
        DATE_NOT_EDTF,
        place,
        f"{_quoted(text)} is not a date in EDTF; it is kept as it is and not found by date",
        at=at,
        expected="a date such as 1918, 1918-11-11, 1918~ or 1918/1920",
        found=text,
        remedy=remedy or None,
        corrected=suggestion.edtf or None,
    )


def _language(tag: str, place: str, at: At) -> Finding:
    verdict = judge_language(tag)
    remedy = f"write {verdict.suggestion}" if verdict.suggestion else None
    if remedy is None and (tags := several_languages(tag)):
        remedy = f"give each language a value of its own: {', '.join(tags)}"
    if verdict.state is LanguageState.VALID:
        message = f"{_quoted(tag)} is not the canonical tag of its language"
        return note(
            LANGUAGE_NOT_CANONICAL,
            place,
            message,
            at=at,
            expected=verdict.canonical,
            found=tag,
            remedy=remedy,
            corrected=verdict.canonical,
        )
    why = (
        "is not a language tag"
        if verdict.state is LanguageState.MALFORMED
        else "names no registered language"
    )
    return warning(
        LANGUAGE_UNKNOWN,
        place,
        f"{_quoted(tag)} {why}",
        at=at,
        expected="a BCP 47 tag such as en, de-CH or zh-Hant",
        found=tag,
        remedy=remedy,
        corrected=verdict.suggestion,
    )


def _language_of_value(tag: str, place: str, at: At) -> Finding:
    # A value's language stands beside it, in a column's name: nothing in the cell is to be corrected.
    return replace(_language(tag, place, at), corrected=None)


def _type(text: str, place: str, at: At) -> Finding:
    meant = term_spelt(text)
    if meant:
        message = f"{_quoted(text)} is spelt {meant} in the DCMI Type vocabulary"
        return note(
            TYPE_NOT_CANONICAL,
            place,
            message,
            at=at,
            expected=meant,
            found=text,
            remedy=f"write {meant}",
            corrected=meant,
        )
    return warning(
        TYPE_NOT_DCMI,
        place,
        f"{_quoted(text)} is not in the DCMI Type vocabulary",
        at=at,
        expected="one of " + ", ".join(sorted(DCMI_TYPES)),
        found=text,
        remedy=_for_type(text),
    )


def _for_type(text: str) -> str:
    if several_types(text):
        return "give each type a value of its own"
    if (kind := kind_of(text)) is not None:
        return f"write {kind}, and keep the word in dc.format or dc.subject"
    return "choose the nearest type, and say what kind of document it is in the description"


class _Rule(NamedTuple):
    holds: Callable[[str], bool]
    schemes: frozenset[str | None]  # of the values that the rule speaks of
    report: _Report | None  # None: the report on dates, which needs their order


_DATE_RULE = _Rule(_is_plain_edtf, _DATE_SCHEMES, None)
_RULES: dict[str, _Rule] = {
    **dict.fromkeys(DATE_TERMS, _DATE_RULE),
    "language": _Rule(_is_canonical_language, _LANGUAGE_SCHEMES, _language),
    "type": _Rule(DCMI_TYPES.__contains__, _TYPE_SCHEMES, _type),
}


def _quoted(text: str) -> str:
    shown = text if len(text) <= QUOTED else f"{text[:QUOTED]}…"
    return f"“{printable(shown)}”"
