"""What the independent verifier says of a copy in tars, which it does not read, or of one cut off."""

import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from archive.cli.frame import run
from tests.archives import MadeArchive, make_archive
from tests.conformance.independent.copies import Copy, Printed


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """An archive of three documents, one of them withdrawn, with a copy in tars."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("copies"), patch)
        made.ingest({"a.txt": b"a", "b.txt": b"b", "c.txt": b"c"}, name="three")
        words = ["withdraw", made.bag("2026-000001").name[-8:], "--reason", "asked back", "--yes"]
        assert run(["-q", "-C", str(made.root), *words]) == 0
        words = ["copy", "--to", str(made.folder / "disk"), "--as", "tar", "--jobs", "1"]
        assert run(["-q", "-C", str(made.root), *words]) == 0
        yield made


@pytest.fixture
def tars(made: MadeArchive, tmp_path: Path, verifier: ModuleType) -> Copy:
    shutil.copytree(made.folder / "disk", tmp_path / "archive")
    return Copy(tmp_path, made.opened.settings.key, verifier)


@pytest.mark.parametrize("words", [(), ("--seed", "rain")], ids=["all", "a sample"])
def test_a_copy_in_tars_is_not_called_bad_but_not_read(
    tars: Copy, capsys: Printed, words: tuple[str, ...]
) -> None:
    assert tars.independent("bags", *words) == 2
    said = capsys.readouterr().out
    assert "BAD" not in said
    assert "the bags are tars, which are not read here" in said
    assert "archive audit --copy" in said
    assert tars.independent("ledger") == 0


def test_what_it_says_to_do_with_tars_lets_it_read_them(tars: Copy, capsys: Printed) -> None:
    found = sorted(tars.root.glob("**/*.tar"))
    assert len(found) == 3
    for path in found:
        with tarfile.open(path) as tar:
            tar.extractall(path.parent, filter="data")
        path.unlink()
    assert tars.independent("bags") == 0
    assert "2 of 2 and 1 withdrawn read, 0 bad" in capsys.readouterr().out


def test_a_tar_among_folders_is_called_by_its_whole_name(copy: Copy, capsys: Printed) -> None:
    folder = copy.file("bags/*/*/bagit.txt").parent
    (folder.parent / f"{folder.name}.tar").write_bytes(b"x")
    assert copy.independent("bags") == 1
    assert f"BAD {folder.name}.tar: " in capsys.readouterr().out


@pytest.mark.parametrize("cut_off", [False, True])
def test_a_ledger_that_a_run_of_copy_was_cut_off_over_is_told(
    copy: Copy, capsys: Printed, cut_off: bool
) -> None:
    (copy.root / "ledger/checkpoints/9999").write_bytes(copy.sign(9999, bytes(32)))
    if cut_off:
        (copy.root / ".unfinished-copy").mkdir()
    assert copy.independent("ledger") == 5
    assert ("a run of archive copy may have been cut off" in capsys.readouterr().out) == cut_off
