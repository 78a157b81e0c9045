"""Both verifiers give the same verdicts on ledgers, checkpoints and the keys that sign them."""

import os
import shutil
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.services.opened import open_archive
from archive.storage.keys.signing_key import create_key, load_key
from tests.archives import MadeArchive
from tests.conformance.independent.copies import Copy, Damage


def forge_entry(copy: Copy) -> None:
    bundle = copy.file("ledger/tile/entries/000")
    bundle.write_bytes(bundle.read_bytes().replace(b'"bytes":1,', b'"bytes":7,', 1))


def replay(copy: Copy) -> None:
    shutil.copy(copy.kept, copy.file("ledger/checkpoint"))


def without_newest(copy: Copy) -> None:
    size = (copy.root / "ledger/checkpoint").read_text().split("\n")[1]
    copy.file(f"ledger/checkpoints/{size}").unlink()


def cut_off_line(copy: Copy) -> None:
    path = copy.file("ledger/checkpoint")
    path.write_bytes(path.read_bytes()[:-1])


def signed_beyond(copy: Copy) -> None:
    (copy.root / "ledger/checkpoints/9999").write_bytes(copy.sign(9999, bytes(32)))


LEDGER_DAMAGE: dict[str, Damage] = {
    "a bit of a bundle": lambda copy: copy.flip("ledger/tile/entries/000"),
    "an entry that says something else": forge_entry,
    "a bundle cut off": lambda copy: os.truncate(copy.file("ledger/tile/entries/000"), 1000),
    "a bundle removed": lambda copy: copy.file("ledger/tile/entries/000").unlink(),
    "a bit of a tile": lambda copy: copy.flip("ledger/tile/0/000"),
    "a bit of an upper tile": lambda copy: copy.flip("ledger/tile/1/000.p/1"),
    "a bit of the checkpoint": lambda copy: copy.flip("ledger/checkpoint"),
    "a bit of an older checkpoint": lambda copy: copy.flip("ledger/checkpoints/1"),
    "the checkpoint removed": lambda copy: copy.file("ledger/checkpoint").unlink(),
    "the newest checkpoint under its size removed": without_newest,
    "an older checkpoint put back": replay,
    "a checkpoint under another size": lambda copy: shutil.copy(
        copy.root / "ledger/checkpoint", copy.file("ledger/checkpoints/1")
    ),
    "a checkpoint without its last line feed": cut_off_line,
    "a later checkpoint that was signed": signed_beyond,
}


@pytest.mark.parametrize("name", LEDGER_DAMAGE)
def test_both_find_broken_evidence(copy: Copy, name: str) -> None:
    LEDGER_DAMAGE[name](copy)
    assert run(["-C", str(copy.root), "ledger", "verify"]) == 5
    assert copy.independent("ledger") == 5


