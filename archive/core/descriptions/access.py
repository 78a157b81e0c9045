"""Who may see a document: a closed set beside the free text of dcterms:accessRights and dc:rights.

One text says it everywhere, in a table's column `access`, in JSON, on a page and on the command line:

    open
    restricted                                   restricted, title hidden
    embargoed until 2040-01-01                   embargoed until 2040-01-01, title hidden

The day is the first on which the document is open. What is not stated is never taken for open.
"""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from archive.core.limits.values import ACCESS_CHARACTERS

FIELD: Final = "access"
HIDDEN_TITLE: Final = "[title hidden]"
CHOICES: Final = ("open", "restricted", "embargoed until YYYY-MM-DD")
EXPECTED: Final = (
    "open, restricted or embargoed until YYYY-MM-DD; “, title hidden” may stand behind the last two"
)

_FORM = re.compile(
    r"(?:(?P<plain>open|not stated)|(?:restricted|embargoed until (?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}))"
    r"(?P<hidden>[,;] ?title hidden)?)"
)
_SPACES = re.compile(r"\s+")
# What begins so, or has a word that begins so, was meant for this field; anything else may be somebody's own
# column of the same name. A word of closing that is itself negated closes nothing, and opens nothing either.
_BEGINNING = re.compile(r"\W*(?:open(?:ed)?\W*(?:[,;|/]|$)|not stated)")
_CLOSING = r"(?<![^\W_])(?:restrict|embargo|closed|confidential|private)[^\W_]*"
_MEANT = re.compile(rf"{_CLOSING}|(?<![^\W_])title hidden")
_NEGATED = re.compile(
    r"(?<![^\W_])(?:no|non|not|never|un|without)[ \u2010-]"
    r"(?:(?:a|an|any|being|currently|known|longer|under) |access (?=restriction)){0,3}"
    rf"{_CLOSING}"
)
_ANSWERED = re.compile(rf"(?:access )?{_CLOSING} ?[:=] ?(?:no|none)\W*")


class AccessStatus(StrEnum):
    """The closed set."""

    OPEN = "open"
    RESTRICTED = "restricted"
    EMBARGOED = "embargoed"  # until a day, and open from that day on
    NOT_STATED = "not stated"  # nobody has said; never taken for open


class AccessError(ValueError):
    """The text states no access; `is_meant` tells whether it was plainly meant to."""

    def __init__(self, message: str, *, is_meant: bool) -> None:
        super().__init__(message)
        self.is_meant = is_meant


class Access(NamedTuple):
    """One statement; `until` is the first open day (YYYY-MM-DD) of an embargo, else None."""

    status: AccessStatus
    until: str | None = None
    title_hidden: bool = False

    def __str__(self) -> str:
        """The one text of the statement, which `parse_access` reads again."""
        said = f"embargoed until {self.until}" if self.status is AccessStatus.EMBARGOED else self.status.value
        return f"{said}, title hidden" if self.title_hidden else said

    def on(self, day: str) -> "Access":
        """What holds on a day (YYYY-MM-DD): from its last day on an embargo is over and the document open."""
        if self.status is AccessStatus.EMBARGOED and self.until is not None and day >= self.until:
            return OPEN
        return self

    @property
    def is_closed(self) -> bool:
        """True where somebody said that not everybody may see it."""
        return self.status in (AccessStatus.RESTRICTED, AccessStatus.EMBARGOED)


OPEN: Final = Access(AccessStatus.OPEN)
RESTRICTED: Final = Access(AccessStatus.RESTRICTED)
NOT_STATED: Final = Access(AccessStatus.NOT_STATED)


def parse_access(text: str) -> Access:
    """The statement that a text makes, in any case and with any blanks; AccessError where it makes none."""
    folded = _SPACES.sub(" ", text[:ACCESS_CHARACTERS]).strip().lower()
    match = _FORM.fullmatch(folded) if len(text) <= ACCESS_CHARACTERS else None
    if match is None:
        raise AccessError("is no kind of access that is known", is_meant=_is_meant(text))
    if match["plain"]:
        return Access(AccessStatus(match["plain"]))
    hidden = match["hidden"] is not None
    if match["day"] is None:
        return Access(AccessStatus.RESTRICTED, None, hidden)
    try:
        date.fromisoformat(match["day"])
    except ValueError:
        raise AccessError(f"names {match['day']}, no day of the calendar", is_meant=True) from None
    return Access(AccessStatus.EMBARGOED, match["day"], hidden)


def _is_meant(text: str) -> bool:
    """True where the text speaks of closing, in whatever form of its letters, or is too long to tell."""
    if len(text) > ACCESS_CHARACTERS:
        return True
    # Characters that nobody sees (category Cf) stand inside a word, such as the soft hyphen.
    seen = (each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf")
    folded = _SPACES.sub(" ", "".join(seen)).strip().casefold()
    if _ANSWERED.fullmatch(folded):
        return False
    return bool(_BEGINNING.match(folded) or _MEANT.search(_NEGATED.sub(" ", folded)))


def stored_access(text: str) -> Access:
    """The statement that a stored text makes; RESTRICTED where it is not one of ours: never the wider."""
    try:
        return parse_access(text) if text else NOT_STATED
    except AccessError:
        return RESTRICTED
