"""What a key signed last, kept beside it and outside the archive: an older copy or a fork is never signed.

`pending.json` is written before a checkpoint is replaced, `last.json` after it. A ledger that does not extend
the last state is an older copy, a restored backup, or a fork; of one with fewer entries a root and a size do
not tell which.
"""

import base64
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from archive.core.errors import ConfigurationError, EvidenceError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.merkle import HASH_BYTES
from archive.core.limits.ledger import KEY_STATE_BYTES
from archive.core.text import printable
from archive.storage.disk.durable import NotAPlainFileError, read_plain, remove, replace_file

_LAST = "last.json"
_PENDING = "pending.json"
_PRIVATE = 0o600


EITHER: Final = "an older state, or another history"
TELL: Final = "there archive ledger verify --trust, with the ledger/checkpoint of this one, tells which it is"


def fewer(count: int) -> str:
    """So many entries fewer, in words."""
    return f"{count:,} {'entry' if count == 1 else 'entries'} fewer"


class Standing(StrEnum):
    """How a ledger stands to what its key signed last."""

    IN_STEP = "in-step"  # it is that state, or extends it
    NOT_RECORDED = "not-recorded"  # nothing is known here: a key restored from its backup
    UNFINISHED = "unfinished"  # it is that state; a commit beyond it was begun and never made
    BEHIND = "behind"  # it is smaller: a copy, a restored backup, or a fork
    FORK = "fork"  # it is as large or larger, and does not begin with that state


@dataclass(frozen=True, slots=True)
class SignedState:
    """The standing of one ledger, with what it rests on."""

    standing: Standing
    checkpoint: Checkpoint
    last: Checkpoint | None

    @property
    def entries_behind(self) -> int:
        """How many entries fewer the ledger has; 0 unless it is behind."""
        return max(self.last.size - self.checkpoint.size, 0) if self.last is not None else 0

    @property
    def may_be_signed(self) -> bool:
        """True where nothing signed before would be contradicted."""
        return self.standing not in {Standing.BEHIND, Standing.FORK}

    def refuse_unless_signable(self) -> None:
        """EvidenceError with the reason where the ledger must not be signed."""
        if self.standing is Standing.BEHIND:
            raise EvidenceError(
                f"the ledger has {fewer(self.entries_behind)} than its key signed last: {EITHER}",
                remedy=f"write to the newest copy of the archive; {TELL}. Where nothing newer is left,"
                " archive key replace --behind --reason TEXT goes on from here",
            )
        if self.standing is Standing.FORK:
            size = self.last.size if self.last is not None else 0
            raise EvidenceError(
                f"the ledger contradicts what its key signed last, at size {size}",
                remedy="compare it with the other copies of the archive: one of them was written apart",
            )


class SignedLedger(Protocol):
    """A ledger as far as it is compared with a signed state."""

    def read_checkpoint(self, vkey: str) -> Checkpoint:
        """Its checkpoint, signature verified."""
        ...

    def extends(self, size: int, root: bytes) -> bool:
        """True where it begins with the tree of that size and root."""
        ...


class LastSigned:
    """The state files in a key's folder. Every write is durable before the call returns.

    `elsewhere` are other folders in which the key may have lain: what it signed last there counts, too.
    """

    def __init__(self, folder: str, vkey: str, elsewhere: Sequence[str] = ()) -> None:
        self.folder = folder
        self._vkey = vkey
        self._elsewhere = elsewhere

    def read(self) -> tuple[Checkpoint | None, Checkpoint | None]:
        """(last, pending), None where there is none; ConfigurationError where a file is damaged."""
        return max(self._lasts(), key=_size, default=None), self._state(self.folder, _PENDING)

    def _lasts(self) -> list[Checkpoint]:
        """What was signed last, as each folder knows it; what another key signed elsewhere is not ours."""
        name = self._vkey.partition("+")[0]
        own = self._state(self.folder, _LAST)
        others = [self._state(folder, _LAST) for folder in self._elsewhere]
        return [last for last in (own, *others) if last is not None and (last is own or last.origin == name)]

    def check(self, ledger: SignedLedger) -> SignedState:
        """How the ledger stands to the state; raises what reading the ledger raises."""
        checkpoint = ledger.read_checkpoint(self._vkey)
        lasts, pending = self._lasts(), self._state(self.folder, _PENDING)
        last = max(lasts, key=_size, default=None)
        return SignedState(self._standing(ledger, checkpoint, lasts, pending), checkpoint, last)

    def _standing(
        self,
        ledger: SignedLedger,
        checkpoint: Checkpoint,
        lasts: Sequence[Checkpoint],
        pending: Checkpoint | None,
    ) -> Standing:
        for last in lasts:  # first: what is about to be signed may be left of an older copy of the key
            if checkpoint.origin != last.origin:
                return Standing.FORK
            if checkpoint.size < last.size:
                return Standing.BEHIND
            if not ledger.extends(last.size, last.root):
                return Standing.FORK
        if pending == checkpoint:  # committed; only the note of it is missing
            return Standing.IN_STEP
        if pending is not None and pending.size > checkpoint.size:
            return Standing.UNFINISHED
        return Standing.IN_STEP if lasts else Standing.NOT_RECORDED

    def begin(self, checkpoint: Checkpoint) -> None:
        """Record what is about to be signed and committed."""
        self._write(_PENDING, checkpoint)

    def finish(self, checkpoint: Checkpoint) -> None:
        """Record what is committed."""
        self._write(_LAST, checkpoint)
        remove(os.path.join(self.folder, _PENDING))

    def _write(self, name: str, checkpoint: Checkpoint) -> None:
        state = {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": base64.b64encode(checkpoint.root).decode(),
        }
        replace_file(os.path.join(self.folder, name), json.dumps(state).encode() + b"\n", _PRIVATE)

    def _state(self, folder: str, name: str) -> Checkpoint | None:
        path = os.path.join(folder, name)
        try:
            raw = read_plain(path, KEY_STATE_BYTES)
            return None if raw is None else _parse_state(raw)
        except (NotAPlainFileError, ValueError, KeyError, TypeError, RecursionError) as trouble:
            raise ConfigurationError(
                f"{printable(path)}: not the state that a key keeps: {trouble}",
                remedy="restore the key's folder from its backup, or remove this file after `archive audit`",
            ) from trouble


def _size(checkpoint: Checkpoint) -> int:
    return checkpoint.size


def _parse_state(raw: bytes) -> Checkpoint:
    state = json.loads(raw)
    origin, size = state["origin"], state["size"]
    root = base64.b64decode(state["root"], validate=True)
    if not isinstance(origin, str) or type(size) is not int or size < 0 or len(root) != HASH_BYTES:
        raise ValueError("origin, size and root expected")
    return Checkpoint(origin, size, root)
