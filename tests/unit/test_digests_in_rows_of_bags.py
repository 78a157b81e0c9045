"""A digest that a row states of a bag is compared as those of files are, and never taken for its own."""

from hashlib import md5, sha256, sha512
from pathlib import Path

import pytest

from tests.archives import make_archive
from tests.changes import Changing
from tests.conformance.bag_cases.bag import build, good

LETTER = b"Dear Sir"
RIGHT = {"md5": md5(LETTER).hexdigest(), "sha256": sha256(LETTER).hexdigest()}  # noqa: S324
WRONG = {"md5": "0" * 32, "sha256": "0" * 64, "sha512": "0" * 128}


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Changing:
    """An archive, and the valid bag `bb` of one file beside it."""
    build(good({"data/letter.txt": LETTER}), tmp_path / "bb")
    return Changing(make_archive(tmp_path, monkeypatch), capsys)


def told(archive: Changing, column: str, digest: str, *words: str, code: int) -> list[tuple[str, str]]:
    """Code and place of each error of a command with a row that states the digest of the bag."""
    table = archive.made.folder / "bb.csv"
    table.write_text(f"filename,dc.title,{column}\nbb,Letters,{digest}\n")
    given = [words[0], str(archive.made.folder / "bb"), "--metadata", str(table), *words[1:]]
    report = archive(*given, code=code)
    rejected = report.get("rejected", [])
    found = [*report["findings"], *(one for each in rejected for one in each["findings"])]
    return [(one["code"], one["place"]) for one in found if one["severity"] == "error"]


WAYS = pytest.mark.parametrize(
    ("words", "code"),
    [(("ingest",), 4), (("ingest", "--dry-run", "--read"), 4), (("check",), 1)],
    ids=["ingest", "dry run", "check"],
)


@WAYS
@pytest.mark.parametrize("column", ["md5", "sha256"])
def test_one_in_no_manifest_is_compared_with_the_file(
    archive: Changing, column: str, words: tuple[str, ...], code: int
) -> None:
    assert told(archive, column, WRONG[column], *words, code=code) == [("SUM-MISMATCH", "bb/data/letter.txt")]
    assert told(archive, column, RIGHT[column], *words, code=0) == []


@WAYS
def test_what_a_manifest_states_otherwise_is_a_contradiction_and_no_change_of_the_bag(
    archive: Changing, words: tuple[str, ...], code: int
) -> None:
    (contradiction,) = told(archive, "sha512", WRONG["sha512"], *words, code=code)
    assert contradiction == ("SUM-CONTRADICTION", "bb/manifest-sha512.txt")
    assert told(archive, "sha512", sha512(LETTER).hexdigest(), *words, code=0) == []


@pytest.mark.parametrize("words", [("ingest",), ("ingest", "--dry-run", "--read")], ids=["ingest", "dry run"])
def test_of_a_bag_that_is_held_it_is_compared_too(archive: Changing, words: tuple[str, ...]) -> None:
    assert told(archive, "md5", RIGHT["md5"], "ingest", code=0) == []
    assert told(archive, "md5", WRONG["md5"], *words, code=4) == [("SUM-MISMATCH", "bb/data/letter.txt")]


def test_where_nothing_is_compared_that_is_said(archive: Changing) -> None:
    table = archive.made.folder / "bb.csv"
    table.write_text(f"filename,dc.title,md5\nbb,Letters,{WRONG['md5']}\n")
    source = str(archive.made.folder / "bb")
    for words in (("ingest", "--dry-run"), ("check", "--no-checksums")):
        report = archive(words[0], source, "--metadata", str(table), words[1])
        assert "SUM-NOT-COMPARED" in [one["code"] for one in report["findings"]]
