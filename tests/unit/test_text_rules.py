"""Texts that were damaged on their way are named with what to write, and sound ones are left in peace."""

import pytest

from archive.core.descriptions.text_rules import odd_text
from archive.core.findings import At, Finding


def finding(text: str) -> Finding:
    report = odd_text(text)
    assert report is not None
    return report(text, "m.csv:2:title", At(file="m.csv", line=2))


@pytest.mark.parametrize(
    ("text", "code", "corrected"),
    [
        ("Smith &amp; Sons", "DESC-MARKUP", "Smith & Sons"),
        ("Smith &amp;amp; Sons", "DESC-MARKUP", "Smith & Sons"),
        ("Caf&eacute; &#8217;s", "DESC-MARKUP", "Caf\u00e9 \u2019s"),
        ("&lt;i&gt;Vespa&lt;/i&gt;", "DESC-MARKUP", "<i>Vespa</i>"),
        ("<p>A letter</p>", "DESC-MARKUP", None),
        ("A letter<br />of two", "DESC-MARKUP", None),
        ("soft\u00adhyphen", "DESC-INVISIBLE-CHARACTER", "softhyphen"),
        ("zero\u200bwidth", "DESC-INVISIBLE-CHARACTER", "zerowidth"),
        ("\ufeffmark", "DESC-INVISIBLE-CHARACTER", "mark"),
        ("turned \u202eround\u202c", "DESC-INVISIBLE-CHARACTER", None),
        ("bell\x07", "DESC-CONTROL-CHARACTER", None),
        ("lost \ufffd", "DESC-DAMAGED-TEXT", None),
    ],
)
def test_what_happened_to_a_text_is_told(text: str, code: str, corrected: str | None) -> None:
    told = finding(text)
    assert (told.code, told.found, told.corrected) == (code, text, corrected)


@pytest.mark.parametrize(
    "text",
    [
        "AT&T",
        "https://a.example/?a=1&copy=2",
        "&nonsense;",
        "&#0;",
        "a < b and c > d",
        "<unclear>",
        "two\nlines\tand a tab",
        "no\u00a0break",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "e\u0301",
        "\U0001f468\u200d\U0001f469",
    ],
)
def test_sound_text_is_left_in_peace(text: str) -> None:
    assert odd_text(text) is None
