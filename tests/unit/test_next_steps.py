"""What a command says to do next, done to the letter, does what it says."""

import shlex
from pathlib import Path

import bagit
import pytest

from archive.cli.frame import run
from tests.archives import MadeArchive, make_archive

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """An empty archive; its folder is the working directory."""
    made = make_archive(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    return made


def put(path: str, content: str = "x") -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(content)


def step(archive: MadeArchive, printed: Printed, *words: str, code: int = 0) -> list[str]:
    """The words of the command that is named after the one that was given."""
    printed.readouterr()
    assert run(["-C", str(archive.root), *words]) == code
    (line,) = [line for line in printed.readouterr().err.splitlines() if line.startswith("Next: ")]
    command = line.removeprefix("Next: ").removeprefix("fill it in, then ").partition(";")[0]
    for end in (" makes ", " takes "):
        command = command.partition(end)[0]
    return shlex.split(command)[1:]


def test_what_was_excluded_from_a_check_is_not_taken_in_after_it(
    archive: MadeArchive, capsys: Printed
) -> None:
    for name in ("a.txt", "private/p.txt", "-x/q.txt", "b c/r.txt"):
        put(f"n/{name}")
        put(f"n/{name}.dc.json", '{"title": "T"}')
    excluded = ("--exclude", "private", "--exclude", "b *", "--exclude=-x")
    done = step(archive, capsys, "check", "n", *excluded)
    assert run(["-C", str(archive.root), *done]) == 0
    printed = capsys.readouterr().out
    assert "1 document ingested" in printed
    assert "private/p.txt" not in printed


def test_dates_are_read_in_the_order_that_was_given(archive: MadeArchive, capsys: Printed) -> None:
    put("n/a.txt")
    put("n.csv", "filename,title,date\na.txt,A,04/05/1918\n")
    order = ("--date-order", "dmy", "--accession=-1")
    done = step(archive, capsys, "check", "n", "--metadata", "n.csv", *order)
    assert done[-3:] == ["--accession=-1", "--fix", "mended.csv"]
    done = step(archive, capsys, *done)
    assert "1918-05-04" in Path("mended.csv").read_text()
    assert done == ["check", "n", "--metadata", "mended.csv", *order]


def test_what_is_to_be_described_later_is_so_in_the_ingest_too(archive: MadeArchive, capsys: Printed) -> None:
    put("n/a.txt")
    put("n/b.txt")
    put("n.csv", "filename,title\na.txt,A\n")
    done = step(archive, capsys, "check", "n", "--metadata", "n.csv", "--describe-later")
    assert run(["-C", str(archive.root), *done]) == 0


def test_a_template_leaves_out_what_the_check_did_and_the_check_after_it(
    archive: MadeArchive, capsys: Printed
) -> None:
    put("n/a.txt")
    put("n/private/p.txt")
    done = step(archive, capsys, "check", "n", "--exclude", "private", "--profile", "dacs-minimum", code=1)
    assert done == ["template", "n", "--exclude", "private", "--output", "metadata.ods"]
    done = step(archive, capsys, *done)
    assert done == ["check", "n", "--metadata", "metadata.ods", "--exclude", "private"]


def test_a_bag_that_was_verified_is_taken_in(archive: MadeArchive, capsys: Printed) -> None:
    put("sale/a.txt")
    bagit.make_bag("sale")
    done = step(archive, capsys, "verify", "sale")
    assert run(["-C", str(archive.root), *done]) == 0
