"""Our reading of EDTF against edtf-validate 2.0 (UNT Libraries), an independent grammar.

The two agree on everything below but what is listed with its reason; the list is exact, so that a change on
either side is seen.
"""

from pathlib import Path

import pytest

from archive.core.edtf import EdtfError, parse

pytestmark = pytest.mark.filterwarnings("ignore")  # pyparsing's deprecations

ACCEPTED_ONLY_HERE = {
    "the specification itself writes a space after the comma": [
        "[1667,1668, 1670..1672]",
        "[1760-01, 1760-02, 1760-12..]",
    ],
    "ISO 8601-2 lets a qualifier follow any date, unspecified digits or a long year included": [
        "16XX~",
        "16XX~/1750",
        "Y-17E7~",
        "1950S2?",
        "2001~-21",
    ],
    "a season of some year in a decade is a date like another": ["200X-21", "19XX-25"],
    "autumn and winter may come before spring: south, or the winter that began the year": [
        "2001-24/2001-21",
        "2001-23/2001-21",
    ],
    "an open or unknown side combines with every date": [
        "198X/..",
        "198X/",
        "/198X",
        "../2004-06-~11",
        "../-0044",
    ],
    "a year beyond 9999 may end an interval": ["Y17000/..", "1984/Y17000", "-0044/Y17000"],
    "a season may end an interval that begins BCE": ["-0044/2001-21"],
    "+00:00 is a zone": ["1985-04-12T00:00:00+00:00"],
}
REFUSED_ONLY_HERE = {
    "no such day": ["1985-02-29", "1900-02-29", "19X1-02-29", "1984-02-3X"],
    "white space around a date": ["1985\n", "1985-04-12T10:00:00Z\n", "[1984 ,1985]"],
    "a year of more than 18 digits": ["Y1E18", "Y1E9999"],
    "more significant digits than the year has": ["1950S5"],
    "a time without a whole date": ["1985T10:00:00", "1985-04T10:00:00"],
    "an interval without any date": ["../..", "/..", "../"],
    "a range that ends before it begins": ["[1984..1983]"],
}

AGREED = """
1985 1985-04 1985-04-12 1985-4-12 1985-13 1985-00 1985-04-31 1985-02-30 2000-02-29 0000 -0000 -1985
-0044-03-15 19850412 198 19855 +1985 1985-04-12T23:20:30 1985-04-12T23:20:30Z 1985-04-12T23:20:30-04
1985-04-12T23:20:30+04:30 1985-04-12T24:00:00 1985-04-12T24:00:01 1985-04-12T23:59:60 1985-04-12T25:00:00
1985-04-12T10:00 1985-04-12T10:00:00.5 1985-04-12T10:00:00+14:00 1985-04-12T10:00:00+14:01
1985-04-12T10:00:00-00:00 1985-04-12T10:00:00? 1985-04-12T Y170000002 Y-170000002 Y1985 Y017000 y17000
Y-17E7 Y1E0 1950S2 1950S0 1950S Y171010000S3 Y3388E2S3 195XS2 2001-21 2001-24 2001-20 2001-25 2001-34
2001-41 2001-42 1985-21-01 2001-21? 1984? 2004-06~ 2004-06-11% 1984?? ?1984 ~1984? 2004-06~-11
2004?-06-11 ?2004-06-~11 2004-%06-11 201X 20XX 2XXX XXXX 2004-XX 1985-04-XX 1985-XX-XX 156X-12-25
15XX-12-25 XXXX-12-XX 1XXX-XX 1XXX-12 1984-1X 1984-2X 1984-X3 1985-04-4X 198x uuuu -201X 1964/2008
2004-06/2006-08 2004-02-01/2005 2005/2006-02 2008/1964 2004-06-11/2004-06-10 -0044/0014 0014/-0044
1985-04-12/.. 1985/.. ../1985-04 ../1985 1985/ /1985-04-12 / 1985//1986 1985/1986/1987 1984~/2004-06
1984~/1980~ 2004-06-~01/2004-06-~20 2004-06-XX/2004-07-03 2001-21/2003 2003/2001-21
1985-04-12T10:00:00/1986 [1667,1668,1670..1672] [..1760-12-03] [1760-12..] [1760-01,1760-02,1760-12..]
[1667,1760-12] [..1984] [1984] [] {1667,1668,1670..1672} {1960,1961-12} {..1984} {1984?,198X} [1984,1985}
[1984,] [..] [198X..1995] [1984..1985-02] [1984,..1985] [1984..,1985] [2001-21..2001-23]
[[1984,1985],1986] 1918-20-05 c.1920 1920s 1918-1920 unknown
"""


@pytest.fixture(scope="module")
def second_opinion() -> "dict[str, bool]":
    """Their verdict on every text here."""
    module = pytest.importorskip("edtf_validate.valid_edtf")
    listed = [
        text
        for table in (ACCEPTED_ONLY_HERE, REFUSED_ONLY_HERE)
        for texts in table.values()
        for text in texts
    ]
    return {text: bool(module.is_valid(text)) for text in AGREED.split() + listed}


def _accepted(text: str) -> bool:
    try:
        parse(text)
    except EdtfError:
        return False
    return True


def test_both_grammars_agree_but_for_the_stated_reasons(second_opinion: dict[str, bool]) -> None:
    here = {text: _accepted(text) for text in second_opinion}
    only_here = {text for text, accepted in here.items() if accepted and not second_opinion[text]}
    only_there = {text for text, accepted in here.items() if not accepted and second_opinion[text]}
    assert only_here == {text for texts in ACCEPTED_ONLY_HERE.values() for text in texts}
    assert only_there == {text for texts in REFUSED_ONLY_HERE.values() for text in texts}


def test_every_difference_is_on_the_page_with_its_reason() -> None:
    page = (Path(__file__).parents[2] / "docs" / "dates.md").read_text(encoding="utf-8")
    rows = set(page.splitlines())
    for table in (ACCEPTED_ONLY_HERE, REFUSED_ONLY_HERE):
        for why, texts in table.items():
            shown = " · ".join("`" + text.replace("\n", "\\n") + "`" for text in texts)
            assert f"| {shown} | {why} |" in rows
