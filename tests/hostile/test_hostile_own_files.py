"""An archive's own small files, replaced by what is none: answered at once, in bounded memory."""

import fcntl
import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha512
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.errors import ConfigurationError, ConflictError
from archive.core.exit_codes import EVIDENCE, FINDINGS, UNREADABLE, USAGE
from archive.core.limits.archives import INTENDED_LINE_BYTES, INTENT_BYTES, SETTINGS_BYTES
from archive.services.repair import own_files
from archive.services.repair.committing import FACTS, read_facts
from archive.storage import intents, settings
from archive.storage.intents import INTENT, Intent
from archive.storage.layout import FOLDERS
from archive.storage.lock import WriterLock
from tests.changes import Changing
from tests.intended import RUN, forge


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _link_without_end(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _vast(path: Path) -> None:
    with open(path, "wb") as stream:
        stream.truncate(1 << 40)


NO_FILES = pytest.mark.parametrize("put", [_pipe, _link_without_end, _vast])


@pytest.fixture
def left(tmp_path: Path) -> Intent:
    """What a crash left: an intent, durable."""
    return intents.begin(
        tmp_path, run=RUN, command=intents.INGEST, started="2026-11-21T12:00:00Z", size=2, root="AAAA"
    )


@NO_FILES
def test_settings_that_are_no_plain_small_file_are_refused_unread(
    tmp_path: Path, put: Callable[[Path], None]
) -> None:
    put(tmp_path / "archive.toml")
    with pytest.raises(ConfigurationError, match=r"archive\.toml: (not a plain file|larger than)"):
        settings.read(tmp_path / "archive.toml")


def test_settings_as_large_as_they_may_be_are_read(tmp_path: Path) -> None:
    (tmp_path / "archive.toml").write_bytes(b"#" * SETTINGS_BYTES)
    assert len(settings.read_bytes(tmp_path / "archive.toml")) == SETTINGS_BYTES


@NO_FILES
def test_an_intent_that_is_no_plain_small_file_is_none(left: Intent, put: Callable[[Path], None]) -> None:
    (left.folder / INTENT).unlink()
    put(left.folder / INTENT)
    assert list(intents.unfinished(left.folder.parent)) == [left.folder]


def test_an_intent_as_large_as_it_may_be_is_read(left: Intent) -> None:
    path = left.folder / INTENT
    path.write_bytes(path.read_bytes().ljust(INTENT_BYTES))
    assert list(intents.unfinished(left.folder.parent)) == [left]


@pytest.mark.parametrize("root", ["zz", "0", "\\ud800"])
def test_an_intent_whose_root_is_no_digest_is_none(left: Intent, root: str) -> None:
    path = left.folder / INTENT
    path.write_text(path.read_text().replace("AAAA", root))
    assert list(intents.unfinished(left.folder.parent)) == [left.folder]


@pytest.mark.parametrize("size", ["-1", "true", '"2"', "2.0"])
def test_an_intent_of_a_ledger_of_no_size_is_none(left: Intent, size: str) -> None:
    path = left.folder / INTENT
    text = path.read_text()
    path.write_text(text.replace('"size": 2', f'"size": {size}'))
    assert path.read_text() != text
    assert list(intents.unfinished(left.folder.parent)) == [left.folder]


@pytest.mark.parametrize("put", [os.mkfifo, os.mkdir])
def test_a_pipe_or_folder_in_place_of_the_list_of_bags_names_none(
    left: Intent, put: Callable[[Path], None]
) -> None:
    put(left.folder / "bags-000001.jsonl")
    assert list(left.bags()) == []


def test_a_list_of_bags_is_never_read_through_a_link(left: Intent, tmp_path: Path) -> None:
    (left.folder / "bags-000001.jsonl").symlink_to("/dev/zero")
    with pytest.raises(OSError, match="symbolic links"):
        list(left.bags())


def test_a_list_of_bags_ends_at_a_line_that_does_not_end(left: Intent) -> None:
    intents.announce(left, 1, [intents.IntendedBag(RUN, "00", None, None)])
    with open(left.folder / "bags-000001.jsonl", "ab") as stream:
        stream.write(b" " * INTENDED_LINE_BYTES)
        stream.truncate(1 << 40)
    assert [each.bag for each in left.bags()] == [RUN]


@pytest.mark.parametrize("put", [_pipe, _link_without_end])
def test_facts_of_a_repair_that_are_no_plain_file_are_not_believed(
    left: Intent, put: Callable[[Path], None]
) -> None:
    put(left.folder / FACTS)
    with pytest.raises(ValueError, match="not the facts of a repair"):
        read_facts(left)


def _folder(path: Path) -> None:
    path.mkdir()


def _other(path: Path) -> None:
    path.write_bytes(b"other")


@pytest.mark.parametrize("put", [_pipe, _link_without_end, _vast, _folder, _other])
def test_what_is_not_the_recorded_manifest_is_never_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put: Callable[[Path], None]
) -> None:
    for place in ("archive", "copy"):
        (tmp_path / place / "runs").mkdir(parents=True)
        put(tmp_path / place / "runs" / "1.json")
    monkeypatch.setattr(own_files, "read_plain", lambda path, _: pytest.fail(f"reads {path}"))
    places = own_files.OwnPlaces(root=tmp_path / "archive", copies=[("red", tmp_path / "copy")])
    (fault,) = own_files.digested(places, "runs/1.json", "00" * 64)
    assert (fault.place, fault.data) == (None, None)


