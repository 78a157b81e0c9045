"""What is said of a bag that was brought: which rows describe it, what is offered, what is left out."""

from pathlib import Path

import pytest

from archive.cli.frame import run
from tests.conformance.bag_cases.bag import Bag, build, good

Printed = pytest.CaptureFixture[str]
LETTERS = good({"data/letter.txt": b"one", "data/notes/a.txt": b"two"})


def checked(tmp_path: Path, name: str, bag: Bag = LETTERS) -> tuple[int, str]:
    """The exit code of a check of the bag with a row of that name, and the name as it corrects it."""
    if not (tmp_path / "b").exists():
        build(bag, tmp_path / "b")
    table, fixed = tmp_path / "m.csv", tmp_path / "fixed.csv"
    table.write_text(f"filename,title\n{name},Letters\n")
    fixed.unlink(missing_ok=True)
    code = run(["check", str(tmp_path / "b"), "--metadata", str(table), "--fix", str(fixed)])
    return code, fixed.read_text().splitlines()[1].partition(",")[0]


@pytest.mark.parametrize("name", ["b/letter.txt", "b/data/letter.txt", "letter.txt", "notes/a.txt"])
def test_a_file_in_a_bag_is_offered_for_no_name_and_the_bag_is(
    tmp_path: Path, name: str, capsys: Printed
) -> None:
    assert checked(tmp_path, name) == (1, name)
    assert "describe the bag under its name, b/: it is one document" in capsys.readouterr().out


def test_a_bag_is_offered_for_its_name_in_other_letters_and_that_works(tmp_path: Path) -> None:
    assert checked(tmp_path, "B") == (1, "b")
    assert checked(tmp_path, "b")[0] == 0


@pytest.mark.parametrize("name", [".", "./", "objects/"])
def test_a_row_for_the_whole_source_describes_the_bag(tmp_path: Path, name: str) -> None:
    assert checked(tmp_path, name)[0] == 0


def test_of_a_bag_that_is_refused_such_a_row_says_nothing_more(tmp_path: Path, capsys: Printed) -> None:
    assert checked(tmp_path, ".", LETTERS | {"data/letter.txt": b"altered"})[0] == 1
    out = capsys.readouterr().out
    assert "SRC-BAG-REFUSED" in out
    assert "PAIR-" not in out


@pytest.mark.parametrize("name", ["data/", "objects/"])
def test_the_name_of_a_folder_that_is_in_the_bag_means_that(
    tmp_path: Path, name: str, capsys: Printed
) -> None:
    bag = LETTERS | {f"{name}own.txt": b"own"}
    assert checked(tmp_path, name, bag if name == "objects/" else LETTERS)[0] == 1
    assert "PAIR-IN-BAG" in capsys.readouterr().out


def test_of_a_pattern_for_a_file_in_a_bag_it_is_said_that_a_bag_is_taken_whole(
    tmp_path: Path, capsys: Printed
) -> None:
    build(LETTERS, tmp_path / "b")
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.txt").write_text("a")
    told = []
    for source in ("b", "plain"):
        run(["check", str(tmp_path / source), "--describe-later", "--exclude", "*.tmp"])
        out = capsys.readouterr().out
        assert "SRC-EXCLUDES-NOTHING" in out
        told.append("a bag is taken whole" in out)
    assert told == [True, False]
