"""An archive that was handed over by who may have prepared all of it, its signed ledger too."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.core.canonical import compact, readable
from archive.core.exit_codes import EVIDENCE, FINDINGS, UNREADABLE
from archive.core.ledger.entries import parse_entry
from archive.services.opened import open_archive
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.keys.signing_key import create_key, is_known_here, load_key
from tests.changes import Changing

NAME = "a-name-outside"
ANOTHER = "01a1fe21-9e8c-72fa-a762-2ad3bb5ce999"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the archive that no command has any business in."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / NAME).write_text("secret")
    return folder


def sign(changing: Changing, kind: str, **members: Any) -> None:
    """Appends the last entry of that kind again, with other members, as whoever holds the key can."""
    archive = open_archive(changing.root)
    size = archive.checkpoint().size
    known = [parse_entry(raw) for raw in archive.ledger.entries(0, size)]
    last = [entry for entry in known if entry.type == kind][-1]
    key = load_key(archive.settings.key)
    archive.ledger.append([compact({**last.members, **members})], key.signer, key.last_signed)


@pytest.mark.parametrize("kind", ["ingestion", "run closed"])
@pytest.mark.parametrize("member", ["bag", "run"])
@pytest.mark.parametrize("words", [("audit", "--read-only"), ("audit", "--quick"), ("ledger", "verify")])
def test_an_entry_whose_id_is_a_path_leads_nowhere(
    changing: Changing, outside: Path, kind: str, member: str, words: tuple[str, ...]
) -> None:
    for name in ("id", ".."):
        (changing.root / "bags" / name).mkdir(exist_ok=True)
    sign(changing, kind, **{member: f"../../../{outside.name}/../{outside.name}/."})
    report = changing(*words, code=EVIDENCE)
    assert NAME not in str(report)
    (found,) = [one for one in report["findings"] if one["code"] == "LEDGER-ENTRY-MALFORMED"]
    assert f"its {member} is not an id" in found["message"]


def test_a_bag_is_never_looked_for_outside_of_the_archive(changing: Changing, outside: Path) -> None:
    sign(changing, "ingestion", bag=f"../../../{outside.name}/..")
    for words in (["list"], ["status"], ["history"], ["tidy", "--dry-run"], ["catalog", "verify"]):
        assert NAME not in str(changing(*words, code=None))


@pytest.mark.parametrize(
    "words", [["status"], ["list"], ["history"], ["search", "a"], ["catalog", "rebuild"]]
)
@pytest.mark.parametrize("digest", ["", "no digest", "0"])
def test_an_entry_without_a_digest_costs_no_other_document(
    changing: Changing, words: list[str], digest: str
) -> None:
    sign(changing, "ingestion", bag=ANOTHER, tagmanifest=digest, payload={"sha512": digest})
    report = changing(*words, code=None)
    assert report["kind"] != "error", report


@pytest.mark.parametrize("ours", [True, False])
def test_no_command_of_an_archive_that_is_not_ours_is_run(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: bool
) -> None:
    command = tmp_path / "command"
    command.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    command.chmod(0o755)
    changing.configure(f'[notify]\nwhen = "always"\nmail_to = ["a@example.org"]\nsendmail = "{command}"\n')
    if not ours:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "elsewhere"))
    found = [one["code"] for one in changing("audit", code=0 if ours else UNREADABLE)["findings"]]
    assert (tmp_path / "ran").exists() == ours
    assert ("NOTIFY-MAIL" in found) != ours


def test_a_key_of_ours_that_is_not_the_archives_does_not_make_it_ours(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(elsewhere))
    made = create_key("another.example")
    for name in os.listdir(made.folder):  # as a backup that was put back without a folder of its own
        shutil.move(os.path.join(made.folder, name), elsewhere / name)
    assert is_known_here(made.signer.vkey)
    assert not is_known_here(changing.made.opened.settings.key)


def test_no_address_is_connected_to_and_no_secret_read_for_an_archive_that_is_not_ours(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr("archive.services.notifying.sending.post", lambda *_: sent.append("posted"))
    changing.configure('[notify]\nwhen = "always"\nwebhook_file = "/etc/hostname"\n')
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "elsewhere"))
    found = [one["code"] for one in changing("audit", code=UNREADABLE)["findings"]]
    assert (sent, "NOTIFY-WEBHOOK" in found) == ([], True)


def test_a_link_in_place_of_a_shard_of_notes_is_named_and_not_followed(
    changing: Changing, outside: Path
) -> None:
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=New", "--reason", "why")
    for shard in (changing.root / "notes").iterdir():
        for note in shard.iterdir():
            shutil.move(note, outside / note.name)
        shard.rmdir()
        shard.symlink_to(outside)
    report = changing("audit", "--read-only", code=FINDINGS)
    assert NAME not in str(report)
    codes = {one["code"] for one in report["findings"]}
    assert {"FIX-LINK", "NOTE-ALTERED"} <= codes


def test_no_note_is_destroyed_through_a_link(changing: Changing, outside: Path) -> None:
    reference = changing.reference("a.txt")
    changing("withdraw", reference, "--reason", "asked back", "--yes")
    for shard in (changing.root / "notes").iterdir():
        for note in shard.iterdir():
            shutil.move(note, outside / note.name)
        shard.rmdir()
        shard.symlink_to(outside)
    before = sorted(os.listdir(outside))
    changing("dispose", reference, "--authority", "the board", "--yes", code=None)
    assert sorted(os.listdir(outside)) == before


def test_a_file_that_is_too_large_is_not_read_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "vast"
    path.write_bytes(b"")
    os.truncate(path, 1 << 40)
    monkeypatch.setattr("archive.storage.disk.durable.os.read", lambda *_: pytest.fail("reads it"))
    with pytest.raises(NotAPlainFileError, match="larger than"):
        read_plain(str(path), 10)


@pytest.mark.parametrize("name", ["\0", "..", "results-1.json"])
def test_a_repair_looks_for_no_file_that_no_results_have(
    changing: Changing, tmp_path: Path, name: str
) -> None:
    changing("audit")
    (run,) = (changing.root / "audits").iterdir()
    listed = readable({"version": 1, "run": run.name, "chunks": [{"file": name, "sha512": "0" * 128}]})
    (run / "results-2.json").write_bytes(listed)
    sign(changing, "audit finished", results=hashlib.sha512(listed).hexdigest())
    shutil.copytree(changing.root, tmp_path / "other")
    report = changing("repair", "--ledger", "--plan", "--from", str(tmp_path / "other"), code=None)
    assert report["kind"] != "error", report
    assert report["own_files"] == []
