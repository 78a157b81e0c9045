"""What a change of keys leaves is evidence, too: both signatures, and the key in archive.toml."""

import base64
import json
from pathlib import Path

import pytest

from archive.core.canonical import readable
from archive.core.errors import EvidenceError
from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.core.ledger.entries import Entry, parse_entry, timestamp
from archive.core.ledger.key_chain import change_statement, key_changed
from archive.core.ledger.note import VerifierKey
from archive.storage.keys.signing_key import Key, create_key
from tests.archives import overwrite
from tests.changes import Changing
from tests.ledgers import ORIGIN, LedgerUnderTest, entry, make_ledger

OTHER_RUN = "01a204ce-0000-7000-8000-000000000001"


@pytest.fixture
def rotated(changing: Changing) -> Changing:
    changing("key", "rotate")
    return changing


def _handed_over(root: Path) -> Path:
    (found,) = (
        each for each in (root / "ledger/checkpoints").iterdir() if each.read_bytes().count("— ".encode()) > 1
    )
    return found


def _flipped(path: Path, places: range) -> list[bytes]:
    whole = path.read_bytes()
    return [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in places]


@pytest.mark.parametrize("later", [False, True])
def test_a_flipped_bit_in_either_signature_of_a_change_of_keys_is_found(
    rotated: Changing, later: bool
) -> None:
    kept = _handed_over(rotated.root)
    if later:
        rotated("audit")
    signatures = range(kept.read_bytes().index("— ".encode()), kept.stat().st_size, 11)
    for path in [kept] if later else [kept, rotated.root / "ledger/checkpoint"]:
        whole = path.read_bytes()
        for at, altered in zip(signatures, _flipped(path, signatures), strict=True):
            overwrite(path, altered)
            report = rotated("ledger", "verify", code=5)
            name = str(path.relative_to(rotated.root))
            assert name in {place for _, place in _found(report)}, at
        overwrite(path, whole)
    assert rotated("ledger", "verify")["findings"] == []


def test_a_change_of_keys_without_the_signature_of_the_key_before_is_found(rotated: Changing) -> None:
    rotated("audit")
    kept = _handed_over(rotated.root)
    lines = kept.read_bytes().splitlines(keepends=True)
    for gone in [each for each in lines if each.startswith("— ".encode())]:
        overwrite(kept, b"".join(each for each in lines if each != gone))
        report = rotated("ledger", "verify", code=5)
        assert ("LEDGER-CHECKPOINT-ALTERED", f"ledger/checkpoints/{kept.name}") in _found(report)


def test_a_checkpoint_of_the_key_before_under_a_wrong_name_gets_its_own_back(rotated: Changing) -> None:
    rotated("audit")
    folder = rotated.root / "ledger/checkpoints"
    for kept in (min(folder.iterdir(), key=lambda each: int(each.name)), _handed_over(rotated.root)):
        before = kept.read_bytes()
        kept.rename(folder / "999")
        report = rotated("ledger", "verify")
        (told,) = report["findings"]
        assert (told["code"], told["place"]) == ("LEDGER-BEYOND", "ledger/checkpoints/999")
        assert told["message"] == f"holds the checkpoint of another size: of {kept.name}"
        rotated("audit")
        assert kept.read_bytes() == before
        assert rotated("ledger", "verify")["findings"] == []


def test_a_fork_signed_by_the_key_before_is_found_under_a_wrong_name(tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path, [300])
    new = create_key(ORIGIN, environment={"ARCHIVE_KEY_DIR": str(tmp_path / "second")})
    _hand_over(ledger, ledger.key, new)
    forked = sign_checkpoint(Checkpoint(ORIGIN, 200, bytes(32)), [ledger.key.signer])
    (ledger.folder / "checkpoints/999").write_bytes(forked)
    told = ledger.files.verify(new.vkey).findings
    place = "ledger/checkpoints/999"
    assert [(each.code, each.place) for each in told] == [("LEDGER-CHECKPOINT-CONTRADICTED", place)]
    with pytest.raises(EvidenceError, match="a fork"):
        ledger.files.append([entry(303)], new.signer, new.last_signed)
    assert (ledger.folder / "checkpoints/999").read_bytes() == forked


def test_a_checkpoint_of_a_change_of_keys_that_lost_a_signature_gets_no_name_back(tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path, [300])
    new = create_key(ORIGIN, environment={"ARCHIVE_KEY_DIR": str(tmp_path / "second")})
    _hand_over(ledger, ledger.key, new)
    ledger.files.append([entry(303)], new.signer, new.last_signed)
    changed = Checkpoint(ORIGIN, 303, ledger.files.root_at(303))
    (ledger.folder / "checkpoints/303").unlink()
    (ledger.folder / "checkpoints/999").write_bytes(sign_checkpoint(changed, [new.signer]))
    ledger.files.append([entry(304)], new.signer, new.last_signed)
    assert not (ledger.folder / "checkpoints/999").exists()
    assert ledger.files.verify(new.vkey).findings == ()


