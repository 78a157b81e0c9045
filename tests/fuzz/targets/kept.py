"""More files of an archive and of its copies: markers, waiting audits, records, tars, changed settings."""

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from archive.core.canonical import readable
from archive.core.copies import CopyForm, CopyMarker, CopyPlace, parse_marker
from archive.core.errors import ConfigurationError, ConflictError
from archive.core.expectation import Expectation
from archive.core.ledger import entries
from archive.core.outcomes import BagOutcome
from archive.core.promises import Interval, Task
from archive.core.repair_record import RepairRecord
from archive.services.copies.batch import look_at
from archive.storage import settings
from archive.storage.audits.waiting_runs import WaitingRun, WaitingRuns
from archive.storage.copies.names import bag_name
from archive.storage.copies.transfer import write_bag
from archive.storage.settings import Settings
from tests.builders import make_bag
from tests.fuzz.mutation import mutated
from tests.fuzz.target import Target, mutating

_RUN = "01920000-0000-7000-8000-000000000001"
_TIME = "2026-11-21T02:40:59.123Z"
_PAYLOAD = {"a.txt": b"a letter\n", "ä/ё.txt": b"\0" * 700, "empty": b""}
_PLACE = CopyPlace(id=_RUN, name="disk", path="/mnt/disk", form=CopyForm.TAR)


def check_marker(data: bytes) -> None:
    """The marker of a copy, or why it is none; written again it says the same."""
    try:
        marker = parse_marker(data)
    except (ConfigurationError, ConflictError):
        return
    assert parse_marker(marker.to_bytes()) == marker


def _markers() -> list[bytes]:
    first = CopyMarker(
        archive="u", origin="o", id=_RUN, form=CopyForm.TAR, written_by="x", size=7, root="ab" * 32
    )
    second = replace(first, form=CopyForm.FOLDER, finished=True, more={"later": [1]})
    return [first.to_bytes(), second.to_bytes()]


