"""Suggestions of EDTF for free-text dates: what is certain is suggested, what is open is asked."""

import re
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.core.date_suggestion import DateSuggestion, Order, suggest
from archive.core.edtf import parse
from archive.core.limits.values import DATE_TEXT_CHARACTERS

PAGE = Path(__file__).parents[2] / "docs" / "dates.md"

SUGGESTED = [
    # doubts
    ("c. 1920", "1920~"),
    ("ca. 1920", "1920~"),
    ("circa March 1918", "1918-03~"),
    ("vers 1880", "1880~"),
    ("um 1900", "1900~"),
    ("[1918?]", "1918?"),
    ("[1918]", "1918"),
    ("1918 (?)", "1918?"),
    ("probably 1918", "1918?"),
    ("[c. 1920?]", "1920%"),
    ("\u00a9 1920", "1920"),
    # digits left open
    ("1920s", "192X"),
    ("the 1920's", "192X"),
    ("c. 1920s", "192X~"),
    ("early 1920s", "192X"),
    ("19--", "19XX"),
    ("[192-?]", "192X?"),
    ("18??", "18XX"),
    ("198u", "198X"),
    ("2004-06-xx", "2004-06-XX"),
    ("1918-00-00", "1918"),
    ("1918-11-00", "1918-11"),
    # centuries and eras
    ("19th century", "18XX"),
    ("nineteenth century", "18XX"),
    ("the late 19th century", "18XX"),
    ("XIXe si\u00e8cle", "18XX"),
    ("siglo XIX", "18XX"),
    ("19. Jahrhundert", "18XX"),
    ("5th century BC", "-04XX"),
    ("18th-19th century", "17XX/18XX"),
    ("44 BC", "-0043"),
    ("1 BCE", "0000"),
    ("AD 79", "0079"),
    # spans and open sides
    ("between 1918 and 1920", "1918/1920"),
    ("from 1918 to 1920", "1918/1920"),
    ("1918\u20131920", "1918/1920"),
    ("1918 - 1920", "1918/1920"),
    ("1918 / 1920", "1918/1920"),
    ("1914\u201318", "1914/1918"),
    ("1939-45", "1939/1945"),
    ("ca. 1850-1900", "1850~/1900~"),
    ("from c. 1850 to 1900", "1850~/1900"),
    ("May-June 1918", "1918-05/1918-06"),
    ("12-15 May 1918", "1918-05-12/1918-05-15"),
    ("May 5 - June 3, 1918", "1918-05-05/1918-06-03"),
    ("11 November 1918 to 3 March 1919", "1918-11-11/1919-03-03"),
    ("1918-11-11/1920", "1918-11-11/1920"),
    ("before 1920", "../1920"),
    ("not after 3 May 1920", "../1920-05-03"),
    ("after 1918", "1918/.."),
    ("vor 1920", "../1920"),
    ("apr\u00e8s 1918", "1918/.."),
    ("1918-", "1918/.."),
    ("1918 \u2013 present", "1918/.."),
    ("1984/open", "1984/.."),
    ("unknown/2006", "/2006"),
    ("1918 or 1919", "[1918,1919]"),
    ("1918 and 1920", "{1918,1920}"),
    ("1850-1874 (approximate)", "1850~/1874~"),
    ("ca. 1350\u20131300 B.C.", "-1349~/-1299~"),
    ("500-400 BC", "-0499/-0399"),
    ("2nd\u20131st century B.C.", "-01XX/0000"),
    ("1st century B.C.\u20131st century A.D.", "-0099/00XX"),
    ("1st century BC", "-0099/0000"),
    ("ca. 1st century BC", "-0099~/0000~"),
    ("1st century BC?", "-0099?/0000?"),
    ("2nd century BC", "-01XX"),
    ("before the 1st century BC", "../0000"),
    ("after the 1st century BC", "-0099/.."),
    ("1941-12-07 - 1945-09-02", "1941-12-07/1945-09-02"),
    ("1914..1918", "1914/1918"),
    ("prior to 1914", "../1914"),
    ("1914 or earlier", "../1914"),
    ("1999 onwards", "1999/.."),
    ("1999 or later", "1999/.."),
    ("dal 1900 al 1910", "1900/1910"),
    ("1902 or 3", "[1902,1903]"),
    ("1914; 1915", "{1914,1915}"),
    ("1914, 1916-18, 1920", "{1914,1916..1918,1920}"),
    ("1910s and 1920s", "{191X,192X}"),
    # marks and words round a date
    ("1850 (approx.)", "1850~"),
    ("1850, circa", "1850~"),
    ("1850s ca.", "185X~"),
    ("n.d. [ca. 1850]", "1850~"),
    ("Undated (1850s)", "185X"),
    ("[1941", "1941"),
    ("1941?]", "1941?"),
    ("[ca. 1941].", "1941~"),
    ("1941,", "1941"),
    ("<1998-2003>", "1998/2003"),
    ("Published 1902", "1902"),
    ("printed in 1902", "1902"),
    ("1902 (Creation)", "1902"),
    ("made ca. 1902", "1902~"),
    ("\u21171977", "1977"),
    # parts of centuries, of which EDTF knows none
    ("second half of the 19th century", "18XX"),
    ("17th\u201318th centuries", "16XX/17XX"),
    ("1. H\u00e4lfte 19. Jh.", "18XX"),
    ("fin du XIXe si\u00e8cle", "18XX"),
    ("18..", "18XX"),
    # other counts of years
    ("Meiji 30", "1897"),
    ("\u5927\u6b633\u5e74", "1914"),
    ("1914\u5e745\u67083\u65e5", "1914-05-03"),
    ("MCMXIV", "1914"),
    ("MDCCCCX", "1910"),
    # days, months, seasons
    ("May 1-5, 1944", "1944-05-01/1944-05-05"),
    ("1944 May 1-5", "1944-05-01/1944-05-05"),
    ("1944 May-June", "1944-05/1944-06"),
    ("Jan.-Mar. 1964", "1964-01/1964-03"),
    ("spring-summer 1967", "1967-21/1967-22"),
    ("5 gennaio 1900", "1900-01-05"),
    ("12 maart 1921", "1921-03-12"),
    ("12 toukokuuta 1921", "1921-05-12"),
    ("12 \u043c\u0430\u044f 1921 \u0433.", "1921-05-12"),
    ("1921. m\u00e1jus 12.", "1921-05-12"),
    ("July 27, 2009", "2009-07-27"),
    ("11 November 1918", "1918-11-11"),
    ("4th of July 1776", "1776-07-04"),
    ("July 4th, 1776", "1776-07-04"),
    ("Sat Nov 11 1918", "1918-11-11"),
    ("2009 July 27", "2009-07-27"),
    ("11-Nov-1918", "1918-11-11"),
    ("March 1918", "1918-03"),
    ("Sept. 1918", "1918-09"),
    ("1er mai 1871", "1871-05-01"),
    ("d\u00e9cembre 1900", "1900-12"),
    ("3. M\u00e4rz 1848", "1848-03-03"),
    ("12 de octubre de 1492", "1492-10-12"),
    ("Spring 1918", "1918-21"),
    ("summer of 1969", "1969-22"),
    ("Fall 1999", "1999-23"),
    ("Hiver 1900", "1900-24"),
    ("Q3 1918", "1918-35"),
    # digits alone
    ("25/12/1918", "1918-12-25"),
    ("12/25/1918", "1918-12-25"),
    ("11/11/1918", "1918-11-11"),
    ("11/1918", "1918-11"),
    ("1918/11", "1918-11"),
    ("1918-1-5", "1918-01-05"),
    ("1918.11.11", "1918-11-11"),
    ("11.XI.1918", "1918-11-11"),
    ("20090727", "2009-07-27"),
    ("2009:07:27 10:30:00", "2009-07-27T10:30:00"),
    ("2009-07-27 10:30", "2009-07-27"),
    ("2009-07-27Z", "2009-07-27"),
    ("2009-07-27+02:00", "2009-07-27"),
    ("20090700", "2009-07"),
    ("19990000", "1999"),
    ("2009-07-27T10:30:00.123Z", "2009-07-27T10:30:00Z"),
    ("2009-07-27 10:30:00 +0200", "2009-07-27T10:30:00+02:00"),
    # EDTF as it stands, which dateutil misreads
    ("1984", "1984"),
    ("-0044", "-0044"),
    ("0044", "0044"),
    # last resort
    ("Sat, 11 Nov 1918 08:30:00 GMT", "1918-11-11"),
    ("Thu Sep 25 10:36:28 2003", "2003-09-25"),
    ("11 Nov 1918 at 11am", "1918-11-11"),
    ("10:30 11 November 1918", "1918-11-11"),
    ("Friday 1918", "1918"),
]

