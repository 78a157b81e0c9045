"""A list of digests that is a SOURCE beside others, as a shell writes `letters/*`."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.archives import make_archive
from tests.changes import Changing
from tests.conformance.bag_cases.bag import build, good

WRONG = "0" * 64


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Changing:
    """An archive, and a folder `l` beside it."""
    (tmp_path / "l").mkdir()
    return Changing(make_archive(tmp_path, monkeypatch), capsys)


def brought(archive: Changing, files: dict[str, str], *words: str, code: int, star: str = "*") -> Any:
    """The report of `ingest l/*`."""
    folder = archive.made.folder / "l"
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return archive("ingest", *map(str, sorted(folder.glob(star))), "--describe-later", *words, code=code)


def errors(report: Any) -> list[tuple[str, str]]:
    found = [*report["findings"], *(one for each in report["rejected"] for one in each["findings"])]
    return [(one["code"], one["place"]) for one in found if one["severity"] == "error"]


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("name", "path", "listed"),
    [
        ("SHA256SUMS", "one.txt", "one.txt"),
        ("one.txt.sha256", "one.txt", "one.txt"),
        ("SHA256SUMS", "sub/one.txt", "sub/one.txt"),
        ("SHA256SUMS", "cafe\u0301.txt", "caf\u00e9.txt"),
    ],
)
def test_it_is_held_against_the_other_sources(archive: Changing, name: str, path: str, listed: str) -> None:
    wrong = brought(archive, {path: "1", name: f"{WRONG}  {listed}\n"}, code=4)
    assert [code for code, _ in errors(wrong)] == ["SUM-MISMATCH"]
    right = brought(archive, {path: "1", name: f"{digest('1')}  {listed}\n"}, code=0)
    assert [one["source"] for one in right["ingested"]] == [Path(path).name]
    assert [one["source"] for one in right["left_out"]] == [name]


def test_it_is_held_against_the_payload_of_a_bag(archive: Changing) -> None:
    build(good({"data/letter.txt": b"1"}), archive.made.folder / "l/b")
    lines = f"{WRONG}  b/data/letter.txt\n"
    assert [code for code, _ in errors(brought(archive, {"SHA256SUMS": lines}, code=4))] == ["SUM-MISMATCH"]


def test_what_it_lists_and_nobody_brought_or_has_is_told_apart(archive: Changing) -> None:
    lines = "".join(f"{digest(name)}  {name}\n" for name in ("one.txt", "two.txt", "gone.txt"))
    files = {"one.txt": "one.txt", "two.txt": "two.txt", "SHA256SUMS": lines}
    assert errors(brought(archive, files, code=4, star="[oS]*")) == [("SUM-NO-FILE", "SHA256SUMS:3")]
    excluded = brought(archive, files, "--exclude", "gone.txt", code=0, star="[oS]*")
    assert [one["source"] for one in excluded["ingested"]] == ["one.txt"]


def test_one_that_is_named_alone_is_a_document(archive: Changing) -> None:
    report = brought(archive, {"SHA256SUMS": f"{WRONG}  gone.txt\n"}, code=0)
    assert [one["source"] for one in report["ingested"]] == ["SHA256SUMS"]


def test_a_table_among_them_is_a_document_and_that_is_said(archive: Changing) -> None:
    report = brought(archive, {"one.txt": "1", "metadata.csv": "filename,title\none.txt,One\n"}, code=0)
    (kept,) = [one for one in report["findings"] if one["code"] == "PAIR-TABLE-KEPT"]
    assert kept["remedy"] == f"if it describes the others: --metadata {archive.made.folder}/l/metadata.csv"
    assert (kept["place"], len(report["ingested"])) == ("metadata.csv", 2)


def test_a_table_that_is_named_alone_is_a_document_like_any(archive: Changing) -> None:
    report = brought(archive, {"metadata.csv": "filename,title\none.txt,One\n"}, code=0)
    assert "PAIR-TABLE-KEPT" not in {one["code"] for one in report["findings"]}