@pytest.mark.parametrize("run", ["its own", "another"])
def test_an_intent_laid_into_staging_does_not_excuse_the_key_before_in_the_settings(
    rotated: Changing, run: str
) -> None:
    rotated("audit")
    settings = rotated.root / "archive.toml"
    change = _change(rotated)
    new, before = str(change.get("key")), str(change.get("previous"))
    settings.write_text(settings.read_text().replace(new, before))
    _announce(rotated.root, change.run or "" if run == "its own" else OTHER_RUN, new)
    for command in (["audit", "--read-only"], ["ledger", "verify"]):
        report = rotated(*command, code=5)
        assert ("LEDGER-SETTINGS", "archive.toml:key") in _found(report)


def test_a_change_under_way_excuses_the_key_and_nothing_else(changing: Changing) -> None:
    settings = changing.root / "archive.toml"
    before = settings.read_text()
    changing("key", "rotate")
    change = _change(changing)
    settings.write_text(before)
    _announce(changing.root, change.run or "", str(change.get("key")))
    assert [code for code, _ in _found(changing("ledger", "verify"))] == ["LEDGER-KEY-UNFINISHED"]
    id_ = next(line for line in before.splitlines() if line.startswith("id = "))
    settings.write_text(before.replace(id_, id_[:-2] + ("0" if id_[-2] != "0" else "1") + '"'))
    report = changing("ledger", "verify", code=5)
    assert ("LEDGER-SETTINGS", "archive.toml:id") in _found(report)


@pytest.mark.parametrize("forged", [False, True])
def test_a_key_behind_a_gap_that_names_the_one_before_it_is_not_accused(tmp_path: Path, forged: bool) -> None:
    ledger = make_ledger(tmp_path, [300])
    keys = [ledger.key]
    for name in ("second", "third"):
        keys.append(create_key(ORIGIN, environment={"ARCHIVE_KEY_DIR": str(tmp_path / name)}))
        _hand_over(ledger, keys[-2], keys[-1], by=keys[0] if forged and name == "third" else None)
        size = ledger.files.read_checkpoint(keys[-1].vkey).size
        marks = [entry(mark) for mark in range(size, size + 300)]
        ledger.files.append(marks, keys[-1].signer, keys[-1].last_signed)
    found = ["LEDGER-KEY-CHAIN"] if forged else []
    assert [each.code for each in ledger.files.verify(keys[-1].vkey).findings] == found
    # The second key comes with the second of the bundles, the third with the third.
    bundle = ledger.folder / ("tile/entries/000" if forged else "tile/entries/001")
    bundle.unlink()
    told = ledger.files.verify(keys[-1].vkey).findings
    assert [each.code for each in told] == ["LEDGER-BUNDLE-MISSING", *found]


def _hand_over(ledger: LedgerUnderTest, old: Key, new: Key, by: Key | None = None) -> None:
    """The commit by which a key introduces the next; `by` signs the change in its place."""
    before, after = VerifierKey.parse(old.vkey), VerifierKey.parse(new.vkey)
    size = ledger.files.read_checkpoint(old.vkey).size
    signature = (by or old).signer.sign(change_statement(before, after, size))
    time = timestamp(size)
    change = key_changed(time=time, agents=["a"], run="r", previous=before, key=after, signature=signature)
    hands = [(each.signer, each.last_signed) for each in (old, new)]
    ledger.files.hand_over([change, entry(size + 1)], old.vkey, hands)


def _change(changing: Changing) -> Entry:
    parsed = (parse_entry(raw) for raw in changing.made.opened.ledger.entries(0))
    return next(each for each in parsed if each.type == "key changed")


def _announce(root: Path, run: str, key: str) -> None:
    """What a rotation that was cut off leaves in staging."""
    size, encoded = (root / "ledger/checkpoint").read_text().split("\n")[1:3]
    folder = root / "staging" / run
    folder.mkdir()
    (folder / "key.vkey").write_text(key + "\n")
    intent = {
        "version": 2,
        "run": run,
        "command": "key rotate",
        "started": "2026-11-22T00:00:00.000Z",
        "ledger": {"size": int(size), "root": base64.b64decode(encoded).hex()},
    }
    (folder / "intent.json").write_bytes(readable(intent))


def _found(report: dict[str, object]) -> list[tuple[str, str]]:
    findings = json.loads(json.dumps(report["findings"]))
    return [(one["code"], one["place"]) for one in findings]