ASKED = [
    ("01/02/2003", ("2003-02-01", "2003-01-02")),
    ("1-2-1918", ("1918-02-01", "1918-01-02")),
    ("25/3/59", ("1859-03-25", "1959-03-25", "2059-03-25")),
    (
        "12/3/59",
        ("1859-03-12", "1959-03-12", "2059-03-12", "1859-12-03", "1959-12-03", "2059-12-03"),
    ),
    ("4 July 76", ("1876-07-04", "1976-07-04", "2076-07-04")),
    ("July '76", ("1876-07", "1976-07", "2076-07")),
    ("'20s", ("182X", "192X", "202X")),
    ("1900s", ("190X", "19XX")),
    ("c1920", ("1920", "1920~")),
    ("1905/06", ("1905-06", "1905/1906")),
    ("1902-3", ("1902-03", "1902/1903")),
    ("winter 1917-18", ("1917-24", "1918-24")),
    ("after 01/02/1918", ("1918-02-01/..", "1918-01-02/..")),
    ("c. 01/02/1918", ("1918-02-01~", "1918-01-02~")),
]

UNDATED = ["n.d.", "[n.d.]", "N.D.", "undated", "no date", "s.d.", "sin fecha", "ohne Datum", "0000-00-00"]

NOT_A_DATE = [
    "99",
    "Friday",
    "10:30",
    "200102",
    "12 March",
    "July 27",
    "Room 12, 1918 May",
    "January 32, 1918",
    "2/30/1918",
    "between 1920 and 1918",
    "1918-11-11 and more",
    "1918-W45",
    "22nd century",
    "0 BC",
    "the letter of 1918 to his aunt",
    "May 1918 12 30",
    "11 Nov 1918 10h",  # a number that is no part of the date
    "1e400 1918",
    "11111111111111111111 Nov 1918",
    "\u0661\u0669\u0661\u0668",
    "Meiji 3",  # of the moon
    "Taisho 16",
    "19000000 and more",
    "00000000",
    "MM",
    "mill",
    "listopad 1921",  # October or November
    "1915, 1914",
    "1914, 1914",
    "published",
    "tomorrow",
    "30 February 1918",
    "1" * 400,
]

