"""URLs and lengths of fetch.txt: what RFC 3986 allows, and what a number is."""

import pytest

from archive.core.bagit.fetch import parse_fetch
from archive.core.bagit.versions import V1_0
from archive.core.findings import Severity


@pytest.mark.parametrize(
    "url",
    [
        "http://ex\u00e4mple.org/a",
        "http://[x/a",
        "http://x]/a",
        "http://x/[a]",
        "http://[x]/a",
        "http://x/%zz",
        "http://x/%2",
        "http://x/a#b#c",
        "http://x/a|b",
        "http://x/<a>",
        "http://x:8a/",
    ],
)
def test_what_no_url_may_hold_is_warned_of(url: str) -> None:
    read = parse_fetch(f"{url} 1 data/a\n".encode(), version=V1_0)
    assert [(one.code, one.severity, one.found, one.at.line) for one in read.findings] == [
        ("BAG-FETCH-URL-SYNTAX", Severity.WARNING, url, 1)
    ]
    assert [entry.url for entry in read.entries] == [url]


@pytest.mark.parametrize(
    "url",
    [
        "http://x/",
        "http://ana@x:8080/a;b=c/%7Ea?b=c&d=e#f",
        "http://[2001:db8::7]:80/a",
        "http://[v1.a:b]/",
        "http://x",
        "file:///x",
        "urn:isbn:9780141036144",
        "mailto:ana@x",
        "http://xn--exmple-cua.org/a(1)!$&'*+,",
        "s3://bucket/a//b",
        "a:/",
        "a:?b",
    ],
)
def test_what_a_url_may_hold_is_not(url: str) -> None:
    assert parse_fetch(f"{url} 1 data/a\n".encode(), version=V1_0).findings == ()


def test_a_long_url_is_judged_at_once() -> None:
    url = "http://" + "a:" * 8_000 + "%"
    assert len(parse_fetch(f"{url} 1 data/a\n".encode() * 20, version=V1_0).findings) == 39


@pytest.mark.parametrize(
    ("length", "stated"), [("0" * 20 + "7", 7), ("0" * 5_000, 0), ("0" * 30 + "9" * 20, 10**20 - 1)]
)
def test_a_length_may_begin_with_zeros(length: str, stated: int) -> None:
    read = parse_fetch(f"http://x/ {length} data/a\n".encode(), version=V1_0)
    assert ([entry.length for entry in read.entries], read.findings) == ([stated], ())
