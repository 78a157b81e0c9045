"""The values of `format` in our schemas, judged by our own rules so that every engine gives the same verdict.

`jsonschema` leaves formats unchecked and accepts almost anything as `uri`; `jsonschema-rs` has rules of its
own. A schema of this project uses only the formats listed in FORMATS.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from archive.core.descriptions.dcterms import DCMI_TYPES
from archive.core.descriptions.languages import LanguageState
from archive.core.descriptions.languages import judge as judge_language
from archive.core.edtf import is_edtf

# RFC 6838 § 4.2, the restricted names; parameters as RFC 9110 § 5.6.6 writes them.
_RESTRICTED = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 — a token of HTTP, no secret
_MEDIA_TYPE = re.compile(
    rf"{_RESTRICTED}/{_RESTRICTED}(?:[ \t]*;[ \t]*{_TOKEN}=(?:{_TOKEN}|\"[^\"\\\x00-\x1f\x7f]*\"))*"
)
# RFC 3987 § 2.2, read as: a scheme, a colon, and no character that an IRI may not hold. "%" must be followed
# by two hexadecimal digits.
_IRI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:"
    r"(?:[^\x00-\x20\x7f-\xa0<>\"{}|\\^`%\u2028\u2029\ud800-\udfff\ufdd0-\ufdef]|%[0-9A-Fa-f]{2})+"
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[!#$&-;=?-Z\[\]_a-z~]|%[0-9A-Fa-f]{2})+")
# The ARK specification (draft-kunze-ark-40 § 2): label, NAAN in betanumeric characters, name, qualifiers.
_ARK = re.compile(r"ark:/?[0-9bcdfghjkmnpqrstvwxz]{5,}/[A-Za-z0-9=~*+@_$.%/-]*[A-Za-z0-9=~*+@_$%]")
_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# RFC 3339 § 5.6, with the leap second only at the end of a minute.
_TIME = re.compile(
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


def is_language_tag(text: str) -> bool:
    """A well-formed tag of BCP 47 (RFC 5646 § 2.1) whose parts the IANA registry knows."""
    return judge_language(text).state in {LanguageState.VALID, LanguageState.CANONICAL}


def is_date(text: str) -> bool:
    """A full date of RFC 3339 that the calendar has."""
    if _DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_date_time(text: str) -> bool:
    """A date and time with its offset, as RFC 3339 writes it."""
    return (
        len(text) > 11 and text[10] in "Tt" and is_date(text[:10]) and _TIME.fullmatch(text, 11) is not None
    )


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "ark": _matches(_ARK),
    "bcp47": is_language_tag,
    "date": is_date,
    "date-time": is_date_time,
    "dcmitype": DCMI_TYPES.__contains__,
    "edtf": is_edtf,
    "iri": _matches(_IRI),
    "media-type": _matches(_MEDIA_TYPE),
    "uri": _matches(_URI),
    "uuid": _matches(_UUID),
}
