"""From a free text to a suggestion: brackets and doubts first, then spans, then one date."""

import re
from functools import lru_cache

from archive.core.date_suggestion.eras import counted_otherwise
from archive.core.date_suggestion.last_resort import guess
from archive.core.date_suggestion.model import DateSuggestion, Order, Reading, reading
from archive.core.date_suggestion.numbers import numeric
from archive.core.date_suggestion.spans import several, shared
from archive.core.date_suggestion.spelled import CENTURY, LAST_BEFORE_CHRIST, spelled
from archive.core.date_suggestion.trimming import advice, trimmed, without_words
from archive.core.date_suggestion.words import MONTHS, UNDATED, plain
from archive.core.edtf import is_edtf
from archive.core.limits.values import DATE_TEXT_CHARACTERS

_ABOUT = re.compile(
    r"(?:circa|ca\.?|c\.|cca\.?|about|abt\.?|around|approximately|approx\.?|roughly|vers|environ|um|etwa"
    r"|hacia|alrededor de|~)\s*"
)
_PERHAPS = re.compile(
    r"(?:probably|prob\.?|possibly|perhaps|maybe|vermutlich|wohl|probablement|probablemente)\s+"
)
_COPYRIGHT_OR_CIRCA = re.compile("c([0-9]{4})")
_COPYRIGHT = re.compile(r"(?:\u00a9|\u2117|copyright|\(c\)|p(?=[0-9]))\s*([0-9]{4})")
_BETWEEN = re.compile(r"(?:between|entre|zwischen) (.+?) (?:and|&|et|und|y) (.+)")
_FROM_TO = re.compile(
    r"(?:from |de |von |desde |van |dal? )?(.+?) (?:to|until|till|through|bis|au|hasta|tot|al?|–) (.+)"
)
_SPACED = re.compile(r"(.+?) - (.+)")
_DOTS = re.compile(r"(.+?)\s?\.{2,3}\s?(.+)")
_BC = r"(?:bce?|b\.c\.(?:e\.)?)"
_BOTH_BEFORE_CHRIST = re.compile(rf"(.+?)\s?(?:-|–|to)\s?(.+? ?{_BC})")
_NAMES_ITS_ERA = re.compile(rf"\b(?:{_BC}|ad|ce|a\.d\.|c\.e\.)")
_HYPHEN = re.compile(r"([^-]+?)\s?-\s?([^-]*[0-9][^-]*)")
_BEFORE = re.compile(
    r"(?:before|prior to|earlier than|not after|no later than|by|until|up to|to |pre-?|ante|avant|vor|bis"
    r"|voor|prima del|antes de|hasta|<)\s*(.+)"
)
_OR_BEFORE = re.compile(r"(.+?),? (?:or|and) (?:before|earlier)")
_AFTER = re.compile(
    r"(?:after|later than|not before|no earlier than|since|from|post-?|apres|nach|seit|na |dopo il"
    r"|despues de|desde|>)\s*(.+)"
)
_OR_AFTER = re.compile(r"(?:from |since )?(.+?)(?:,? (?:and|or) (?:later|after)| onwards?| ff\.?|\+)")
_OPEN = re.compile(r"(?:from |since )?(.+?)\s?(?:-|–|to )\s?(?:present|now|today|date|open|ongoing|)")
_EITHER = re.compile("(.+?) (?:or|ou|oder|o) (.+)")
_QUALIFIED = {(False, False): "", (True, False): "~", (False, True): "?", (True, True): "%"}


def suggest(text: str, *, order: Order | None = None) -> DateSuggestion:
    """What the text probably says in EDTF; never raises.

    `order` is the order of numbers that the source of the text is known to use; without it `01/02/1918` is
    asked. Every date in the answer parses as EDTF. The original text is the caller's to keep.
    """
    if len(text) > DATE_TEXT_CHARACTERS:  # never kept in the cache
        return DateSuggestion(edtf=None, reason="too long for a date")
    return _suggest(text, order)


