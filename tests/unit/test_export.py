"""Copies for use: verified, complete under their names, or not there at all."""

import json
import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import pytest

from archive.cli.frame import run
from archive.services.catalog.index_reading import reading_index
from archive.storage.layout import bag_path
from tests.archives import MadeArchive, ingest_empty, make_archive, overwrite
from tests.exported import ODD, ODD_STORED, asked, letters


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """The letters, to be read only."""
    with pytest.MonkeyPatch.context() as patch:
        yield letters(tmp_path_factory.mktemp("export"), patch)


def test_files_come_back_under_their_own_names_with_page_and_digests(
    made: MadeArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    report = asked(made, capsys, "--all", "--to", str(out), code=1)
    (letter,) = [path for path in out.rglob("*") if path.name == ODD]
    assert letter.read_bytes() == b"one"
    page = (out / "about.html").read_text()
    assert "Letter &lt;b&gt;" in page
    assert "<script" not in page
    assert "Secret" not in page
    assert report["counts"] == {"copied": 2, "refused": 1, "files": 2, "bytes": 8}
    assert [one["finding"]["code"] for one in report["refused"]] == ["ACCESS-RESTRICTED"]
    checked = subprocess.run(
        ["sha512sum", "--check", "--strict", "manifest-sha512.txt"], cwd=out, check=False
    )
    assert checked.returncode == 0


def test_restricted_document_is_copied_for_a_reason_that_stands_in_the_copy(
    made: MadeArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    options = ["--restricted-ok", "--reason", "for the court & its clerk"]
    report = asked(made, capsys, "--all", "--to", str(out), *options, code=0)
    assert report["counts"]["copied"] == 3
    assert "for the court &amp; its clerk" in (out / "about.html").read_text()


def test_restricted_document_alone_leaves_nothing_behind(
    made: MadeArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with reading_index(made.opened) as reading:
        (secret,) = [row.reference for row in reading.index.list() if row.source == "secret.txt"]
    before = sorted(tmp_path.iterdir())
    report = asked(made, capsys, secret, "--to", str(tmp_path / "out"), code=1)
    assert report["to"] is None
    assert sorted(tmp_path.iterdir()) == before


def test_damaged_document_is_left_out_and_the_others_are_copied(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = letters(tmp_path / "own", monkeypatch)
    with reading_index(made.opened) as reading:
        (row,) = [row for row in reading.index.list() if row.source == "sub/plain.txt"]
    overwrite(made.root / bag_path(row.bag) / "data" / "plain.txt", b"thref")
    out = tmp_path / "out"
    report = asked(made, capsys, "--accession", "2026-7", "--to", str(out), code=1)
    assert sorted(one["finding"]["code"] for one in report["refused"]) == [
        "ACCESS-RESTRICTED",
        "EXPORT-DAMAGED",
    ]
    assert "FIX-ALTERED" in {finding["code"] for finding in report["findings"]}
    assert not list(out.rglob("plain.txt"))
    assert not (out / row.reference).exists()


def lost(path: Path) -> None:
    path.unlink()


def altered(path: Path) -> None:
    overwrite(path, b'{"names": {}}')


def linked(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


@pytest.mark.parametrize("harm", [lost, altered, linked])
@pytest.mark.parametrize("words", [["open"], ["export"], ["export", "--as-received"]], ids=" ".join)
def test_nothing_is_copied_under_stored_names_because_the_own_ones_are_damaged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, harm: Callable[[Path], None], words: list[str]
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({ODD: b"one"})
    harm(made.bag("2026-000001") / "metadata/names.json")
    assert run(["-C", str(made.root), *words, "2026-000001", "--to", str(tmp_path / "out")]) == 1
    assert list(tmp_path.glob("out/**/*.txt")) == []


@pytest.mark.parametrize("form", ["files", "ro-crate"])
def test_as_received_gives_the_paths_back(
    made: MadeArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    out = tmp_path / "out"
    asked(made, capsys, "--all", "--as-received", "--as", form, "--to", str(out), code=1)
    received = out / "as-received"
    assert sorted(
        path.relative_to(received).as_posix() for path in received.rglob("*") if path.is_file()
    ) == [
        f"letters/{ODD}",
        "sub/plain.txt",
    ]


def test_crate_tells_size_and_time_of_the_files_that_are_there(
    made: MadeArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    asked(made, capsys, "--all", "--as", "ro-crate", "--to", str(out), code=1)
    graph = json.loads((out / "ro-crate-metadata.json").read_text())["@graph"]
    told = {unquote(each["@id"]): each for each in graph if each["@type"] == "File"}
    there = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    assert set(told) == set(there) - {"ro-crate-metadata.json"}
    assert {name: int(each["contentSize"]) for name, each in told.items()} == {
        name: there[name].stat().st_size for name in told
    }
    changed = {name: each["dateModified"] for name, each in told.items() if "dateModified" in each}
    assert sorted(name.rpartition("/")[2] for name in changed) == sorted([ODD, "plain.txt"])
    for name, said in changed.items():
        seen = datetime.fromisoformat(said).timestamp()
        assert abs(seen - there[name].stat().st_mtime) < 0.002


def test_two_documents_of_one_path_are_both_there_as_received(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = letters(tmp_path / "own", monkeypatch)
    made.ingest({"sub/plain.txt": b"other"}, name="second", accession="2026-8")
    out = tmp_path / "out"
    asked(made, capsys, "--all", "--as-received", "--to", str(out), code=1)
    found = sorted(path.read_bytes() for path in (out / "as-received").rglob("plain.txt"))
    assert found == [b"other", b"three"]


@pytest.mark.parametrize("to", ["out", "out.zip"])
@pytest.mark.parametrize("form", ["files", "ro-crate"])
@pytest.mark.parametrize(
    "first", [["letter.txt", "2026-000003/letter.txt"], ["letter.txt", "2026-000003"]], ids=["file", "folder"]
)
def test_the_way_out_for_a_taken_path_may_be_taken_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, to: str, form: str, first: list[str]
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({name: name.encode() for name in first}, name="one")
    made.ingest({"letter.txt": b"third"}, name="two", accession="B")
    out = tmp_path / to
    words = ["export", "--all", "--as-received", "--as", form, "--to", str(out)]
    assert run(["-q", "-C", str(made.root), *words]) == 0
    if out.suffix:
        with zipfile.ZipFile(out) as packed:
            assert len(set(packed.namelist())) == len(packed.namelist())
            packed.extractall(out := tmp_path / "unpacked")
    received = out / "as-received"
    found = {path.relative_to(received).as_posix(): path.read_bytes() for path in received.rglob("*.txt")}
    assert found == {name: name.encode() for name in first if name.endswith(".txt")} | {
        "2026-000003-2/letter.txt": b"third"
    }


def test_bag_form_is_the_valid_bag(
    made: MadeArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    report = asked(made, capsys, "--all", "--as", "bag", "--to", str(out), code=1)
    bags = [str(out / each["folder"]) for each in report["documents"]]
    assert run(["-q", "verify", "--strict", *bags]) == 0


@pytest.mark.parametrize("form", ["files", "bag", "mets", "ro-crate"])
def test_a_document_of_no_files_has_its_folder_in_every_form(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    ingest_empty(made)
    (one,) = asked(made, capsys, "--all", "--as", form, "--to", str(tmp_path / "out"), code=0)["documents"]
    asked(made, capsys, "--all", "--as", form, "--to", str(tmp_path / "out.zip"), code=0)
    with zipfile.ZipFile(tmp_path / "out.zip") as packed:
        packed.extractall(tmp_path / "unpacked")
    for out in (tmp_path / "out", tmp_path / "unpacked"):
        assert (out / one["folder"]).is_dir()
        if form == "bag":
            assert run(["-q", "verify", "--strict", str(out / one["folder"])]) == 0


@pytest.mark.parametrize("to", ["out", "out.zip"])
def test_nothing_is_left_of_a_document_of_no_files_that_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], to: str
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    overwrite(ingest_empty(made) / "metadata" / "premis.xml", b"other")
    made.ingest({"plain.txt": b"one"})
    asked(made, capsys, "--all", "--as", "bag", "--to", str(tmp_path / to), code=1)
    if to == "out":
        assert not (tmp_path / to / "2026-000001").exists()
    else:
        with zipfile.ZipFile(tmp_path / to) as packed:
            assert not any(name.startswith("2026-000001") for name in packed.namelist())


def test_zip_holds_what_the_folder_would(
    made: MadeArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, packed = tmp_path / "out", tmp_path / "out.zip"
    asked(made, capsys, "--all", "--to", str(folder), code=1)
    asked(made, capsys, "--all", "--to", str(packed), code=1)
    with zipfile.ZipFile(packed) as archive:
        assert archive.testzip() is None
        there = {name: archive.read(name) for name in archive.namelist()}
    in_folder = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(there) == {name.replace(ODD, ODD_STORED) for name in in_folder}
    assert there["about.html"].startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize("received", [(), ("--as-received",)])
def test_zip_has_no_name_that_programs_lose_on_the_way_out(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    received: tuple[str, ...],
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    lost = {"a\nb.txt", "c\rd.txt", "e\tf.txt", "g\x7f.txt", "h\\i.txt", "j\x1b.txt"}
    kept = {"k:l?.txt", "m<n>|o*.txt", 'p".txt', "q\x85.txt", "r ü.txt"}
    made.ingest({f"letters/{name}": name.encode() for name in lost | kept})
    report = asked(made, capsys, "--all", *received, "--to", str(tmp_path / "out.zip"), code=0)
    with zipfile.ZipFile(tmp_path / "out.zip") as packed:
        lines = packed.read("manifest-sha512.txt").decode().split("\n")
        named = {name for name in packed.namelist() if name.endswith(".txt")}
        assert {line[130:] for line in lines if line} == named - {"manifest-sha512.txt"} | {
            name for name in packed.namelist() if not name.endswith(".txt")
        }
        contents = {packed.read(name).decode(): name.rpartition("/")[2] for name in named}
    assert {original for original in kept if contents[original] == original} == kept
    assert not any(character in contents[name] for name in lost for character in "\n\r\t\x7f\\\x1b")
    if not received:
        renamed = {name for each in report["documents"] for name in each["renamed"]}
        assert renamed == {contents[name] for name in lost}


def test_references_that_give_one_folder_give_two(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    references = ("x/1", "x_1", "about.html", "ABOUT.html-document", "About.html")
    rows = "".join(f"{number}.txt,{reference},T,open\n" for number, reference in enumerate(references))
    files = {f"{number}.txt": b"%d" % number for number in range(len(references))}
    made.ingest({**files, "metadata.csv": f"filename,reference,dc.title,access\n{rows}".encode()})
    report = asked(made, capsys, "--all", "--to", str(tmp_path / "out"), code=0)
    folders = [each["folder"] for each in report["documents"]]
    assert len({folder.lower() for folder in folders}) == len(references)
    assert all((tmp_path / "out" / folder).is_dir() for folder in folders)


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("json", b"{"),
        ("oai_dc", b"<?xml"),
        ("mets", b"<?xml"),
        ("prov-json", b"{"),
        ("prov-n", b"document\n"),
    ],
)
def test_show_prints_one_document_in_the_formats_of_others(
    made: MadeArchive, capfdbinary: pytest.CaptureFixture[bytes], form: str, begins: bytes
) -> None:
    with reading_index(made.opened) as reading:
        (secret,) = [row.reference for row in reading.index.list() if row.source == "secret.txt"]
    assert run(["-C", str(made.root), "show", secret, "--as", form]) == 0
    hidden = capfdbinary.readouterr().out
    assert hidden.startswith(begins)
    assert b"Secret" not in hidden
    assert run(["-C", str(made.root), "show", secret, "--as", form, "--reveal"]) == 0
    assert b"Secret" in capfdbinary.readouterr().out


@pytest.mark.parametrize(
    ("seconds", "year"), [(-315_619_200, 1980), (7_258_118_400, 2107), (68 * 10**15, 2107)]
)
def test_a_time_that_no_zip_can_have_becomes_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int, year: int
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    source = tmp_path / "a.txt"
    source.write_bytes(b"one")
    os.utime(source, (seconds, seconds))  # ext4 has none beyond 2446, tmpfs has
    assert run(["-q", "-C", str(made.root), "ingest", str(source), "--describe-later"]) == 0
    to = tmp_path / "out.zip"
    assert run(["-q", "-C", str(made.root), "export", "2026-000001", "--to", str(to)]) == 0
    with zipfile.ZipFile(to) as packed:
        (found,) = [each for each in packed.infolist() if each.filename.endswith("a.txt")]
    assert found.date_time[0] == year


def test_two_documents_of_one_path_are_both_in_a_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"x/same.txt": b"first"}, name="one")
    made.ingest({"x/same.txt": b"second"}, name="two", accession="B")
    made.ingest({"x": b"third"}, name="three", accession="C")
    to = tmp_path / "out.zip"
    assert run(["-C", str(made.root), "export", "--all", "--as-received", "--to", str(to)]) == 0
    with zipfile.ZipFile(to) as packed:
        names = [name for name in packed.namelist() if name.startswith("as-received/")]
        assert len(set(names)) == len(names)
        contents = {packed.read(name) for name in names}
    assert contents == {b"first", b"second", b"third"}
