"""A cosignature that was damaged displaces no whole one: nobody here has the key of the witness."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.cosignature import WitnessKey, cosign, cosigned_at
from archive.core.ledger.note import Note, NoteError, Signature, joined, parse
from archive.core.limits.ledger import NOTE_SIGNATURES
from archive.storage.keys.signing_key import verify
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy
from tests.restoring import lose, restore

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEY = WitnessKey("w.example/1", PRIVATE.public_key().public_bytes_raw())
OTHER = WitnessKey("w.example/2", PRIVATE.public_key().public_bytes_raw())
BARE = Note(Checkpoint("o.example", 3, bytes(32)).text(), (Signature("o.example", b"abcd", b"x"),))


def turned(line: Signature) -> Signature:
    """The same line with one bit turned."""
    return Signature(line.name, line.key_id, line.value[:-1] + bytes([line.value[-1] ^ 1]))


class Scene:
    """An archive with a cosigned checkpoint, and two copies of it."""

    def __init__(self, changing: Changing, folder: Path) -> None:
        self.changing = changing
        checkpoint = changing.made.opened.checkpoint()
        self.name = f"ledger/checkpoints/{checkpoint.size}"
        self.at = changing.root / self.name
        self.own = parse(self.at.read_bytes())
        note = cosign(self.own, KEY, PRIVATE.sign, 1_700_000_000)
        self.line = note.signatures[-1]
        overwrite(self.at, note.to_bytes())
        self.disks = (folder.parent / "good", folder.parent / "young")
        for disk in self.disks:
            copy(changing, disk)

    def lines(self, root: Path) -> tuple[Signature, ...]:
        """What others signed of the checkpoint, below a root."""
        note = parse((root / self.name).read_bytes())
        assert (note.text, note.signatures[0]) == (self.own.text, self.own.signatures[0])
        return note.signatures[1:]

    def write(self, root: Path, *lines: Signature) -> None:
        """Puts these in their place."""
        note = Note(self.own.text, (*self.own.signatures, *lines))
        overwrite(root / self.name, note.to_bytes())

    def basis(self, root: Path, code: int = 0) -> str:
        """What a verification of the ledger there rests on, for whoever has the witness's key."""
        report = self.changing("-C", str(root), "ledger", "verify", "--witness", str(KEY), code=code)
        return str(report["trust"]["basis"])


@pytest.fixture
def scene(changing: Changing, disk: Path) -> Scene:
    return Scene(changing, disk)


@pytest.mark.parametrize("damaged_first", [True, False])
def test_a_line_that_does_not_hold_takes_nothing_from_one_that_does(damaged_first: bool) -> None:
    line = cosign(BARE, KEY, PRIVATE.sign, 5).signatures[-1]
    bad = turned(line)
    lines = (bad, line) if damaged_first else (line, bad)
    assert cosigned_at(Note(BARE.text, (*BARE.signatures, *lines)), KEY, verify) == 5
    short = Signature(line.name, line.key_id, b"short")
    assert cosigned_at(Note(BARE.text, (short, line)), KEY, verify) == 5
    for alone in (bad, short):
        with pytest.raises(NoteError):
            cosigned_at(Note(BARE.text, (*BARE.signatures, alone)), KEY, verify)


def test_no_more_lines_are_joined_than_a_note_may_have() -> None:
    lines = [Signature("w", bytes([n] * 4), b"x") for n in range(NOTE_SIGNATURES - 1)]
    full = Note(BARE.text, (*BARE.signatures, *lines))
    ours = cosign(BARE, KEY, PRIVATE.sign, 5)
    whole = joined(ours, full.to_bytes())
    assert whole.signatures == (*ours.signatures, *lines[:-1])
    assert parse(whole.to_bytes()) == whole


@pytest.mark.parametrize("damaged_first", [True, False])
def test_a_restore_brings_every_cosignature_that_a_copy_has(scene: Scene, damaged_first: bool) -> None:
    good, young = scene.disks
    scene.write(young, turned(scene.line))
    lose(scene.changing)
    restore(scene.changing, *((young, good) if damaged_first else (good, young)))
    assert set(scene.lines(scene.changing.root)) == {scene.line, turned(scene.line)}
    assert scene.basis(scene.changing.root) == "witness"