def test_the_recorded_manifest_is_found_on_a_copy(tmp_path: Path) -> None:
    for place, content in (("archive", b"altered"), ("copy", b"recorded")):
        (tmp_path / place / "runs").mkdir(parents=True)
        (tmp_path / place / "runs" / "1.json").write_bytes(content)
    places = own_files.OwnPlaces(root=tmp_path / "archive", copies=[("red", tmp_path / "copy")])
    (fault,) = own_files.digested(places, "runs/1.json", sha512(b"recorded").hexdigest())
    assert (fault.place, fault.data, fault.before) == ("red", b"recorded", sha512(b"altered").hexdigest())


@pytest.mark.parametrize("key", ["x+00000000+AAAA", "valley\\u001b[2J"])
@pytest.mark.parametrize(
    "words",
    [
        ["audit", "--read-only"],
        ["catalog", "verify"],
        ["key", "backup", "--no-passphrase", "--to", "key.backup"],
        ["key", "show"],
        ["repair", "--all", "--yes"],
        ["status"],
    ],
    ids=" ".join,
)
def test_an_archive_that_names_no_key_has_no_evidence(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], key: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = changing.root / "archive.toml"
    path.write_text(re.sub(r'(?m)^key = ".*"$', lambda _: f'key = "{key}"', path.read_text()))
    assert run(["-C", str(changing.root), *words]) == EVIDENCE


def test_nothing_is_staged_through_a_link(changing: Changing, tmp_path: Path) -> None:
    staging = changing.root / "staging"
    shutil.rmtree(staging)
    (tmp_path / "elsewhere").mkdir()
    staging.symlink_to(tmp_path / "elsewhere")
    report = changing("catalog", "rebuild", code=UNREADABLE)
    assert "is a link" in report["message"]
    assert list((tmp_path / "elsewhere").iterdir()) == []


def _link(folder: Path, elsewhere: Path) -> None:
    """A link in the place of a folder, which lies elsewhere with all that was in it."""
    if folder.exists():
        shutil.copytree(folder, elsewhere)
        shutil.rmtree(folder)
    elsewhere.mkdir(exist_ok=True)
    folder.symlink_to(elsewhere)


def _names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("name", [name for name in FOLDERS if name != "staging"])
def test_nothing_is_written_through_a_link_in_place_of_a_folder(
    changing: Changing, tmp_path: Path, name: str
) -> None:
    reference = changing.reference("a.txt")
    _link(changing.root / name, tmp_path / "elsewhere")
    before = _names(tmp_path / "elsewhere")
    assert "is a link" in changing("catalog", "rebuild", code=UNREADABLE)["message"]
    changing("describe", reference, "--set", "dc.title=New", code=FINDINGS if name == "bags" else UNREADABLE)
    assert _names(tmp_path / "elsewhere") == before


def test_an_audit_beside_a_link_judges_what_is_there_and_records_nothing(
    changing: Changing, tmp_path: Path
) -> None:
    _link(changing.root / "audits", tmp_path / "elsewhere")
    report = changing("audit", code=FINDINGS)
    assert (report["counts"]["intact"], report["recorded"]) == (3, False)
    assert {"FIX-LINK", "AUDIT-NOT-RECORDED"} <= {finding["code"] for finding in report["findings"]}


