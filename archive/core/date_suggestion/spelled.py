"""Dates with a word in them: July 27, 2009; printemps 1918; 44 BC; 19th century; the 1920s."""

import re

from archive.core.date_suggestion.model import Reading, reading
from archive.core.date_suggestion.numbers import CENTURIES
from archive.core.date_suggestion.words import FILLERS, MONTHS, ORDINALS, ROMAN, SEASONS

CENTURY = "a century"
# 1 BCE is 0000, which -00XX does not reach; every other century has its digits in common.
LAST_BEFORE_CHRIST = "-0099/0000"
_TOKEN = re.compile(r"'?[0-9]+|[^\W\d_]+")
_ORDINAL_ENDING = re.compile(r"\b([0-9]{1,2})(?:st|nd|rd|th|er|re|eme|e|\.)(?=\s|,|$)")
_TIME = re.compile(r"\b[0-9]{1,2}:[0-9]{2}")
_DECADE = re.compile(r"(?:the )?(?:(early|mid|late)[- ])?([0-9]{3})0'?s")
_SHORT_DECADE = re.compile("(?:the )?'?([0-9])0'?s")
_PART_OF_CENTURY = (
    "(?:(?:early|mid|middle|late)(?:(?: to |[-/ ])(?:early|mid|late))?(?: of the)?|"
    "(?:first|second|third|fourth|last|1st|2nd|3rd|4th|1er|1re|2e|3e|4e|[1-4]\\.|erste|zweite) "
    "(?:half|quarter|third|moitie|quart|halfte|viertel)(?: of the| of| du| des)?|"
    "(?:anfang|mitte|ende|debut|milieu|fin|begin|midden|einde)(?: des| du| van de)?)"
)
_CENTURY = re.compile(
    rf"(?:the )?(?:{_PART_OF_CENTURY}[- ])?([a-z]+(?:-[a-z]+)?|[0-9]{{1,2}})\s?"
    r"(?:st|nd|rd|th|e|eme|de|ste|\.)?\s?(?:century|centuries|cent\.?|c\.|siecle|s\.|jahrhunderts?|jhs?\.?|jhdts?\.?|eeuw)"
    r"(?:\s?(?:ad|ce|a\.d\.|c\.e\.))?(\s?(?:bce?|b\.c\.(?:e\.)?))?"
)
_SIGLO = re.compile("(?:el )?(?:siglo|seculo|secolo|sec\\.|s\\.) ([ivx]+)()")
_BEFORE_CHRIST = re.compile(r"([0-9]{1,4})\s?(?:bce?|b\.c\.(?:e\.)?|v\. ?chr\.?|av\. j\.-?c\.|a\. ?c\.)")
_ANNO = re.compile(r"(?:(?:ad|a\.d\.) ?([0-9]{1,4})|([0-9]{1,4}) ?(?:ad|ce|a\.d\.|c\.e\.))")
_DASHED = re.compile(r"([0-9]{3})[-?_ux*]|([0-9]{2})(?:--|\?\?|__|uu|xx|\*\*|\.\.)")
_QUARTER = re.compile(r"q([1-4]) ?/?([0-9]{4})|([0-9]{4}) ?[-/]?q([1-4])")


def spelled(text: str) -> Reading | None:
    """What a text with words or marks in it says."""
    for rule in (_years, _periods, _months):
        if (found := rule(text)) is not None:
            return found
    return None


def _years(text: str) -> Reading | None:
    if re.fullmatch("[0-9]{4}\\.?", text):
        return reading(text[:4], "a year")
    if (match := _BEFORE_CHRIST.fullmatch(text)) and int(match[1]):
        year = int(match[1]) - 1  # 1 BCE is the year 0000
        return (
            reading(f"-{year:04}" if year else "0000", "years before our era: 1 BCE is 0000")
            if int(match[1])
            else None
        )
    if match := _ANNO.fullmatch(text):
        return reading(f"{int(match[1] or match[2]):04}", "a year of our era")
    if match := _DASHED.fullmatch(text):
        return reading(f"{match[1]}X" if match[1] else f"{match[2]}XX", "digits left open")
    return None