@lru_cache(maxsize=4096)  # a table repeats its dates
def _suggest(text: str, order: Order | None) -> DateSuggestion:
    stripped = text.strip()
    if not stripped:
        return DateSuggestion(edtf=None, reason="empty")
    if is_edtf(stripped):
        return DateSuggestion(edtf=stripped, reason="EDTF as it stands")
    words = plain(stripped)
    if words.strip("[](). ") in UNDATED or words in UNDATED or words.strip("[]()") in UNDATED:
        return DateSuggestion(edtf=None, reason="the text says that there is no date")
    bare = trimmed(words)
    found = _older_spelling(stripped) or _read(bare, order) or _with_words(bare, order) or guess(stripped)
    if found is None:
        return DateSuggestion(edtf=None, reason=advice(bare) or "no date that could be read with certainty")
    if len(found.dates) > 1:
        return DateSuggestion(edtf=None, reason=found.reason, ambiguous=found.dates)
    return DateSuggestion(edtf=found.dates[0], reason=found.reason)


def _read(text: str, order: Order | None) -> Reading | None:
    return _span(text, order) or _doubtful(text, order)


def _with_words(text: str, order: Order | None) -> Reading | None:
    """published 1902: the word says what happened then."""
    bare = without_words(text)
    return _read(bare, order) if bare is not None else None


def _older_spelling(text: str) -> Reading | None:
    """EDTF in small letters, in the draft of 2012 (`u`, `open`, `unknown`), or with spaces in it."""
    if not re.fullmatch(
        "[0-9xuyest?~%/., :z+-]*(?:unknown/|/unknown|/open)?[0-9xuyest?~%/., :z+-]*", text.lower()
    ):
        return None
    lower = text.lower().replace("/open", "/..").replace("/unknown", "/").replace("unknown/", "/")
    if not re.search("[0-9]", lower):
        return None
    spaced = re.sub(r"\s?/\s?", "/", lower)
    return reading(spaced.upper().replace("U", "X"), "EDTF in another spelling")


def _span(text: str, order: Order | None) -> Reading | None:
    """Two dates or an open side."""
    bare = _unwrap(text)
    if (single := _single(bare, order)) is not None:
        return single  # 11-11-1918 is no span
    if (found := shared(bare) or several(bare) or _before_christ(bare, order)) is not None:
        return found
    if match := _BETWEEN.fullmatch(bare):
        return _join(match[1], match[2], order, "{}/{}", "between two dates")
    if match := _EITHER.fullmatch(bare):
        found = _join(match[1], match[2], order, "[{},{}]", "one of two dates")
        if found is not None:
            return found
    for pattern in (_FROM_TO, _SPACED, _DOTS, _HYPHEN):
        if match := pattern.fullmatch(bare):
            found = _join(match[1], match[2], order, "{}/{}", "from one date to another")
            if found is not None:
                return found if "to " in bare else _about_both(found)
    for pattern, form, reason in (
        (_OPEN, "{}/..", "from a date on"),
        (_OR_BEFORE, "../{}", "a date or before it"),
        (_OR_AFTER, "{}/..", "from a date on"),
        (_BEFORE, "../{}", "before a date"),
        (_AFTER, "{}/..", "after a date"),
    ):
        if match := pattern.fullmatch(bare):
            side = _doubtful(match[1], order)
            place = 0 if form.startswith("{}") else -1
            dates = [form.format(_year_of(date, place)) for date in side.dates] if side else []
            return side and reading(dates, _why(side, reason))
    return None


def _before_christ(text: str, order: Order | None) -> Reading | None:
    """500-400 BC, 2nd-1st century BC: the era stands at the end, for both."""
    match = _BOTH_BEFORE_CHRIST.fullmatch(text)
    if match is None or _NAMES_ITS_ERA.search(match[1]):
        return None
    left = f"{match[1]} century bc" if "cent" in match[2] and "cent" not in match[1] else f"{match[1]} bc"
    found = _join(left, match[2], order, "{}/{}", "years before our era: 1 BCE is 0000")
    return _about_both(found) if found is not None else None


def _why(side: Reading, reason: str) -> str:
    return side.reason if len(side.dates) > 1 else reason


