"""References that a table brings, and those that the archive gives: no two documents ever have the same."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.changes import Changing

YEAR = datetime.now(UTC).year


def given(changing: Changing, tmp_path: Path, rows: dict[str, str]) -> list[str]:
    """Ingests a file for each name, with the reference that its row declares; all references of the run."""
    folder = tmp_path / "-".join(rows)
    folder.mkdir()
    lines = ["filename,dc.title,reference"]
    for name, reference in rows.items():
        (folder / name).write_text(f"{name} of {folder.name}")
        lines.append(f"{name},About {name},{reference}")
    (folder / "metadata.csv").write_text("\n".join(lines))
    report = changing("ingest", str(folder), "--no-identify")
    return sorted(one["reference"] for one in report["ingested"])


@pytest.mark.parametrize("first", ["declared", "minted"])
def test_no_number_is_given_that_a_document_of_the_same_submission_declares(
    changing: Changing, tmp_path: Path, first: str
) -> None:
    numbers = [f"{YEAR}-{number:06d}" for number in (3, 4, 5)]  # two have been given
    rows = {"x.txt": "", "y.txt": numbers[0], "z.txt": numbers[1]}
    made = given(changing, tmp_path, rows if first == "minted" else dict(reversed(rows.items())))
    assert made == numbers
    changing.require_whole()


def test_no_number_is_given_that_a_disposed_document_had_declared(changing: Changing, tmp_path: Path) -> None:
    number = f"{YEAR}-{3:06d}"
    given(changing, tmp_path, {"x.txt": number})
    changing("withdraw", number, "--reason", "brought by mistake")
    changing("dispose", number, "--authority", "the archivist", "--yes")
    assert given(changing, tmp_path, {"y.txt": ""}) == [f"{YEAR}-{4:06d}"]


def test_numbers_go_on_behind_the_largest_that_can_be_declared(changing: Changing, tmp_path: Path) -> None:
    given(changing, tmp_path, {"x.txt": f"{YEAR}-{999_999_999}"})
    assert given(changing, tmp_path, {"y.txt": ""}) == [f"{YEAR}-1000000000"]
    assert given(changing, tmp_path, {"z.txt": ""}) == [f"{YEAR}-1000000001"]
    changing.require_whole()
