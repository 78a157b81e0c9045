"""What changed in archive.toml, from the texts that the ledger's notes keep."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from archive.core.errors import ArchiveError
from archive.core.ledger.entries import Entry
from archive.core.limits.output import PERIOD_CHANGES, PERIOD_VALUE
from archive.core.text import printable
from archive.storage.ledger.notes import Notes

_SECRET: Final = frozenset({"agents.salt"})


class PolicyChange(NamedTuple):
    """One recorded change of the settings; `changes` is None where a text before or after is gone."""

    entry: int
    time: str
    changes: tuple[str, ...] | None


def policy_changes(
    notes: Notes, recorded: Iterable[tuple[int, Entry]], begins: str
) -> Iterator[PolicyChange]:
    """What each change from the time `begins` on changed; entries before it only give the state before.

    The first settings of an archive are no change.
    """
    before: Mapping[str, str] | None = None
    is_first = True
    for index, entry in recorded:
        after = _settings(notes, entry)
        if entry.time >= begins and not (is_first and index <= 1):
            known = before is not None and after is not None
            yield PolicyChange(index, entry.time, _compared(before or {}, after or {}) if known else None)
        before, is_first = after, False


def _settings(notes: Notes, entry: Entry) -> Mapping[str, str] | None:
    """The settings as dotted names and texts, None where their note is gone or is no TOML."""
    commitment = entry.get("note")
    if not isinstance(commitment, str):
        return None
    try:
        text = notes.read(commitment)
        return None if text is None else dict(_flat("", tomllib.loads(text)))
    except (ArchiveError, ValueError, RecursionError):
        return None


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(f"{prefix}.{name}" if prefix else str(name), inner)
    elif isinstance(value, list) and all(isinstance(inner, dict) for inner in value):
        for number, inner in enumerate(value, 1):
            yield from _flat(f"{prefix}[{number}]", inner)
    else:
        yield prefix, str(value)


def _compared(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    told = [
        f"{printable(name)}: {_shown(before.get(name))} → {_shown(after.get(name))}"
        for name in sorted({*before, *after} - _SECRET)
        if before.get(name) != after.get(name)
    ]
    if len(told) > PERIOD_CHANGES:
        told[PERIOD_CHANGES:] = [f"and {len(told) - PERIOD_CHANGES} more"]
    return tuple(told)


def _shown(value: str | None) -> str:
    if value is None:
        return "not set"
    text = printable(value)
    return f"“{text[:PERIOD_VALUE]}{'…' if len(text) > PERIOD_VALUE else ''}”"
