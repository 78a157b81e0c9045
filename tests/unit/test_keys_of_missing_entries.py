"""Where entries are missing, a key that they may name is nobody else's: only what is damaged is found."""

from pathlib import Path

import pytest

from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.storage.keys.signing_key import create_key
from archive.storage.ledger.timestamps import put_timestamp
from tests.archives import overwrite
from tests.keepers import Keeper
from tests.refusals import refuse

DAMAGE = {"torn": (5, ["LEDGER-BUNDLE-TORN"]), "unreadable": (3, ["LEDGER-UNREADABLE"])}


@pytest.fixture
def kept(keeper: Keeper) -> Path:
    """A checkpoint that somebody keeps."""
    path = keeper.folder / "kept"
    keeper.do("ledger", "checkpoint", "--out", str(path))
    return path


def bundle_of(keeper: Keeper) -> Path:
    """The entries of a small ledger."""
    size = (keeper.root / "ledger/checkpoint").read_text().split("\n")[1]
    return keeper.root / f"ledger/tile/entries/000.p/{size}"


def damage(keeper: Keeper, patch: pytest.MonkeyPatch, kind: str) -> tuple[int, list[str]]:
    """Takes the entries away that name the keys; what has to be found, whatever is brought."""
    if kind == "unreadable":
        refuse(patch, "open", bundle_of(keeper))
    else:
        overwrite(bundle_of(keeper), bundle_of(keeper).read_bytes()[:10])
    found = keeper.findings()
    assert found == DAMAGE[kind]
    return found


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_checkpoint_and_a_key_from_before_a_rotation_are_not_accused(
    keeper: Keeper, kept: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    old = keeper.vkey
    keeper.do("key", "rotate")
    keeper.grow()
    found = damage(keeper, monkeypatch, kind)
    assert keeper.findings("--trust", str(kept)) == found
    assert keeper.findings("--key", old) == found
    assert keeper.findings("--key", old, "--trust", str(kept)) == found


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_time_stamp_from_before_a_rotation_is_not_accused(
    keeper: Keeper, kept: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    size = int(kept.read_text().split("\n")[1])
    put_timestamp(keeper.root, size, kept.read_bytes(), b"asked", b"answered")
    old = keeper.vkey
    keeper.do("key", "rotate")
    keeper.grow()
    assert keeper.findings() == (0, ["LEDGER-TIMESTAMP-UNJUDGED"])
    found = damage(keeper, monkeypatch, kind)
    assert keeper.findings("--key", old) == found


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_checkpoint_of_another_archive_is_told_all_the_same(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    stranger = create_key("elsewhere", environment={"ARCHIVE_KEY_DIR": str(keeper.folder / "other")})
    forged = keeper.folder / "forged"
    forged.write_bytes(sign_checkpoint(Checkpoint("elsewhere", 1, bytes(32)), [stranger.signer]))
    _, codes = damage(keeper, monkeypatch, kind)
    assert keeper.findings("--trust", str(forged)) == (5, ["LEDGER-OTHER-KEY", *codes])


def test_what_another_key_signed_below_the_gap_is_told_all_the_same(keeper: Keeper) -> None:
    origin = keeper.made.opened.settings.origin
    stranger = create_key(origin, environment={"ARCHIVE_KEY_DIR": str(keeper.folder / "other")})
    forged = keeper.folder / "forged"
    forged.write_bytes(sign_checkpoint(Checkpoint(origin, 1, bytes(32)), [stranger.signer]))
    overwrite(bundle_of(keeper), bundle_of(keeper).read_bytes()[:-1])
    code, codes = keeper.findings("--trust", str(forged))
    assert (code, codes[0]) == (5, "LEDGER-OTHER-KEY")


def test_a_key_that_was_replaced_unsigned_below_the_gap_is_told_all_the_same(keeper: Keeper) -> None:
    old = keeper.vkey
    keeper.lose()
    keeper.do("key", "replace", "--lost", "--reason", "the disk failed")
    keeper.grow()
    overwrite(bundle_of(keeper), bundle_of(keeper).read_bytes()[:-1])
    code, document = keeper.ask("ledger", "verify", "--key", old)
    told = {each["code"]: each["message"] for each in document["findings"]}
    assert code == 5
    assert "was replaced, unsigned" in told["LEDGER-OTHER-KEY"]
