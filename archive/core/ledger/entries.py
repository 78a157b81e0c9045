"""Entries of the ledger: one canonical JSON object per event, digests and identifiers only.

No titles, names, paths or free text: an append-only log cannot forget them. What people wrote stands in
notes, of which an entry holds the commitments (`archive.core.ledger.commitments`).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from typing import Any, NoReturn

from archive.core.canonical import compact
from archive.core.errors import ConflictError, EvidenceError
from archive.core.ledger.entry_members import TIME_PATTERN, fault_in, is_id
from archive.core.ledger.plain_ingestion import read_ingestion
from archive.core.limits.ledger import ENTRY_BYTES, OWN_ENTRY_BYTES

VERSION = 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MILLISECOND = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z
_TIME = re.compile(TIME_PATTERN)


class EntryError(EvidenceError, ValueError):
    """The bytes are not an entry of a ledger."""


class EntryType(StrEnum):
    """What happened, in the words of the entry's `type`; others may follow."""

    ARCHIVE_CREATED = "archive created"
    SETTINGS_CHANGED = "settings changed"
    INGESTION = "ingestion"
    RUN_CLOSED = "run closed"
    AUDIT_STARTED = "audit started"
    AUDIT_FINISHED = "audit finished"
    DESCRIPTION_CHANGED = "description changed"
    WITHDRAWAL = "withdrawal"
    DISPOSAL = "disposal"
    SOFTWARE_CHANGED = "software changed"
    KEY_CHANGED = "key changed"
    KEY_REPLACED = "key replaced"
    COPY_STARTED = "copy started"
    COPIED = "copied"
    COPY_AUDIT_STARTED = "copy audit started"
    COPY_AUDITED = "copy audited"
    REPAIRED = "repaired"
    INCIDENTS_ACKNOWLEDGED = "incidents acknowledged"


_KNOWN = frozenset(EntryType)


@dataclass(frozen=True, slots=True)
class Entry:
    """One parsed entry; `members` keeps everything that stood in it, known or not."""

    type: str
    time: str
    agents: tuple[str, ...]
    members: Mapping[str, Any]

    @property
    def bag(self) -> str | None:
        """The bag that it is about, if it names one."""
        return self._id("bag")

    @property
    def run(self) -> str | None:
        """The run that it belongs to, if it names one."""
        return self._id("run")

    def get(self, name: str, default: Any = None) -> Any:
        """The member of that name, or the default."""
        return self.members.get(name, default)

    def _id(self, name: str) -> str | None:
        value = self.members.get(name)
        if self.type in _KNOWN:  # and it is what it has to be
            return value
        return value if is_id(value) else None


def timestamp(milliseconds: int) -> str:
    """RFC 3339 in UTC with milliseconds of a time since 1970, clamped to the years 1970 to 9999.

    Such texts sort as the times do.
    """
    time = _EPOCH + timedelta(milliseconds=min(max(milliseconds, 0), _LAST_MILLISECOND))
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"


def is_entry_time(text: str) -> bool:
    """True for a time as entries have it: RFC 3339 in UTC with milliseconds."""
    return _TIME.fullmatch(text) is not None


def make_entry(type_: str, *, time: str, agents: Sequence[str], **members: Any) -> bytes:
    """The bytes of an entry; members that are None are left out.

    Raises ValueError where the time is not RFC 3339 with milliseconds, or the entry would reach 2 KiB.
    """
    document = {name: value for name, value in members.items() if value is not None}
    document |= {"v": VERSION, "type": type_, "time": time, "agents": list(agents)}
    return _sized(compact(document), time)


def _sized(raw: bytes, time: str) -> bytes:
    if not is_entry_time(time):
        raise ValueError(f"not RFC 3339 in UTC with milliseconds: {time!r}")
    if len(raw) >= OWN_ENTRY_BYTES:
        raise ValueError(f"an entry stays below {OWN_ENTRY_BYTES} bytes, this one has {len(raw)}")
    return raw


def archive_created(*, time: str, agents: Sequence[str], archive: str, origin: str, key: str) -> bytes:
    """Entry 0: the archive's UUID, the ledger's origin and the verifier key of its first signing key."""
    return make_entry(
        EntryType.ARCHIVE_CREATED, time=time, agents=agents, archive=archive, origin=origin, key=key
    )


def settings_changed(*, time: str, agents: Sequence[str], settings: str, note: str | None = None) -> bytes:
    """The SHA-512 (hexadecimal) of archive.toml as it is from now on, and the commitment of its text."""
    return make_entry(EntryType.SETTINGS_CHANGED, time=time, agents=agents, settings=settings, note=note)


def ingestion(
    *,
    time: str,
    agents: Sequence[str],
    bag: str,
    run: str,
    file_count: int,
    byte_count: int,
    payload: tuple[str, str],
    tagmanifest: str,
    reference: str | None = None,
    notes: Sequence[str] = (),
) -> bytes:
    """A bag was taken in.

    `payload` is ("sha512", digest of the one file) or ("manifest-sha512", digest of the payload manifest);
    `tagmanifest` the SHA-512 of tagmanifest-sha512.txt; `reference` only where the archive minted it.
    Written member by member, since an ingest makes one per document: the bytes are those of `make_entry`.
    """
    kind, digest = payload
    noted = f'"notes":{_quoted_list(tuple(notes))},' if notes else ""
    minted = f'"reference":{_quoted(reference)},' if reference is not None else ""
    text = (
        f'{{"agents":{_quoted_list(tuple(agents))},"bag":{_quoted(bag)},"bytes":{byte_count:d},'
        f'"files":{file_count:d},{noted}"payload":{{{_quoted(kind)}:{_quoted(digest)}}},{minted}'
        f'"run":{_quoted(run)},"tagmanifest":{_quoted(tagmanifest)},"time":{_quoted(time)},'
        f'"type":"ingestion","v":{VERSION}}}'
    )
    return _sized(text.encode(), time)


