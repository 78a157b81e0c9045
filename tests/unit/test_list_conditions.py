"""What `archive list` says of conditions that nothing meets, and of a run that several could be."""

import pytest

from archive.cli.frame import run
from archive.services.catalog.index_reading import reading_index
from tests.archives import MadeArchive, make_archive
from tests.changes import Changing

TOGETHER = "Nothing held meets these conditions."


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        (("--withdrawn",), "Nothing was withdrawn."),
        (("--withdrawn", "--limit", "3"), "Nothing was withdrawn."),
        (("--withdrawn", "--accession", "NOPE"), "Nothing withdrawn meets these conditions."),
        (("--undescribed",), "Nothing awaits its description."),
        (("--undescribed", "--accession", "NOPE"), TOGETHER),
        (("--undescribed", "--access", "restricted"), TOGETHER),
        (("--incomplete", "--profile", "isad-minimum", "--accession", "NOPE"), TOGETHER),
        (("--copies-below", "1"), "Nothing held has fewer than 1 good copies."),
        (("--copies-below", "5", "--accession", "NOPE"), TOGETHER),
        (("--run", "no such run"), TOGETHER),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_said_of_conditions_is_true(
    changing: Changing, capsys: pytest.CaptureFixture[str], conditions: tuple[str, ...], said: str
) -> None:
    changing("describe", changing.reference("b.txt"), changing.reference("c.txt"), "--set", "dc.title=Known")
    capsys.readouterr()
    assert run(["-C", str(changing.root), "list", *conditions]) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err.splitlines()) == ("", [said])


def test_an_archive_of_nothing_says_so(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made: MadeArchive = make_archive(tmp_path, monkeypatch)  # type: ignore[arg-type]
    assert run(["-C", str(made.root), "list"]) == 0
    assert "Nothing is held yet" in capsys.readouterr().err


def test_an_ending_of_several_runs_is_refused_as_for_a_withdrawal(changing: Changing) -> None:
    for number in range(15):  # of seventeen runs two end with the same digit
        changing.made.ingest({f"{number}.txt": str(number).encode()}, name="more still")
    with reading_index(changing.made.opened) as reading:
        runs = [each.run for each in reading.index.runs()]
    ends = [each[-1] for each in runs]
    shared = next(end for end in ends if ends.count(end) > 1)
    for command in (("list",), ("withdraw", "--reason", "x", "--dry-run")):
        report = changing(*command, "--run", shared, code=2)
        assert "several ingest runs end so" in report["message"]
    found = changing("list", "--run", runs[1][-8:].upper())["documents"]
    assert [row["source"] for row in found] == ["c.txt"]
