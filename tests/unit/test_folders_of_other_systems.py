"""`objects/` and `data/` before a path: put there by another system, unless a SOURCE has such a folder."""

from pathlib import Path

import pytest

from tests.checking import checked, filled


@pytest.mark.parametrize("folder", ["data", "objects"])
@pytest.mark.parametrize("written", ["{}/readme.txt", "./{}/readme.txt ", "{}\\readme.txt"])
def test_a_row_for_a_missing_file_there_describes_no_other(tmp_path: Path, folder: str, written: str) -> None:
    stick = filled(tmp_path / "stick", f"{folder}/a.txt", "readme.txt")
    name = written.format(folder)
    (stick / "metadata.csv").write_text(f"filename,title\n{folder}/a.txt,A\n{name},Readme of A\n")
    told = checked(stick)
    assert told.titles == {f"{folder}/a.txt": "A"}
    assert {("PAIR-NO-DOCUMENT", name.strip()), ("PAIR-UNDESCRIBED", "readme.txt")} == {
        (code, found.strip()) for code, found in told.codes if code.startswith("PAIR-")
    }
    assert not any("corrected" in each for each in told.findings)  # `--fix` would write it into the table


def test_one_of_several_files_of_a_row_that_is_missing_there_is_missing(tmp_path: Path) -> None:
    stick = filled(tmp_path / "stick", "data/a.txt", "b.txt", "readme.txt")
    (stick / "metadata.csv").write_text("filename,title\nb.txt||data/readme.txt,B\n")
    assert ("PAIR-NO-DOCUMENT", "data/readme.txt") in checked(stick).codes


def test_an_identifier_that_names_a_missing_file_there_means_no_other(tmp_path: Path) -> None:
    stick = filled(tmp_path / "stick", "data/a.txt", "readme.txt")
    (stick / "metadata.csv").write_text("title,identifier\nA,data/a.txt\nReadme,data%2Freadme.txt\n")
    told = checked(stick)
    assert told.titles == {"data/a.txt": "A"}
    assert "DESC-NO-FILE" in {code for code, _ in told.codes}


def test_a_folder_there_that_nothing_is_taken_from_is_not_the_source(tmp_path: Path) -> None:
    stick = filled(tmp_path / "stick", "readme.txt")
    (stick / "data").mkdir()
    (stick / "metadata.csv").write_text("filename,title\ndata/,Data\n")
    told = checked(stick)
    assert told.titles == {}
    assert ("PAIR-NO-DOCUMENT", "data/") in told.codes


def test_another_spelling_of_a_file_there_is_meant_before_one_elsewhere(tmp_path: Path) -> None:
    stick = filled(tmp_path / "stick", "data/readme.txt", "readme.txt")
    (stick / "metadata.csv").write_text("filename,title\nreadme.txt,Root\ndata/README.txt,Data\n")
    (missing,) = [each for each in checked(stick).findings if each["code"] == "PAIR-NO-DOCUMENT"]
    assert missing["corrected"] == "data/readme.txt"


@pytest.mark.parametrize("written", ["data/a.txt", "objects/a.txt", "objects\\a.txt"])
def test_a_source_that_is_that_folder_itself_is_matched_without_it(tmp_path: Path, written: str) -> None:
    stick = filled(tmp_path / "data", "a.txt")
    (stick / "metadata.csv").write_text(f"filename,title\n{written},A\n")
    assert checked(stick).titles == {"a.txt": "A"}


def test_each_source_is_looked_at_for_its_own_table(tmp_path: Path) -> None:
    whole = filled(tmp_path / "whole", "objects/a.txt")
    (whole / "metadata.csv").write_text("filename,title\nobjects/a.txt,A\n")
    inner = filled(tmp_path / "inner", "b.txt")
    (inner / "metadata.csv").write_text("filename,title\nobjects/b.txt,B\n")
    assert checked(whole, inner).titles == {"objects/a.txt": "A", "b.txt": "B"}
