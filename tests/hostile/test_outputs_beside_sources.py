"""What a check, a template or an export writes is new: nothing is overwritten or put among what is read."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.frame import run
from tests.archives import make_archive

TABLE = "filename,title,date\na.txt,A,c. 1920\n"
TAKEN = ("file", "folder", "link to the table", "link to nothing", "link to itself", "pipe", "second name")
WORDS = {
    "--annotate": ("out.ods", "check {stick} --metadata {table} --annotate {out}"),
    "--fix": ("out.csv", "check {stick} --metadata {table} --fix {out}"),
    "--report": ("out.html", "check {stick} --metadata {table} --report {out}"),
    "template": ("out.xlsx", "template {stick} --output {out}"),
    "export (zip)": ("out.zip", "export --all --to {out}"),
    "export (folder)": ("out", "export --all --to {out}"),
}


def take(how: str, out: Path, table: Path) -> None:
    """Puts something in the way of what is to be written."""
    match how:
        case "file":
            out.write_text("mine")
        case "folder":
            (out / "inside").mkdir(parents=True)
        case "pipe":
            os.mkfifo(out)
        case "second name":
            os.link(table, out)
        case _:
            out.symlink_to({"link to the table": table, "link to itself": out}.get(how, out / "nothing"))


def called(command: str, out: Path, stick: Path) -> int:
    """The exit code of the command that writes `out`."""
    table = stick.parent / "table.csv"
    return run([word.format(stick=stick, table=table, out=out) for word in WORDS[command][1].split()])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An archive that holds a document."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("home"), patch)
        made.ingest({"held.txt": b"held"})
        yield made.root


@pytest.fixture
def stick(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source with a table beside it, while the archive is the one that is meant."""
    monkeypatch.setenv("ARCHIVE_DIR", str(home))
    source = tmp_path / "work" / "stick"
    source.mkdir(parents=True)
    (source / "a.txt").write_text("a")
    (source.parent / "table.csv").write_text(TABLE)
    return source


def state(folder: Path) -> dict[str, tuple[str, bytes]]:
    """Every name below the folder with its kind, and what stands in files."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            content = os.fsencode(os.readlink(path))
        else:
            content = path.read_bytes() if path.is_file() else b""
        found[str(path)] = (oct(path.lstat().st_mode), content)
    return found


@pytest.mark.parametrize("taken", TAKEN)
@pytest.mark.parametrize("command", WORDS)
def test_a_name_that_is_taken_is_refused_and_nothing_is_touched(
    stick: Path, command: str, taken: str
) -> None:
    out = stick.parent / WORDS[command][0]
    take(taken, out, stick.parent / "table.csv")
    before = state(stick.parent)
    assert called(command, out, stick) in (2, 6)
    assert state(stick.parent) == before


@pytest.mark.parametrize("command", ["--annotate", "--fix", "--report", "template"])
@pytest.mark.parametrize("way", ["straight", "through a link", "with dots"])
def test_nothing_is_written_among_the_sources(stick: Path, command: str, way: str) -> None:
    link = stick.parent / "link"
    link.symlink_to(stick)
    folder = {"straight": stick, "through a link": link, "with dots": stick / ".." / "stick"}[way]
    before = state(stick.parent)
    assert called(command, folder / WORDS[command][0], stick) == 2
    assert state(stick.parent) == before


@pytest.mark.parametrize("command", WORDS)
def test_nothing_is_written_into_the_archive(stick: Path, command: str) -> None:
    root = Path(os.environ["ARCHIVE_DIR"])
    before = state(root)
    assert called(command, root / WORDS[command][0], stick) == 2
    assert state(root) == before