def _periods(text: str) -> Reading | None:
    if match := _DECADE.fullmatch(text):
        if match[2].endswith("0"):
            return reading([f"{match[2]}X", f"{match[2][:2]}XX"], "a decade or a century?")
        part = f"a decade; EDTF has no word for {match[1]}" if match[1] else "a decade"
        return reading(f"{match[2]}X", part)
    if match := _SHORT_DECADE.fullmatch(text):
        return reading([f"{century}{match[1]}X" for century in CENTURIES], "a decade of which century?")
    if match := _CENTURY.fullmatch(text) or _SIGLO.fullmatch(text):
        return _century(match[1], before_christ=bool(match[2]))
    if match := _QUARTER.fullmatch(text):
        quarter, year = match[1] or match[4], match[2] or match[3]
        return reading(f"{year}-{32 + int(quarter)}", "a quarter of a year")
    return None


def _century(name: str, *, before_christ: bool) -> Reading | None:
    number = int(name) if name.isdigit() else ORDINALS.get(name) or ROMAN.get(name.removesuffix("e"), 0)
    if not 1 <= number <= 21:
        return None
    if before_christ and number == 1:
        return reading(LAST_BEFORE_CHRIST, CENTURY)
    return reading(f"{'-' if before_christ else ''}{number - 1:02}XX", CENTURY)


def _months(text: str) -> Reading | None:
    if _TIME.search(text):
        return None
    bare = _ORDINAL_ENDING.sub(r"\1 ", text)
    tokens = [token for token in _TOKEN.findall(bare) if token not in FILLERS]
    names = [token for token in tokens if token in MONTHS or token in SEASONS]
    numbers = [token for token in tokens if token[-1].isdigit()]
    if len(names) != 1 or len(tokens) != 1 + len(numbers) or not _only_date_marks(bare):
        return None
    if names[0] in SEASONS:
        return _season(SEASONS[names[0]], numbers)
    return _named_month(MONTHS[names[0]], numbers)


def _only_date_marks(text: str) -> bool:
    return all(char.isalpha() or char in "0123456789 ,.-/'" for char in text)


def _season(season: int, numbers: list[str]) -> Reading | None:
    if not all(number.isdigit() for number in numbers):
        return None
    if len(numbers) == 1 and len(numbers[0]) == 4:
        return reading(f"{numbers[0]}-{season}", "a season")
    if len(numbers) == 2 and len(numbers[0]) == 4 and len(numbers[1]) in (2, 4):
        first, last = numbers[0], numbers[0][: 4 - len(numbers[1])] + numbers[1]
        if int(last) == int(first) + 1:
            return reading([f"{first}-{season}", f"{last}-{season}"], "a season over two years: of which?")
    return None


def _named_month(month: int, numbers: list[str]) -> Reading | None:
    years = [number for number in numbers if len(number) == 4 and number.isdigit()]
    days = [int(number) for number in numbers if len(number) <= 2 and number.isdigit()]
    if len(years) == 1 and len(numbers) == 1:
        return reading(f"{years[0]}-{month:02}", "month and year")
    if len(years) == 1 and len(days) == 1 and len(numbers) == 2:
        return reading(f"{years[0]}-{month:02}-{days[0]:02}", "day, month and year")
    shorts = [number.removeprefix("'") for number in numbers]
    if years or any(len(short) != 2 for short in shorts[-1:]) or not 1 <= len(shorts) <= 2:
        return None
    if len(shorts) == 1:
        if numbers[0] == shorts[0] and 1 <= int(shorts[0]) <= 31:
            return None  # a day without a year
        return reading(
            [f"{century}{shorts[0]}-{month:02}" for century in CENTURIES], "which century is meant?"
        )
    if len(shorts[0]) > 2:
        return None
    dates = [f"{century}{shorts[1]}-{month:02}-{int(shorts[0]):02}" for century in CENTURIES]
    return reading(dates, "which century is meant?")
