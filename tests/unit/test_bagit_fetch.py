"""RFC 8493 §2.2.3: fetch.txt is judged, and never acted on."""

import pytest

from archive.core.bagit.fetch import FetchEntry, parse_fetch
from archive.core.bagit.versions import V0_97, V1_0


def codes(text: str) -> list[str]:
    return [finding.code for finding in parse_fetch(text.encode(), version=V1_0).findings]


def test_url_length_and_decoded_path_are_read() -> None:
    text = "https://example.org/a 12 data/a%0Ab c\nfile:///x\t-\tdata/b\r\n"
    assert parse_fetch(text.encode(), version=V1_0) == (
        [FetchEntry("https://example.org/a", 12, "data/a\nb c"), FetchEntry("file:///x", None, "data/b")],
        (),
    )


def test_nothing_is_decoded_before_version_1_0() -> None:
    assert parse_fetch(b"http://x/ 1 data/%25", version=V0_97).entries[0].path == "data/%25"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("http://x/ 1", "BAG-FETCH-SYNTAX"),
        ("nonsense", "BAG-FETCH-SYNTAX"),
        ("x/y 1 data/a", "BAG-FETCH-URL"),
        ("http://x/ 1x data/a", "BAG-FETCH-LENGTH"),
        ("http://x/ ١ data/a", "BAG-FETCH-LENGTH"),
        (f"http://x/ {'9' * 6000} data/a", "BAG-FETCH-LENGTH"),
        ("http://x/ 1 ../a", "BAG-PATH-TRAVERSAL"),
        ("http://x/ 1 /tmp/a", "BAG-PATH-ABSOLUTE"),
        ("http://x/ 1 ~/a", "BAG-PATH-HOME"),
        ("http://x/ 1 bagit.txt", "BAG-PATH-OUTSIDE"),
        ("http://x/ 1 data/a\nhttp://y/ 1 data/a", "BAG-FETCH-REPEATED"),
        ("", "BAG-LINE-BLANK"),
    ],
)
def test_a_wrong_line_is_named(line: str, code: str) -> None:
    assert code in codes(f"{line}\n")


def test_a_bomb_is_answered_with_few_findings() -> None:
    assert len(codes("bogus\n" * 300_000)) <= 1003
