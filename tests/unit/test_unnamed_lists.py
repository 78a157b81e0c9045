"""A list of digests whose name does not say so is a document: nothing is compared with it, and it is said."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from tests.archives import make_archive

Printed = pytest.CaptureFixture[str]
MD5, SHA256 = "0" * 32, "1" * 64
WARNING = "SUM-NOT-USED"


def warned(root: Path, printed: Printed, *words: str) -> Iterator[str]:
    """The files of which a check says it; it finds no error."""
    printed.readouterr()
    assert run(["check", str(root), "--describe-later", "--format", "json", *words]) == 0
    report: Any = json.loads(printed.readouterr().out)
    return (each["place"] for each in report["findings"] if each["code"] == WARNING)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("md5.txt", f"{MD5}  a.txt\n"),
        ("SHA-256.txt", f"{SHA256} *a.txt\r\n"),
        ("a.txt.md5.txt", f"{MD5}\n"),
        (".md5", f"{MD5}  a.txt\n"),
        ("hashdeep.log", f"%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n## a remark\n2,{MD5},a.txt\n"),
        ("fixity.csv", f"path,checksum\na.txt,{SHA256}\nb.txt,{SHA256}\n"),
        ("x.sfv", "; a remark\na.txt 00000000\nb c.txt 12345678\n"),
        ("my hashes", f"MD5 (a.txt) = {MD5}\n"),
        ("checksums-utf16.dat", f"{MD5}  a.txt\r\n".encode("utf-16")),
    ],
)
def test_what_looks_like_one_is_said(
    name: str, content: str | bytes, tmp_path: Path, capsys: Printed
) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s/a.txt").write_text("a\n")
    (tmp_path / "s" / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert list(warned(tmp_path / "s", capsys)) == [name]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("md5.txt", "How MD5 was broken\n\nAn essay that states one digest:\n" + MD5 + "\n"),
        ("Shakespeare.txt", f"{MD5}  a.txt\n"),
        ("hashes.txt", ""),
        ("checksums.bin", b"\xff" * 200_000),
        ("sfv/letter.txt", "Dear Sir 12345678\n"),
    ],
)
def test_what_does_not_is_a_document_like_any_other(
    name: str, content: str | bytes, tmp_path: Path, capsys: Printed
) -> None:
    path = tmp_path / "s" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert list(warned(tmp_path / "s", capsys)) == []


def test_it_is_taken_in_all_the_same_and_said_then_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    source = tmp_path / "deposit"
    source.mkdir()
    (source / "a.txt").write_text("a\n")
    (source / "md5.txt").write_text(f"{MD5}  a.txt\n")
    assert run(["-C", str(made.root), "ingest", str(source), "--describe-later"]) == 0
    said = capsys.readouterr()
    assert "looks like a list of checksums" in said.out
    assert "2 documents ingested" in said.out


def test_a_link_in_its_place_is_refused_and_nothing_is_read_through_it(
    tmp_path: Path, capsys: Printed
) -> None:
    (tmp_path / "outside").write_text(f"{MD5}  a.txt\n")
    (tmp_path / "s").mkdir()
    (tmp_path / "s/md5.txt").symlink_to(tmp_path / "outside")
    assert run(["check", str(tmp_path / "s"), "--describe-later"]) == 1
    assert WARNING not in capsys.readouterr().out