def test_a_restore_brings_the_cosignatures_that_the_youngest_copy_lacks(scene: Scene) -> None:
    good, young = scene.disks
    other = cosign(scene.own, OTHER, PRIVATE.sign, 5).signatures[-1]
    scene.write(good, other)
    scene.write(young)
    scene.changing.made.ingest({"d.txt": b"four"}, name="later")
    scene.write(scene.changing.root)
    copy(scene.changing, young)
    lose(scene.changing)
    restore(scene.changing, young, good)
    assert scene.lines(scene.changing.root) == (other,)


def test_a_repair_of_a_checkpoint_that_is_lost_brings_every_cosignature(scene: Scene) -> None:
    good, young = scene.disks
    scene.write(young, turned(scene.line))
    scene.at.unlink()
    scene.changing("repair", "--ledger", "--from", str(young), "--from", str(good))
    assert set(scene.lines(scene.changing.root)) == {scene.line, turned(scene.line)}
    assert scene.basis(scene.changing.root) == "witness"


def test_a_repair_takes_nothing_of_a_copy_where_the_archive_has_the_checkpoint(scene: Scene) -> None:
    """Which of the two lines is whole, nobody here can tell."""
    good, _ = scene.disks
    scene.write(good, turned(scene.line))
    report = scene.changing("repair", "--ledger", "--from", str(good))
    assert (report["own_files"], scene.lines(scene.changing.root)) == ([], (scene.line,))


def test_a_copy_keeps_the_cosignature_that_was_damaged_in_the_archive(scene: Scene) -> None:
    good, _ = scene.disks
    scene.write(scene.changing.root, turned(scene.line))
    for _ in range(2):
        copy(scene.changing, good)
        assert scene.lines(good) == (turned(scene.line), scene.line)
    assert scene.basis(good) == "witness"


def test_a_copy_keeps_the_cosignature_that_the_archive_has_lost(scene: Scene) -> None:
    good, _ = scene.disks
    scene.write(scene.changing.root)
    copy(scene.changing, good)
    assert scene.lines(good) == (scene.line,)


@pytest.mark.parametrize("what", ["another text", "its own signature", "the name in it", "too many lines"])
def test_what_is_no_such_checkpoint_is_written_anew_on_the_copy(scene: Scene, what: str) -> None:
    good, _ = scene.disks
    raw = scene.at.read_bytes()
    ours = scene.own.signatures[0]
    if what == "another text":
        overwrite(good / scene.name, raw.replace(b"\n", b"\nx", 1))
    elif what == "too many lines":
        scene.write(good, *(Signature("w", bytes([n] * 4), b"x") for n in range(NOTE_SIGNATURES)))
    else:
        bad = turned(ours) if what == "its own signature" else Signature("v", ours.key_id, ours.value)
        overwrite(good / scene.name, Note(scene.own.text, (bad, scene.line)).to_bytes())
    copy(scene.changing, good)
    assert (good / scene.name).read_bytes() == raw


def test_whoever_has_the_key_puts_the_whole_one_back_alone(scene: Scene) -> None:
    good, _ = scene.disks
    scene.write(scene.changing.root, turned(scene.line))
    copy(scene.changing, good)
    assert scene.basis(scene.changing.root, code=5) == "none"
    scene.changing("ledger", "keep", str(_alone(scene, scene.line)), "--witness", str(KEY))
    assert scene.lines(scene.changing.root) == (scene.line,)
    scene.write(scene.changing.root, turned(scene.line), scene.line)
    scene.changing("ledger", "keep", str(_alone(scene, scene.line)), code=0)
    assert scene.lines(scene.changing.root) == (turned(scene.line), scene.line)
    scene.changing("ledger", "keep", str(_alone(scene, scene.line)), "--witness", str(KEY))
    assert scene.lines(scene.changing.root) == (scene.line,)


def _alone(scene: Scene, line: Signature) -> Path:
    path = scene.disks[0].parent / "cosigned"
    path.write_bytes(Note(scene.own.text, (*scene.own.signatures, line)).to_bytes())
    return path