def _join(left: str, right: str, order: Order | None, form: str, reason: str) -> Reading | None:
    end = _doubtful(right, order)
    if end is None:
        end = _shortened(left, right)
    if end is None:
        return None
    start = _doubtful(left, order) or _completed(left, end)
    if start is None:
        return None
    pairs = [_filled(form, one, other) for one in start.dates for other in end.dates]
    question = start if len(start.dates) > 1 else end
    return reading(pairs, _why(question, reason))


def _filled(form: str, start: str, end: str) -> str:
    """The form with both dates; of the one century that is an interval, an end of another has its first or
    last year."""
    if form.startswith("["):
        return form.format(start, end)
    return form.format(_year_of(start, 0), _year_of(end, -1))


def _year_of(date: str, place: int) -> str:
    return date.split("/")[place] if re.sub("[?~%]", "", date) == LAST_BEFORE_CHRIST else date


def _about_both(span: Reading) -> Reading:
    """ca. 1850-1900: the word stands for both years."""
    dates = tuple(re.sub(r"~/(-?[0-9]{4})\Z", r"~/\1~", date) for date in span.dates)
    return span._replace(dates=dates)


def _shortened(left: str, right: str) -> Reading | None:
    """1914–18, 1902 or 3: the end leaves out what the beginning says."""
    year = re.search("([0-9]{4})$", left)
    if year is None or not re.fullmatch("[0-9]{1,2}", right):
        return None
    return reading(year[1][: 4 - len(right)] + right, "the end leaves out its century")


def _completed(left: str, end: Reading) -> Reading | None:
    """May – June 1918, 12 – 15 May 1918: the beginning leaves out what the end says."""
    if len(end.dates) != 1:
        return None
    if end.reason == CENTURY:
        return spelled(f"{left} century")
    parts = end.dates[0].split("-")
    if re.fullmatch("[0-9]{1,2}", left) and len(parts) == 3:
        return reading(f"{parts[0]}-{parts[1]}-{int(left):02}", "the month stands at the end")
    if (match := re.fullmatch("([0-9]{1,2}) ([a-z]+)|([a-z]+) ([0-9]{1,2})", left)) and len(parts) == 3:
        month, day = MONTHS.get(match[2] or match[3]), int(match[1] or match[4])
        return reading(f"{parts[0]}-{month:02}-{day:02}", "the year stands at the end") if month else None
    return None


def _unwrap(text: str) -> str:
    """Without the brackets round the whole, in which cataloguers put a date that they supply."""
    while len(text) > 2 and text[0] in "[(" and text[-1] == {"[": "]", "(": ")"}[text[0]]:
        text = text[1:-1].strip()
    return text


def _doubtful(text: str, order: Order | None) -> Reading | None:
    """One date, with the words and marks that say it is approximate or uncertain."""
    bare, about, perhaps = _unwrap(text), False, False
    if match := _COPYRIGHT_OR_CIRCA.fullmatch(bare):
        return reading([match[1], f"{match[1]}~"], "the year of the copyright, or circa?")
    if match := _COPYRIGHT.fullmatch(bare):
        return reading(match[1], "the year of the copyright")
    while True:
        if match := _ABOUT.match(bare):
            about, bare = True, bare[match.end() :]
        elif match := _PERHAPS.match(bare):
            perhaps, bare = True, bare[match.end() :]
        elif bare.endswith("?") and not re.fullmatch("[0-9]{2}\\?\\?|[0-9]{3}\\?", bare):
            perhaps, bare = True, bare[:-1].rstrip(" (")
        elif bare.endswith("(?)"):
            perhaps, bare = True, bare[:-3].rstrip()
        elif (shorter := _unwrap(bare)) != bare:
            bare = shorter
        else:
            break
    found = _single(bare, order)
    mark = _QUALIFIED[about, perhaps]
    if found is None or not mark:
        return found
    reason = {"~": "approximate", "?": "uncertain", "%": "approximate and uncertain"}[mark]
    dates = [f"{date.replace('/', f'{mark}/')}{mark}" for date in found.dates]
    return reading(dates, _why(found, reason))


def _single(text: str, order: Order | None) -> Reading | None:
    if is_edtf(text) and not text.startswith("-"):
        return reading(text, "a date in the form of EDTF")
    return numeric(text, order) or spelled(text) or counted_otherwise(text)