ADVISED = [
    ("1850-1874 (bulk 1860-1865)", "bulk"),
    ("1850-1874, undated", "undated"),
    ("1850-1874 and n.d.", "undated"),
    ("1967, printed 1980", "column of its own"),
    ("modeled 1880, cast 1902", "column of its own"),
    ("1968, c1967", "column of its own"),
]


@pytest.mark.parametrize(("text", "edtf"), SUGGESTED)
def test_certain_reading_is_suggested(text: str, edtf: str) -> None:
    suggestion = suggest(text)
    assert (suggestion.edtf, suggestion.ambiguous) == (edtf, ())
    assert suggestion.reason


@pytest.mark.parametrize(("text", "candidates"), ASKED)
def test_open_reading_is_asked(text: str, candidates: tuple[str, ...]) -> None:
    suggestion = suggest(text)
    assert (suggestion.edtf, suggestion.ambiguous) == (None, candidates)
    assert suggestion.reason.endswith("?")


@pytest.mark.parametrize("text", UNDATED)
def test_undated_is_not_a_date(text: str) -> None:
    assert suggest(text) == DateSuggestion(edtf=None, reason="the text says that there is no date")


@pytest.mark.parametrize("text", NOT_A_DATE)
def test_nothing_is_suggested_where_nothing_is_certain(text: str) -> None:
    suggestion = suggest(text)
    assert (suggestion.edtf, suggestion.ambiguous) == (None, ())