@pytest.mark.parametrize("folder", ["bags", "notes"])
def test_nothing_is_written_through_a_link_in_place_of_a_shard(
    changing: Changing, tmp_path: Path, folder: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for number in range(256):
        shard = changing.root / folder / f"{number:02x}"
        if not shard.exists():
            shard.symlink_to(outside)
    source = tmp_path / "new.txt"
    for number in range(3):  # the one shard of a bag that is there, or none of them, is chosen by chance
        source.write_bytes(b"new %d" % number)
        words = {
            "bags": ["ingest", str(source), "--describe-later", "--no-identify"],
            "notes": [
                "describe",
                changing.reference("a.txt"),
                "--set",
                f"dc.title={number}",
                "--reason",
                "why",
            ],
        }
        report = changing(*words[folder], code=None)
        assert _names(outside) == []
        if report["kind"] == "error":
            assert "is a link" in report["message"]
            break
    else:
        pytest.fail("nothing was refused")


def test_a_pipe_as_a_runs_manifest_does_not_hold_the_history_up(changing: Changing, tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_bytes(b"new")
    # A name that stands nowhere else, and has to be looked for.
    changing("ingest", str(tmp_path / "new.txt"), "--describe-later", "--no-identify", "--agent", "Cleo")
    for manifest in changing.root.glob("runs/*.json"):
        manifest.unlink()
        _pipe(manifest)
    assert changing("history", code=None)["kind"] == "history-report"


def test_a_pipe_as_the_lock_does_not_hold_up_who_waits_for_it(changing: Changing) -> None:
    path = changing.root / "staging" / ".lock"
    path.unlink()
    _pipe(path)
    held = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ConflictError):
            WriterLock(str(changing.root), command="another", wait=0).acquire()
    finally:
        os.close(held)


def test_descriptions_that_are_a_pipe_are_not_waited_for(changing: Changing, tmp_path: Path) -> None:
    _pipe(tmp_path / "new.csv")
    report = changing("describe", "--metadata", str(tmp_path / "new.csv"), code=USAGE)
    assert "not a plain file" in report["message"]


@pytest.mark.parametrize("place", ["bags", "bags/{shard}", "runs"])
def test_nothing_is_published_through_a_link(changing: Changing, tmp_path: Path, place: str) -> None:
    outside = changing.root.parent / "outside"
    source = tmp_path / "source"
    source.mkdir()
    (source / "new.txt").write_text("new")
    folders = [f"bags/{number:02x}" for number in range(256)] if "{" in place else [place]
    for folder in folders:
        path = changing.root / folder
        (outside / folder).parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            path.rename(outside / folder)
        else:
            (outside / folder).mkdir()
        path.symlink_to(outside / folder)
    before = sorted(outside.rglob("*"))
    report = changing("ingest", str(source), "--describe-later", "--no-identify", code=UNREADABLE)
    assert "is a link" in report["message"]
    assert sorted(outside.rglob("*")) == before


@pytest.mark.parametrize("size", ["", "2"])
def test_an_intent_that_names_a_held_bag_takes_nothing_back(changing: Changing, size: str) -> None:
    bag = min(changing.root.glob("bags/*/*"))
    forged = forge(changing, size)
    digest = sha512((bag / "tagmanifest-sha512.txt").read_bytes()).hexdigest()
    intents.announce(forged, 1, [intents.IntendedBag(bag.name, digest, None, None)])
    changing("catalog", "rebuild")
    assert bag.is_dir()
    assert not forged.folder.exists()
    assert changing("audit", "--read-only")["outcome"] == "intact"


@pytest.mark.parametrize("is_link", [False, True])
def test_an_intent_takes_back_no_bag_that_is_another_than_it_intended(
    changing: Changing, is_link: bool
) -> None:
    stranger = changing.root / "bags" / RUN[-2:] / RUN
    shutil.copytree(min(changing.root.glob("bags/*/*")), stranger)
    forged = forge(changing)
    intents.announce(forged, 1, [intents.IntendedBag(RUN, "00" * 64, None, None)])
    tags = stranger / "tagmanifest-sha512.txt"
    if is_link:
        stranger.chmod(0o755)
        tags.rename(stranger / "aside.txt")
        tags.symlink_to("aside.txt")
    changing("catalog", "rebuild")
    assert (stranger / "bagit.txt").is_file()
    assert ("BAG-UNKNOWN", f"bags/{RUN[-2:]}/{RUN}") in changing.audit(code=1)


def test_an_intent_that_began_from_another_ledger_stops_every_writer(changing: Changing) -> None:
    size = int((changing.root / "ledger" / "checkpoint").read_text().split("\n")[1])
    forged = intents.begin(
        changing.root / "staging",
        run=RUN,
        command=intents.INGEST,
        started="2026-11-21T12:00:00Z",
        size=size,
        root="00" * 32,
    )
    message = changing("catalog", "rebuild", code=EVIDENCE)["message"]
    assert "does not extend" in message
    assert forged.folder.is_dir()


@pytest.mark.parametrize(
    "words", [("audit",), ("report",), ("ledger", "pack", "--out", "e.zip")], ids=lambda words: words[0]
)
@pytest.mark.parametrize("is_hole", [True, False], ids=["hole", "zeros behind results"])
def test_results_of_an_audit_larger_than_any_are_not_read(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], is_hole: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    changing("audit")
    (chunk,) = changing.root.glob("audits/*/*.jsonl.gz")
    chunk.chmod(0o644)
    chunk.write_bytes(b"" if is_hole else chunk.read_bytes())
    os.truncate(chunk, 1 << 40)
    with timed():
        report = changing(*words, code=None)
    chunk.unlink()
    found = [one for one in report.get("findings", ()) if one["code"] == "AUDIT-RESULTS"]
    assert len(found) == (words[0] != "ledger")


@contextmanager
def timed() -> Iterator[None]:
    """Ends what reads a hole."""
    before = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("reads a hole to its end"))
    signal.alarm(20)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
