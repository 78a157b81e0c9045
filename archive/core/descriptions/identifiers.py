"""Identifiers that carry their own check, or a form that can be checked: recognised, judged, put right.

DOI (ISO 26324), ISBN (ISO 2108), ISSN (ISO 3297), ORCID (ISO 27729), Handle (RFC 3650), ARK with the NOID
check character (draft-kunze-ark; the NOID check digit algorithm), UUID as a URN (RFC 9562 § 4). What is none
of them is nobody's business here. A corrected value is given only without doubt: never a guessed digit.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import quote

from archive.core.limits.values import IDENTIFIER_CHARACTERS
from archive.core.text import is_utf8

NOID_ALPHABET: Final = "0123456789bcdfghjkmnpqrstvwxz"

_TO_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_TO_DIGITS = str.maketrans("OoIl", "0011")
_LETTERS = re.compile("[OoIl]")
_DASHES = str.maketrans("", "", " -\u2010\u2011\u2012\u2013\u2014\u2212")
_LABEL = re.compile(
    r"(?:urn:)?(?P<label>doi|isbn(?:-1[03])?|issn(?:-l)?|orcid(?: id)?|hdl|handle(?=\s*:)|uuid)\b\s*:?\s*",
    re.IGNORECASE,
)
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+")
_DOI_ADDRESS = re.compile(r"https?://(?:dx\.|www\.)?doi\.org/(?=10\.)", re.IGNORECASE)
_HANDLE = re.compile(r"[0-9]+(?:\.[0-9A-Za-z]+)*/\S+")
_HANDLE_ADDRESS = re.compile(r"https?://hdl\.handle\.net/", re.IGNORECASE)
_ORCID_ADDRESS = re.compile(r"https?://(?:www\.)?orcid\.org/", re.IGNORECASE)
_ARK = re.compile(
    r"(?:https?://[^/\s]+/)?ark:/?(?P<naan>[0-9bcdfghjkmnpqrstvwxz]{5,9})/(?P<name>\S+)", re.IGNORECASE
)
_ARK_BEGINS = re.compile(r"(?:https?://[^/\s]+/)?ark:", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_UUID_URN = re.compile(r"urn:uuid:", re.IGNORECASE)
_ISBN10, _ISBN13 = re.compile("[0-9]{9}[0-9Xx]"), re.compile("97[89][0-9]{10}")
_ISSN = re.compile("[0-9]{7}[0-9Xx]")
_ORCID = re.compile("[0-9]{15}[0-9Xx]")
_ORCID_WRITTEN = re.compile(r"[0-9]{4}([-\u2010-\u2014])[0-9]{4}\1[0-9]{4}\1[0-9]{3}[0-9Xx]")
_ISBN_WRITTEN = re.compile(r"97[89][- \u2010-\u2014][0-9- \u2010-\u2014]{10,15}")
# Behind a name that ends in a check character a part or a variant may stand (draft-kunze-ark § 2.3).
_ARK_QUALIFIER = re.compile("[/.]")


class Scheme(StrEnum):
    """The kinds that are known."""

    DOI = "DOI"
    ISBN = "ISBN"
    ISSN = "ISSN"
    ORCID = "ORCID"
    HANDLE = "Handle"
    ARK = "ARK"
    UUID = "UUID"


class Judged(NamedTuple):
    """One identifier: its kind, what is wrong with it, and how it is written.

    `problem` is None where nothing is wrong. `canonical` is its one spelling, None where that is in doubt, as
    with a wrong check digit: any of the digits may be the wrong one. `spelt` is how the text should be
    written where it is right but for dashes that are none, or are left out.
    """

    scheme: Scheme
    problem: str | None
    canonical: str | None
    spelt: str | None = None


def judge_identifier(text: str, scheme: str | None = None) -> Judged | None:
    """What kind of identifier the text is and whether it holds; None where it is none that is known.

    A kind is told by a label (`ISBN 0-306-40615-2`), an address (`https://doi.org/…`), the form alone where
    nothing else has it, or by the `scheme` that the description states.
    """
    text = text.strip()
    if not text or len(text) > IDENTIFIER_CHARACTERS or not is_utf8(text):
        return None
    kind, rest = _told(text, scheme)
    if kind is None:
        return None
    judged = _JUDGES[kind](rest)
    if kind is Scheme.ARK and scheme is not None and scheme.lower() == "noid" and judged.problem is None:
        match = _ARK.fullmatch(rest)
        if match is not None and not holds_noid_check(rest, match["naan"]):
            return Judged(kind, "ends in another character than the NOID check character of its name", None)
    if judged.problem is None:
        return judged._replace(spelt=_spelt(text, rest, judged))
    return _with_letters_read_as_digits(text, rest, kind, judged)


def _spelt(text: str, rest: str, judged: Judged) -> str | None:
    """The text with its dashes as they should be; None where they are."""
    written = judged.canonical or ""
    if judged.scheme is Scheme.ORCID:
        written = written.rpartition("/")[2]
    if judged.scheme in (Scheme.ISSN, Scheme.ORCID):
        return None if written in rest.upper() else text.removesuffix(rest) + written
    if judged.scheme is Scheme.ISBN and not rest.isascii():
        return text.removesuffix(rest) + rest.translate(_TO_HYPHENS)
    return None


def _with_letters_read_as_digits(text: str, rest: str, kind: Scheme, judged: Judged) -> Judged:
    """Where O and l were typed or read for 0 and 1, and the check digit holds once they are not: certain."""
    if kind in (Scheme.ISBN, Scheme.ISSN, Scheme.ORCID) and _LETTERS.search(rest):
        mended = rest.translate(_TO_DIGITS)
        again = _JUDGES[kind](mended)
        if again.problem is None:
            problem = "has letters where digits belong"
            return Judged(kind, problem, again.canonical, text.removesuffix(rest) + mended)
    return judged


def _told(text: str, scheme: str | None) -> tuple[Scheme | None, str]:
    for kind, address in _ADDRESSES:
        if match := address.match(text):
            return kind, text[match.end() :]
    if _ARK_BEGINS.match(text):
        return Scheme.ARK, text
    if match := _LABEL.match(text):
        return _BY_LABEL[re.sub("[^a-z]", "", match["label"].lower())], text[match.end() :]
    if scheme is not None and (stated := _BY_LABEL.get(re.sub("[^a-z]", "", scheme.lower()))):
        return stated, text
    if _DOI.fullmatch(text):
        return Scheme.DOI, text
    if _ORCID_WRITTEN.fullmatch(text):
        return Scheme.ORCID, text
    if _UUID.fullmatch(text):
        return Scheme.UUID, text
    if _ISBN_WRITTEN.fullmatch(text) and len(text.translate(_DASHES)) == 13:
        return Scheme.ISBN, text
    return None, text


def _doi(text: str) -> Judged:
    if _DOI.fullmatch(text) is None:
        return Judged(Scheme.DOI, "does not have the form 10.PREFIX/SUFFIX", None)
    return Judged(Scheme.DOI, None, f"https://doi.org/{quote(text, safe=_PLAIN)}")


def _handle(text: str) -> Judged:
    if _HANDLE.fullmatch(text) is None:
        return Judged(Scheme.HANDLE, "does not have the form PREFIX/SUFFIX", None)
    return Judged(Scheme.HANDLE, None, f"https://hdl.handle.net/{quote(text, safe=_PLAIN)}")


# What need not be escaped in a path: RFC 3986 § 3.3, and "%", which escapes already.
_PLAIN: Final = "/:;@!$&'()*+,=~%"


def _isbn(text: str) -> Judged:
    digits = text.translate(_DASHES)
    if _ISBN13.fullmatch(digits):
        held = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0
        return Judged(Scheme.ISBN, None, digits) if held else _wrong(Scheme.ISBN)
    if _ISBN10.fullmatch(digits):
        if _weighted(digits) % 11:
            return _wrong(Scheme.ISBN)
        return Judged(Scheme.ISBN, None, isbn13(digits))
    return Judged(Scheme.ISBN, "has neither 13 digits that begin with 978 or 979, nor 10", None)


def isbn13(isbn10: str) -> str:
    """The thirteen digits of an ISBN of ten (ISO 2108:2017, 4.3)."""
    body = "978" + isbn10[:9]
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return body + str(-total % 10)


def _issn(text: str) -> Judged:
    digits = text.translate(_DASHES).upper()
    if _ISSN.fullmatch(digits) is None:
        return Judged(Scheme.ISSN, "does not have eight digits, the last perhaps X", None)
    return (
        Judged(Scheme.ISSN, None, f"{digits[:4]}-{digits[4:]}")
        if _weighted(digits) % 11 == 0
        else _wrong(Scheme.ISSN)
    )


def _weighted(digits: str) -> int:
    """The sum with weights that fall to 1 at the check digit, X standing for 10."""
    length = len(digits)
    return sum((length - place) * (10 if digit in "Xx" else int(digit)) for place, digit in enumerate(digits))


def _orcid(text: str) -> Judged:
    digits = text.rstrip("/").translate(_DASHES).upper()
    if _ORCID.fullmatch(digits) is None:
        return Judged(Scheme.ORCID, "does not have sixteen digits, the last perhaps X", None)
    total = 0
    for digit in digits[:15]:  # ISO/IEC 7064, MOD 11-2
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if digits[15] != ("X" if check == 10 else str(check)):
        return _wrong(Scheme.ORCID)
    return Judged(
        Scheme.ORCID, None, "https://orcid.org/" + "-".join(digits[at : at + 4] for at in (0, 4, 8, 12))
    )


def _ark(text: str) -> Judged:
    match = _ARK.fullmatch(text)
    if match is None:
        return Judged(Scheme.ARK, "does not have the form ark:NAAN/NAME", None)
    # Hyphens mean nothing in an ARK (draft-kunze-ark § 2.7).
    naan, name = match["naan"].lower(), match["name"].replace("-", "")
    return Judged(Scheme.ARK, None, f"ark:/{naan}/{name}")


def noid_check(naan_and_name: str) -> str:
    """The NOID check character over `NAAN/name`: position times ordinal, from 1, modulo 29."""
    total = sum(place * max(NOID_ALPHABET.find(char), 0) for place, char in enumerate(naan_and_name, 1))
    return NOID_ALPHABET[total % len(NOID_ALPHABET)]


def holds_noid_check(ark: str, naan: str) -> bool | None:
    """Whether an ARK of an authority that gives its names check characters ends in the right one.

    None where the ARK is of another authority: whether that gives any, nobody can tell from outside.
    """
    match = _ARK.fullmatch(ark.strip())
    if match is None or match["naan"].lower() != naan.lower():
        return None
    name = _ARK_QUALIFIER.split(match["name"].replace("-", ""), maxsplit=1)[0]
    return len(name) > 1 and noid_check(f"{naan.lower()}/{name[:-1]}") == name[-1]


def _uuid(text: str) -> Judged:
    if _UUID.fullmatch(text) is None:
        return Judged(Scheme.UUID, "does not have the form of a UUID: 8-4-4-4-12 hexadecimal digits", None)
    return Judged(Scheme.UUID, None, f"urn:uuid:{text.lower()}")


def _wrong(scheme: Scheme) -> Judged:
    return Judged(scheme, "has a check digit that does not hold: one of its digits is wrong", None)


_ADDRESSES: Final = (
    (Scheme.DOI, _DOI_ADDRESS),
    (Scheme.HANDLE, _HANDLE_ADDRESS),
    (Scheme.ORCID, _ORCID_ADDRESS),
    (Scheme.UUID, _UUID_URN),
)
_BY_LABEL: Final = {
    "doi": Scheme.DOI,
    "isbn": Scheme.ISBN,
    "issn": Scheme.ISSN,
    "issnl": Scheme.ISSN,
    "orcid": Scheme.ORCID,
    "orcidid": Scheme.ORCID,
    "hdl": Scheme.HANDLE,
    "handle": Scheme.HANDLE,
    "ark": Scheme.ARK,
    "uuid": Scheme.UUID,
    "noid": Scheme.ARK,
}
_JUDGES: Final[dict[Scheme, Callable[[str], Judged]]] = {
    Scheme.DOI: _doi,
    Scheme.ISBN: _isbn,
    Scheme.ISSN: _issn,
    Scheme.ORCID: _orcid,
    Scheme.HANDLE: _handle,
    Scheme.ARK: _ark,
    Scheme.UUID: _uuid,
}