@pytest.mark.parametrize(("text", "word"), ADVISED)
def test_what_no_one_date_can_say_is_answered_with_where_to_put_it(text: str, word: str) -> None:
    suggestion = suggest(text)
    assert (suggestion.edtf, suggestion.ambiguous) == (None, ())
    assert word in suggestion.reason


@pytest.mark.parametrize(
    ("text", "order", "edtf"),
    [
        ("01/02/1918", "dmy", "1918-02-01"),
        ("01/02/1918", "mdy", "1918-01-02"),
        ("25/12/1918", "mdy", "1918-12-25"),
        ("between 01/02/1918 and 03/02/1918", "dmy", "1918-02-01/1918-02-03"),
    ],
)
def test_stated_order_decides(text: str, order: Order, edtf: str) -> None:
    assert suggest(text, order=order).edtf == edtf


def test_century_is_asked_even_where_the_order_is_stated() -> None:
    assert suggest("59/3/12", order="ymd").ambiguous == ("1859-03-12", "1959-03-12", "2059-03-12")
    assert suggest("12/3/59", order="dmy").ambiguous == ("1859-03-12", "1959-03-12", "2059-03-12")


_WORDS = """
1918 1920 19 18 7 11 99 2009 0000 May July mai Winter c. ca. before after between and to - – / ? [ ] ( )
's s th century BC AD 10:30 am Sat . , ' 192 -- u x n.d. 1e9 Z +01:00 q3 XIX or open
"""
WORDS = st.sampled_from(_WORDS.split())


@example("1918?" * 30)
@example("[" * 159)
@example("1 " * 80)
@given(
    st.one_of(st.text(), st.lists(WORDS, max_size=8).map(" ".join), st.lists(WORDS, max_size=8).map("".join))
)
def test_whatever_is_suggested_is_edtf(text: str) -> None:
    for order in (None, *get_args(Order)):
        suggestion = suggest(text, order=order)
        dates = [text for text in (suggestion.edtf, *suggestion.ambiguous) if text is not None]
        for edtf in dates:
            parse(edtf)
        assert suggestion.edtf is None or not suggestion.ambiguous
        assert len(suggestion.ambiguous) != 1


@given(
    st.dates(), st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y %b %d", "%a, %d %b %Y %H:%M:%S", "%Y/%m/%d"])
)
def test_written_day_is_read_back(day: date, form: str) -> None:
    if day.year >= 1000:
        assert suggest(day.strftime(form)).edtf == day.isoformat()


def test_common_forms_are_read_without_importing_dateutil() -> None:
    code = "import sys; from archive.core.date_suggestion import suggest; suggest('July 27, 2009')"
    code += "; sys.exit('dateutil' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_long_text_is_refused_unread() -> None:
    started = time.perf_counter()
    assert suggest("1918 or " * 200_000).reason == "too long for a date"
    assert suggest("1" * DATE_TEXT_CHARACTERS).edtf is None
    assert time.perf_counter() - started < 30  # a hang, not a measurement


@pytest.mark.parametrize("text", ["May 12th, 191'8", "12 May '8", "spring 1918/'9", "May '"])
def test_a_stray_apostrophe_is_no_date(text: str) -> None:
    assert suggest(text).edtf is None


def test_the_page_tells_what_is_suggested_and_what_is_asked() -> None:
    table = PAGE.read_text("utf-8").split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", table, re.MULTILINE)
    assert len(rows) >= 12
    for written, told in rows:
        texts, dates = re.findall("`([^`]+)`", written), re.findall("`([^`]+)`", told)
        found = [suggest(text) for text in texts]
        assert [one.edtf for one in found] == (dates or [None] * len(texts)), written
        assert {bool(one.ambiguous) for one in found} == {told.startswith("asked")}, written
