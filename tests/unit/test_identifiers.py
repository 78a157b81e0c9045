"""Identifiers: each kind is recognised, its check holds or is said not to, and no digit is ever guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.descriptions.description import Description, Value
from archive.core.descriptions.description_rules import judge
from archive.core.descriptions.identifiers import (
    NOID_ALPHABET,
    Scheme,
    holds_noid_check,
    isbn13,
    judge_identifier,
    noid_check,
)

UUID = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
# The examples are those of the standards and handbooks themselves.
GOOD = [
    ("10.1000/182", Scheme.DOI, "https://doi.org/10.1000/182"),
    ("doi:10.1000/182", Scheme.DOI, "https://doi.org/10.1000/182"),
    ("http://dx.doi.org/10.1000/182", Scheme.DOI, "https://doi.org/10.1000/182"),
    ("10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O", Scheme.DOI, None),
    ("ISBN 0-306-40615-2", Scheme.ISBN, "9780306406157"),
    ("ISBN 978-0-306-40615-7", Scheme.ISBN, "9780306406157"),
    ("978-0-306-40615-7", Scheme.ISBN, "9780306406157"),
    ("urn:isbn:0-8044-2957-X", Scheme.ISBN, "9780804429573"),
    ("ISSN 0378-5955", Scheme.ISSN, "0378-5955"),
    ("ISSN 2434-561X", Scheme.ISSN, "2434-561X"),
    ("https://orcid.org/0000-0002-1825-0097", Scheme.ORCID, "https://orcid.org/0000-0002-1825-0097"),
    ("0000-0002-1694-233X", Scheme.ORCID, "https://orcid.org/0000-0002-1694-233X"),
    ("hdl:20.1000/100", Scheme.HANDLE, "https://hdl.handle.net/20.1000/100"),
    ("http://hdl.handle.net/4263537/4000", Scheme.HANDLE, "https://hdl.handle.net/4263537/4000"),
    ("ark:/13030/xf93gt2q", Scheme.ARK, "ark:/13030/xf93gt2q"),
    ("https://n2t.net/ark:13030/xf9-3gt2q", Scheme.ARK, "ark:/13030/xf93gt2q"),
    (
        "urn:uuid:F81D4FAE-7dec-11d0-a765-00a0c91e6bf6",
        Scheme.UUID,
        "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    ),
]

BAD = [
    ("doi:182", Scheme.DOI),
    ("ISBN 0-306-40615-3", Scheme.ISBN),
    ("978-0-306-40615-8", Scheme.ISBN),
    ("ISBN 12345", Scheme.ISBN),
    ("ISSN 0378-5954", Scheme.ISSN),
    ("0000-0002-1825-0098", Scheme.ORCID),
    ("https://orcid.org/0000-0002-1825", Scheme.ORCID),
    ("hdl:no slash", Scheme.HANDLE),
    ("ark:/1303/xf93", Scheme.ARK),
    ("urn:uuid:f81d4fae", Scheme.UUID),
]


@pytest.mark.parametrize(("text", "scheme", "canonical"), GOOD)
def test_each_kind_is_recognised_and_has_one_spelling(
    text: str, scheme: Scheme, canonical: str | None
) -> None:
    judged = judge_identifier(text)
    assert judged is not None
    assert (judged.scheme, judged.problem) == (scheme, None)
    if canonical is not None:
        assert judged.canonical == canonical


@pytest.mark.parametrize(("text", "scheme"), BAD)
def test_one_that_does_not_hold_is_said_and_never_put_right_by_a_guess(text: str, scheme: Scheme) -> None:
    judged = judge_identifier(text)
    assert judged is not None
    assert judged.scheme == scheme
    assert judged.problem is not None
    assert judged.canonical is judged.spelt is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "2026-000001",
        "Box 3",
        "https://example.org/a",
        "1234567890",
        "Handle with care",
        "x" * 5000,
        "doing",
        "10.50",
        "https://doi.org/10.1000/\udcff",
    ],
)
def test_what_is_none_of_them_is_left_alone(text: str) -> None:
    assert judge_identifier(text) is None


def test_a_scheme_that_is_stated_tells_the_kind_of_plain_digits() -> None:
    judged = judge_identifier("0306406153", "ISBN")
    assert judged is not None
    assert judged.problem is not None


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("ISSN 03785955", "ISSN 0378-5955"),
        ("ISSN 0378\u20135955", "ISSN 0378-5955"),
        ("0000\u20100002\u20101825\u20100097", "0000-0002-1825-0097"),
        ("ISBN 978\u20130\u2013306\u201340615\u20137", "ISBN 978-0-306-40615-7"),
        ("ISBN O-3O6-4O6l5-2", "ISBN 0-306-40615-2"),
    ],
)
def test_what_is_certain_is_corrected(text: str, spelt: str) -> None:
    judged = judge_identifier(text)
    assert judged is not None
    assert judged.spelt == spelt


def test_the_noid_check_character_is_that_of_the_specification() -> None:
    assert noid_check("13030/xf93gt2") == "q"
    assert holds_noid_check("ark:/13030/xf93gt2q", "13030")
    assert holds_noid_check("ark:/13030/xf93gt2q/page2.v1", "13030")
    assert holds_noid_check("ark:/13030/xf93gt3q", "13030") is False
    assert holds_noid_check("ark:/13030/xf93gt3q", "12345") is None
    assert judge_identifier("ark:/13030/xf93gt2q", "NOID").problem is None  # type: ignore[union-attr]
    assert judge_identifier("ark:/13030/xf39gt2q", "NOID").problem is not None  # type: ignore[union-attr]


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(0, 9), st.integers(1, 9))
def test_any_one_wrong_digit_of_an_isbn_is_found(body: str, place: int, by: int) -> None:
    total = sum((10 - at) * int(digit) for at, digit in enumerate(body))
    check = -total % 11
    isbn = body + ("X" if check == 10 else str(check))
    good = judge_identifier(f"ISBN {isbn}")
    assert good is not None
    assert good.canonical == isbn13(isbn)
    place = min(place, 8)
    wrong = isbn[:place] + str((int(isbn[place]) + by) % 10) + isbn[place + 1 :]
    assert judge_identifier(f"ISBN {wrong}").problem is not None  # type: ignore[union-attr]


@given(st.text(NOID_ALPHABET, min_size=2, max_size=12), st.data())
def test_one_wrong_character_is_found_by_the_noid_check(name: str, data: st.DataObject) -> None:
    whole = name + noid_check(f"12345/{name}")
    place = data.draw(st.integers(0, len(name) - 1))
    other = data.draw(st.sampled_from(NOID_ALPHABET.replace(whole[place], "")))
    assert holds_noid_check(f"ark:/12345/{whole[:place]}{other}{whole[place + 1 :]}", "12345") is False


@given(st.text(max_size=200), st.sampled_from([None, "ISBN", "doi", "x"]))
def test_no_text_raises(text: str, scheme: str | None) -> None:
    judge_identifier(text, scheme)


def found(term: str, *texts: str) -> list[tuple[str, str | None]]:
    description = Description({"title": (Value("x"),), term: tuple(map(Value, texts))})
    return [(each.code, each.corrected) for each in judge(description, "t.csv:2")]


def test_descriptions_are_warned_of_what_does_not_hold_and_told_what_is_certain() -> None:
    assert found("identifier", "2026-000001", "ISBN 0-306-40615-3", "ISSN 03785955") == [
        ("DESC-IDENTIFIER-WRONG", None),
        ("DESC-IDENTIFIER-SPELLING", "ISSN 0378-5955"),
    ]


def test_among_other_texts_a_label_alone_is_no_fault() -> None:
    assert found("relation", "ISBN unknown", "doi: pending", "https://doi.org/10.1000/182") == []
    assert found("relation", "ISBN 0-306-40615-3") == [("DESC-IDENTIFIER-WRONG", None)]
