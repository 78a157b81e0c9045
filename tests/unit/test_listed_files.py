"""Which file a line of a depositor's list of digests means: the one that it names, never another one."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run

Printed = pytest.CaptureFixture[str]
Files = dict[str, str]


def line(content: str, path: str) -> str:
    """A line of a list, as `md5sum` writes it."""
    return f"{hashlib.md5(content.encode()).hexdigest()}  {path}\n"  # noqa: S324 - what depositors bring


def said(root: Path, files: Files, printed: Printed) -> list[tuple[str, str]]:
    """Code and message of what a check says of the digests of a folder with these files."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    run(["check", str(root), "--describe-later", "--format", "json"])
    report: Any = json.loads(printed.readouterr().out)
    assert report["kind"] == "check-report"
    found = [each for each in report["findings"] if each["code"].startswith("SUM-")]
    return [(each["code"], each["message"]) for each in found]


def lacks(path: str) -> list[tuple[str, str]]:
    return [("SUM-NO-FILE", f"{path} is listed by the depositor but not in the submission")]


@pytest.mark.parametrize("folder", ["data", "objects"])
def test_a_missing_file_of_a_folder_is_missing_whatever_is_called_like_it_beside(
    folder: str, tmp_path: Path, capsys: Printed
) -> None:
    files = {
        f"{folder}/a.txt": "raw",
        "readme.txt": "how",
        "MD5SUMS": line("raw", f"{folder}/a.txt") + line("x", f"{folder}/readme.txt"),
    }
    assert said(tmp_path / "s", files, capsys) == lacks(f"{folder}/readme.txt")


def test_a_folder_from_which_everything_is_missing_is_still_that_folder(
    tmp_path: Path, capsys: Printed
) -> None:
    (tmp_path / "s" / "data").mkdir(parents=True)
    files = {"readme.txt": "how", "MD5SUMS": line("x", "data/readme.txt")}
    assert said(tmp_path / "s", files, capsys) == lacks("data/readme.txt")


@pytest.mark.parametrize("prefix", ["data/", "objects/", "./objects/", "../objects/"])
def test_the_folder_that_the_submission_was_is_taken_away_where_it_has_none(
    prefix: str, tmp_path: Path, capsys: Printed
) -> None:
    files = {"a.txt": "a", "checksum.md5": line("b", f"{prefix}a.txt")}
    assert [code for code, _ in said(tmp_path / "s", files, capsys)] == ["SUM-MISMATCH"]


@pytest.mark.parametrize(
    ("where", "path", "file"),
    [
        ("metadata/checksum.md5", "../objects/a.txt", "objects/a.txt"),
        ("metadata/checksum.md5", "objects/a.txt", "objects/a.txt"),
        ("metadata/checksum.md5", "objects/sub/a.txt", "objects/sub/a.txt"),
        ("box/metadata/checksum.md5", "objects/a.txt", "box/objects/a.txt"),
        ("metadata/checksum.md5", "../objects/a.txt", "a.txt"),
        ("sub/MD5SUMS", "../a.txt", "a.txt"),
        ("sub/MD5SUMS", "./deep/./../a.txt", "sub/a.txt"),
    ],
)
@pytest.mark.parametrize(("content", "found"), [("a", []), ("b", ["SUM-MISMATCH"])])
def test_a_path_is_seen_from_the_folder_of_its_list(
    where: str, path: str, file: str, content: str, found: list[str], tmp_path: Path, capsys: Printed
) -> None:
    files = {file: "a", where: line(content, path)}
    assert [code for code, _ in said(tmp_path / "s", files, capsys)] == found


@pytest.mark.parametrize("path", ["../a.txt", "../../etc/passwd", "../s/a.txt", "/a.txt", "x/../../a.txt"])
def test_no_path_leads_out_of_the_submission(path: str, tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "a.txt").write_text("other")
    files = {"a.txt": "a", "MD5SUMS": line("other", path)}
    assert said(tmp_path / "s", files, capsys) == lacks(path)


def test_of_two_files_the_one_that_is_named_is_meant(tmp_path: Path, capsys: Printed) -> None:
    files = {
        "metadata/objects/a.txt": "near",
        "objects/a.txt": "far",
        "metadata/checksum.md5": line("near", "objects/a.txt") + line("far", "../objects/a.txt"),
        "sub\\b.txt": "literal",
        "sub/b.txt": "below",
        "MD5SUMS": line("literal", "sub\\b.txt"),
    }
    assert said(tmp_path / "s", files, capsys) == []


@pytest.mark.parametrize("folder", ["System Volume Information", "__MACOSX", "sub/.Trashes"])
def test_what_lies_in_a_folder_that_is_left_out_is_not_asked_for(
    folder: str, tmp_path: Path, capsys: Printed
) -> None:
    files = {f"{folder}/deep/x": "x", "a.txt": "a", "MD5SUMS": line("x", f"./{folder}/deep/x")}
    assert said(tmp_path / "s", files, capsys) == []


def test_a_folder_of_that_name_that_is_not_there_is_asked_for(tmp_path: Path, capsys: Printed) -> None:
    files = {"a.txt": "a", "MD5SUMS": line("x", "lost+found/thesis.txt")}
    assert said(tmp_path / "s", files, capsys) == lacks("lost+found/thesis.txt")


@pytest.mark.parametrize("path", ["sub\\a.txt", ".\\sub\\a.txt", "objects\\sub\\a.txt"])
@pytest.mark.parametrize(("content", "found"), [("a", []), ("b", ["SUM-MISMATCH"])])
def test_a_list_of_windows_is_read(
    path: str, content: str, found: list[str], tmp_path: Path, capsys: Printed
) -> None:
    text = "; made on Windows\n" + line(content, path).replace("  ", " *")
    files = {"sub/a.txt": "a", "list.md5": text.replace("\n", "\r\n")}
    assert [code for code, _ in said(tmp_path / "s", files, capsys)] == found


def test_a_backslash_that_the_list_escaped_is_part_of_the_name(tmp_path: Path, capsys: Printed) -> None:
    files = {"sub/a.txt": "a", "MD5SUMS": "\\" + line("other", "sub\\\\a.txt")}
    assert said(tmp_path / "s", files, capsys) == lacks("sub\\a.txt")


def bag(version: str, **files: str) -> Files:
    """A bag in a folder; `files` are the contents by how the manifest writes their names."""
    manifest = "".join(line(content, name) for name, content in files.items())
    declaration = f"BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n"
    return {"bag/bagit.txt": declaration, "bag/manifest-md5.txt": manifest}


@pytest.mark.parametrize(
    ("version", "files"),
    [
        ("0.97", {"data/100%25.html": "p"}),
        ("0.97", {"data/100%25.html": "p", "data/100%.html": "q"}),
        ("0.97", {"data/a%0Ab": "p"}),
    ],
)
def test_a_manifest_before_1_0_names_files_as_they_are(
    version: str, files: Files, tmp_path: Path, capsys: Printed
) -> None:
    there = {f"bag/{name}": content for name, content in files.items()}
    assert said(tmp_path / "s", there | bag(version, **files), capsys) == []


def test_a_manifest_of_1_0_writes_a_percent_sign_its_own_way(tmp_path: Path, capsys: Printed) -> None:
    there = {"bag/data/100%25.html": "p", "bag/data/100%.html": "q"}
    listed = bag("1.0", **{"data/100%2525.html": "p", "data/100%25.html": "q"})
    assert said(tmp_path / "s", there | listed, capsys) == []
