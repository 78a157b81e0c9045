"""What somebody put into the archive's own folder is named by an audit: nothing vouches for it."""

import os

import pytest

from tests.changes import Changing


def beside(changing: Changing, code: int = 0) -> list[str]:
    """What an audit without any damage says of it."""
    found = changing("audit", code=code)["findings"]
    return [one["message"] for one in found if one["code"].startswith("AUDIT-BESIDE")]


def test_files_and_folders_beside_the_archive_s_own_are_named(changing: Changing) -> None:
    (changing.root / "new scans").mkdir()
    (changing.root / "new scans/1.txt").write_text("x")
    (changing.root / "Letter\x1b.txt").write_text("y")
    (said,) = beside(changing)
    assert said.startswith("Letter\\x1b.txt, new scans: no part of the archive")


def test_of_many_the_first_are_named_and_all_are_counted(changing: Changing) -> None:
    for number in range(1, 13):
        (changing.root / f"{number:02}").write_text("x")
    (said,) = beside(changing)
    assert said.startswith("01, 02, 03, 04, 05 and 7 more: ")


def test_what_the_archive_writes_itself_and_what_is_hidden_is_not_named(changing: Changing) -> None:
    (changing.root / "profiles").mkdir(exist_ok=True)
    (changing.root / ".stfolder").mkdir()
    (changing.root / "Thumbs.db").write_bytes(b"x")
    changing("catalog", "rebuild")
    assert beside(changing) == []


def test_a_folder_that_cannot_be_listed_is_said(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.listdir

    def listdir(path: object = ".") -> list[str]:
        if path == changing.root:
            raise PermissionError(13, "Permission denied")
        return real(path)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(os, "listdir", listdir)
    (said,) = beside(changing, code=3)
    assert said.startswith("cannot be listed: Permission denied")


def test_it_is_a_warning_that_says_where_it_should_be(changing: Changing) -> None:
    (changing.root / "extra").write_text("x")
    (found,) = [one for one in changing("audit")["findings"] if one["code"] == "AUDIT-BESIDE"]
    assert (found["severity"], found["place"]) == ("warning", ".")
    assert "archive ingest" in found["remedy"]