@pytest.mark.parametrize("what", ["half of one", "forged", "of another name"])
def test_for_both_what_a_commit_left_that_was_cut_off_breaks_nothing(copy: Copy, what: str) -> None:
    whole = (copy.root / "ledger/checkpoint").read_bytes()
    size = whole.split(b"\n")[1]
    if what == "half of one":
        (copy.root / "ledger/checkpoints/9999").write_bytes(whole[: len(whole) // 2])
    elif what == "forged":
        forged = whole.replace(b"\n" + size + b"\n", b"\n9999\n")
        (copy.root / "ledger/checkpoints/9999").write_bytes(forged)
    else:
        (copy.root / "ledger/checkpoints/latest").write_bytes(whole)
    assert run(["-C", str(copy.root), "ledger", "verify"]) == 0
    assert copy.independent("ledger") == 0


def test_a_bit_anywhere_in_the_ledger_is_found_by_both_alike(copy: Copy) -> None:
    files = sorted(path for path in (copy.root / "ledger").rglob("*") if path.is_file())
    for number, path in enumerate(files):
        path.chmod(0o644)
        raw = path.read_bytes()
        bad = bytearray(raw)
        bit = number * 7919 % (8 * len(raw))
        bad[bit // 8] ^= 1 << bit % 8
        path.write_bytes(bad)
        ours, theirs = run(["-C", str(copy.root), "ledger", "verify"]), copy.independent("ledger")
        path.write_bytes(raw)
        superseded = ".p" in path.parent.name and path.name != max(
            (each.name for each in path.parent.iterdir()), key=int
        )  # of the checkpoint before: no entry rests on it, and the short program does not look at it
        assert (ours, theirs) == (5, 0 if superseded else 5), path


def test_both_find_a_kept_checkpoint_contradicted(copy: Copy) -> None:
    for size, root in ((100, bytes(32)), (100_000, bytes(32))):
        copy.kept.write_bytes(copy.sign(size, root))
        assert run(["-C", str(copy.root), "ledger", "verify", "--trust", str(copy.kept)]) == 5
        assert copy.independent("ledger", "--trust", copy.kept) == 5


def test_both_refuse_a_checkpoint_that_another_key_signed(copy: Copy) -> None:
    origin = copy.vkey.partition("+")[0]
    other = create_key(origin, environment={"ARCHIVE_KEY_DIR": str(copy.folder / "k")})
    copy.kept.write_bytes(sign_checkpoint(Checkpoint(origin, 3, bytes(32)), [other.signer]))
    assert run(["-C", str(copy.root), "ledger", "verify", "--trust", str(copy.kept)]) == 5
    assert copy.independent("ledger", "--trust", copy.kept) == 5
    assert copy.independent("ledger", "--key", other.vkey) == 5


def test_both_follow_the_keys_that_signed_each_other(copy: Copy, intact: MadeArchive, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        shutil.copytree(intact.folder / "keys", tmp_path / "keys")
        patch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "keys"))
        assert run(["-q", "-C", str(copy.root), "key", "rotate"]) == 0
    words = ("--key", copy.vkey, "--trust", str(copy.kept))
    assert run(["-C", str(copy.root), "ledger", "verify", *words]) == 0
    assert copy.independent("bags", *words) == 0
    other = create_key(copy.vkey.partition("+")[0], environment={"ARCHIVE_KEY_DIR": str(tmp_path / "k")})
    assert run(["-C", str(copy.root), "ledger", "verify", "--key", other.vkey]) == 5
    assert copy.independent("ledger", "--key", other.vkey) == 5


@pytest.mark.parametrize("later", [False, True], ids=["before the new key", "after it"])
@pytest.mark.parametrize("is_new", [False, True], ids=["by the old key", "by the new key"])
def test_both_believe_a_key_only_while_it_is_in_force(
    copy: Copy, intact: MadeArchive, tmp_path: Path, later: bool, is_new: bool
) -> None:
    shutil.copytree(intact.folder / "keys", tmp_path / "keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "keys"))
        before = open_archive(copy.root).checkpoint()
        assert run(["-q", "-C", str(copy.root), "key", "rotate"]) == 0
        opened = open_archive(copy.root)
        signer = load_key(opened.settings.key if is_new else copy.vkey).signer
        copy.kept.write_bytes(sign_checkpoint(opened.checkpoint() if later else before, [signer]))
    code = 0 if later == is_new else 5
    assert run(["-C", str(copy.root), "ledger", "verify", "--trust", str(copy.kept)]) == code
    assert copy.independent("ledger", "--trust", copy.kept) == code


def test_both_stop_at_a_key_that_nobody_signed(copy: Copy, intact: MadeArchive, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "keys"))
        words = ["key", "replace", "--lost", "--reason", "a fire"]
        assert run(["-q", "-C", str(copy.root), *words]) == 0
    assert run(["-C", str(copy.root), "ledger", "verify", "--key", copy.vkey]) == 5
    assert copy.independent("ledger", "--key", copy.vkey) == 5
    assert copy.independent("ledger") == run(["-C", str(copy.root), "ledger", "verify"])


@pytest.mark.parametrize("pattern", ["ledger/tile/0/001.p/20", "ledger/tile/entries/001.p/20"])
def test_tiles_of_earlier_checkpoints_are_named_by_the_one_that_does_not_read_them(
    copy: Copy, pattern: str, capsys: pytest.CaptureFixture[str]
) -> None:
    copy.flip(pattern)
    assert run(["-C", str(copy.root), "ledger", "verify"]) == 5
    capsys.readouterr()
    assert copy.independent("ledger") == 0
    (said,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("not looked at:")]
    assert "tiles of earlier checkpoints" in said