@lru_cache(maxsize=64)
def _quoted_list(texts: tuple[str, ...]) -> str:
    return compact(texts).decode()


def run_closed(
    *,
    time: str,
    agents: Sequence[str],
    run: str,
    outcome: str,
    bag_count: int,
    file_count: int,
    byte_count: int,
    manifest: str,
    notes: Sequence[str] = (),
) -> bytes:
    """The end of an ingest run: outcome `completed` or `interrupted`, and the SHA-512 of its manifest."""
    return make_entry(
        EntryType.RUN_CLOSED,
        time=time,
        agents=agents,
        run=run,
        outcome=outcome,
        bags=bag_count,
        files=file_count,
        bytes=byte_count,
        manifest=manifest,
        notes=list(notes) or None,
    )


def audit_started(
    *,
    time: str,
    agents: Sequence[str],
    run: str,
    mode: str,
    selected: int,
    policy: int,
    seed: str | None = None,
    sample: Mapping[str, Any] | None = None,
    choice: str | None = None,
) -> bytes:
    """An audit begins: mode `full`, `share`, `sample` or `ids`, bags selected, and the days promised.

    `sample` says of a sample what it is drawn from and what it is to show; `choice` is the SHA-512 of what
    its plan says of the choice of bags, as compact JSON.
    """
    return make_entry(
        EntryType.AUDIT_STARTED,
        time=time,
        agents=agents,
        run=run,
        mode=mode,
        selected=selected,
        policy=policy,
        seed=seed,
        sample=dict(sample) if sample is not None else None,
        choice=choice,
    )


def audit_finished(
    *,
    time: str,
    agents: Sequence[str],
    run: str,
    started: int,
    outcome: str,
    counts: Mapping[str, int],
    results: str,
    interrupted: bool,
    recorded: str | None = None,
) -> bytes:
    """The end of an audit: index of its `audit started`, outcome, counts, SHA-512 of its results file.

    `recorded` is the time at which it was signed, where its results had waited for a signature.
    """
    return make_entry(
        EntryType.AUDIT_FINISHED,
        time=time,
        agents=agents,
        run=run,
        started=started,
        outcome=outcome,
        counts=dict(counts),
        results=results,
        interrupted=interrupted,
        recorded=recorded,
    )


def recorded_at(finished: Entry) -> str:
    """The time at which the ledger took an audit: later than its own where it had waited for a signature."""
    recorded = finished.get("recorded")
    return recorded if isinstance(recorded, str) and recorded > finished.time else finished.time


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("the same member twice")
    return members


def _not_exact(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a whole number")


_decode = json.JSONDecoder(
    object_pairs_hook=_members, parse_constant=_not_exact, parse_float=_not_exact
).decode


def parse_entry(raw: bytes) -> Entry:
    """The entry that the bytes spell, unknown types and members included.

    Raises EntryError where they are no entry, ConflictError where a newer version wrote it.
    """
    if len(raw) > ENTRY_BYTES:
        raise EntryError(f"an entry has at most {ENTRY_BYTES} bytes, this one {len(raw)}")
    plain = read_ingestion(raw)
    if plain is None:
        return _of_json(raw)
    return Entry(plain["type"], plain["time"], tuple(plain["agents"]), plain)


def _of_json(raw: bytes) -> Entry:
    """The entry that its JSON gives, in whatever spelling."""
    try:
        members = _decode(raw.decode())
    except RecursionError as trouble:
        raise EntryError("not an entry: nested too deeply") from trouble
    except ValueError as trouble:  # UnicodeDecodeError and JSONDecodeError too
        raise EntryError(f"not an entry: {trouble}") from trouble
    if not isinstance(members, dict):
        raise EntryError("not an entry: a JSON object expected")
    version = members.get("v")
    if type(version) is not int or version < 1:
        raise EntryError("not an entry: its version 'v' is not a positive number")
    if version > VERSION:
        raise ConflictError(
            f"ledger entry of version {version}; this program reads up to version {VERSION}",
            remedy="use a newer release of archive",
        )
    kind, time, agents = members.get("type"), members.get("time"), members.get("agents")
    if not isinstance(kind, str) or not kind:
        raise EntryError("not an entry: no type")
    if not isinstance(time, str) or not _TIME.fullmatch(time):
        raise EntryError("not an entry: its time is not RFC 3339 in UTC with milliseconds")
    if not isinstance(agents, list) or not all(isinstance(agent, str) for agent in agents):
        raise EntryError("not an entry: its agents are not a list of ids")
    if kind in _KNOWN:
        if escapes := b"\\u" in raw:
            _require_unicode(members)
        if (fault := fault_in(members, escapes=escapes)) is not None:
            raise EntryError(f"not an entry: {fault}")
    return Entry(kind, time, tuple(agents), members)


def _require_unicode(members: Mapping[str, Any]) -> None:
    """EntryError where a text holds half a character, which no file and no table takes."""
    try:
        compact(members)
    except UnicodeEncodeError as trouble:
        raise EntryError("not an entry: a text in it holds a lone surrogate") from trouble