def check_waiting(data: bytes) -> None:
    """An audit that waits, or why the file states none."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        Path(folder, f"{_RUN}.json").write_bytes(data)
        for each in WaitingRuns(folder).all():
            if isinstance(each, WaitingRun):
                readable(each.to_json())


def _waiting() -> list[bytes]:
    started = entries.audit_started(time=_TIME, agents=["a"], run=_RUN, mode="full", selected=1, policy=90)
    ended = {
        "time": _TIME, "agents": ["a"], "outcome": "intact", "counts": {"intact": 1}, "results": "ab",
        "interrupted": False,
    }  # fmt: skip
    run = WaitingRun(run=_RUN, size=3, root="ab" * 32, started=started.decode(), finished=None)
    documents = [run.to_json(), replace(run, finished=ended).to_json()]
    without_digest = [
        {name: document[name] for name in document if name != "sha512"} for document in documents
    ]
    return [readable(document) for document in (*documents, *without_digest)]


def check_repair_record(data: bytes) -> None:
    """A record, ValueError, or ConflictError for a newer one; written again it says the same."""
    try:
        record = RepairRecord.parse(data)
    except (ValueError, ConflictError):
        return
    with suppress(UnicodeEncodeError):
        assert RepairRecord.parse(record.to_bytes()) == record


def _records() -> list[bytes]:
    aside = [
        {"path": "data/a", "outcome": "altered", "sha512": "ab", "bytes": 3},
        {"path": {"text": "x", "base64": "/w=="}, "outcome": "missing", "sha512": None, "bytes": None},
    ]
    restored = [{"path": "data/a", "sha512": "ab" * 64, "before": None, "place": "copy", "source": "a"}]
    facts = {"version": 1, "bag": _RUN, "run": _RUN, "time": _TIME, "entry": 7, "whole": False}
    return [readable({**facts, "set_aside": aside, "restored": restored})]


def check_settings_changed(data: bytes) -> None:
    """Settings that can be read can be changed: the new text is read, and says nothing else otherwise."""
    try:
        before = settings.parse(data, "archive.toml")
    except (ConfigurationError, ConflictError):
        return
    after = settings.parse(settings.with_copy(data, _PLACE), "archive.toml")
    others = [place for place in before.copies if place.id != _RUN]
    assert [place for place in after.copies if place.id != _RUN] == others, "another place was changed"
    assert _PLACE in after.copies
    promised = settings.parse(settings.with_promises(data, {Task.COPY: Interval.WEEKLY}), "archive.toml")
    assert dict(promised.promises) == {Task.COPY: Interval.WEEKLY}
    assert promised.copies == before.copies
    assert settings.parse(settings.with_key(data, "another"), "archive.toml").key == "another"


def _settings() -> list[bytes]:
    made = settings.render(Settings(archive_id=_RUN, origin="o", key="k", created=_TIME, name="é"))
    return [
        made,
        settings.with_promises(settings.with_copy(made, _PLACE), {Task.AUDIT: Interval.DAILY}),
        made + b'\n[[copies]]\nid = "01920000-0000-7000-8000-000000000002"\npath = "/x" # here\n',
        b'copies = []\npromises = {audit = "daily"}\n' + made,
        b'copies = [{id = "%s", path = "/y"}]\npromises.copy = "weekly"\n' % _RUN.encode() + made,
    ]


class _Copied(NamedTuple):
    tar: bytes
    expectation: Expectation


@cache
def _copied() -> _Copied:
    with tempfile.TemporaryDirectory() as folder:
        held = make_bag(Path(folder, "held"), _PAYLOAD, name=_RUN)
        target = Path(folder, "copy")
        target.mkdir()
        shards = [os.open(path, os.O_RDONLY | os.O_DIRECTORY) for path in (Path(folder, "held"), target)]
        most = held.expectation.most_bytes
        write_bag(shards[0], _RUN, shards[1], _RUN, CopyForm.TAR, files=len(_PAYLOAD), most_bytes=most)
        for shard in shards:
            os.close(shard)
        return _Copied((target / bag_name(_RUN, CopyForm.TAR)).read_bytes(), held.expectation)


def draw_tar(chance: Random) -> bytes:
    """The tar of a copy, changed; most often somewhere in a header, which is where readers differ."""
    tar = _copied().tar
    if chance.random() < 0.3:
        return mutated(chance, tar)
    at = 512 * chance.randrange(len(tar) // 512)
    return tar[:at] + mutated(chance, tar[at : at + 512])[:512].ljust(512, b"\0") + tar[at + 512 :]


def check_tar(data: bytes) -> None:
    """A tar whose contents were changed is never intact; whatever it is, it is judged."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        Path(folder, bag_name(_RUN, CopyForm.TAR)).write_bytes(data)
        shard = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            outcome = look_at(shard, _RUN, _copied().expectation, CopyForm.TAR).outcome
        finally:
            os.close(shard)
    if data == _copied().tar:
        assert outcome is BagOutcome.INTACT
    if outcome is BagOutcome.INTACT:
        assert all(content in data for content in _PAYLOAD.values()), "intact without its contents"


def _target(
    name: str,
    check: Callable[[bytes], object],
    examples: Callable[[], Sequence[bytes]],
    words: Sequence[bytes],
) -> Target:
    return mutating(name, "stored", check, examples=cache(lambda: tuple(examples())), words=words)


_JSON = (
    b"null", b"true", b"{}", b"[]", b"[1]", b"1e999", b"-1", b'""', b"NaN", b"\\ud800", b'"version"',
    b'"finished"', b'"form"', b'"tar"', b'"ledger"', b'"size"', b'"root"', b"[" * 3000, b'"base64"',
)  # fmt: skip
_TOML = (
    b"[[copies]]", b"[promises]", b"[copies]", b"copies = []", b"promises = {}", b"[archive]", b"[ledger]",
    b"\nx.y = 1\n", b"# note", b"'''", b'"""', b"\\", b"id = ", b"key = ", b" = 2", b"\r\n", b"[audit.x]",
)  # fmt: skip

TARGETS: tuple[Target, ...] = (
    _target("copy-marker", check_marker, _markers, _JSON),
    _target("waiting-audit", check_waiting, _waiting, _JSON),
    _target("repair-record", check_repair_record, _records, _JSON),
    _target("settings-changed", check_settings_changed, _settings, _TOML),
    Target(name="copied-tar", family="stored", draw=draw_tar, check=check_tar),
)
