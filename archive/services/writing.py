"""A writer's hold on an archive: first the key, then the lock, what a dead writer left, the index."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from archive.core.copies import MARKER
from archive.core.ledger import entries
from archive.core.ledger.change_entries import software_changed
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import EntryType, parse_entry
from archive.core.limits.waits import LOCK_WAIT
from archive.services import recovery
from archive.services.catalog.catching_up import AllIntact
from archive.services.catalog.derived_files import publish_derived
from archive.services.catalog.index_contents import bring_up_to_date
from archive.services.catalog.noted_entries import (
    Numbered,
    latest_entries,
    note_entry,
    noted_entry,
    require_signed,
)
from archive.services.catalog.own_index import current_index, index_let_go, index_made_anew
from archive.services.opened import SOFTWARE_ID, OpenedArchive, person_agent, software_agent
from archive.services.signing import unfinished
from archive.services.signing.recording import Recorded, record_waiting
from archive.services.surroundings import Surroundings
from archive.storage import intents
from archive.storage.disk.durable import refuse_link
from archive.storage.disk.kinds import something_at
from archive.storage.index import Index, IndexBusyError, IndexDamagedError, IndexRow
from archive.storage.keys.signing_key import Key, load_key
from archive.storage.layout import FOLDERS
from archive.storage.ledger.notes import Notes
from archive.storage.lock import Holder, WriterLock
from archive.storage.settings import read_bytes

_Made = TypeVar("_Made")
_PROGRAM: Final = re.compile(SOFTWARE_ID).fullmatch


@dataclass(slots=True)
class Writing:
    """What a writer has in hand while it holds the lock; `waited` are audits that were signed before it."""

    archive: OpenedArchive
    key: Key
    checkpoint: Checkpoint
    index: Index
    waited: Recorded

    def from_index(self, use: Callable[[Index], _Made]) -> _Made:
        """What `use` makes of the index; where it turns out damaged, `use` begins again with a new one.

        And with a copy of it where another program does not let go of it: what is committed is committed.
        """
        try:
            return use(self.index)
        except IndexDamagedError:
            self.make_anew()
        except IndexBusyError:
            self.index.close()
            self.index = index_let_go(self.archive, self.checkpoint)
        return use(self.index)

    def make_anew(self) -> None:
        """Another index in place of one that is damaged."""
        self.index.close()
        self.index = index_made_anew(self.archive, self.checkpoint)

    def by_bag(self, bag: str) -> IndexRow | None:
        """The document in a bag."""
        return self.from_index(lambda index: index.by_bag(bag))

    def follow(self, intact: AllIntact | None = None) -> None:
        """Brings the index up to the checkpoint; see `bring_up_to_date`."""
        self.from_index(lambda index: bring_up_to_date(self.archive, index, self.checkpoint, intact))

    def publish(self) -> None:
        """The same, and the files that follow from the index."""
        self.follow()
        self.from_index(lambda index: publish_derived(self.archive, index))


@contextmanager
def writing(
    archive: OpenedArchive,
    *,
    command: str,
    surroundings: Surroundings,
    agent: str | None = None,
    wait: float = LOCK_WAIT,
    waiting: Callable[[Holder], None] | None = None,
) -> Iterator[Writing]:
    """Holds the archive for writing.

    Raises ConfigurationError without the signing key and for a copy (nothing is touched), StorageError where
    a folder of the archive is a link, ConflictError where another writer stays longer than `wait` seconds,
    EvidenceError where the ledger does not extend what was last signed.
    """
    refuse_copy(archive)
    for folder in FOLDERS:
        refuse_link(str(archive.root / folder))
    is_changed = unfinished.is_left(archive) and _finish_key_change(archive, command, wait, waiting)
    key = load_key(archive.settings.key)
    agents = (person_agent(archive.settings, agent).id, software_agent().id)
    with WriterLock(str(archive.root), command=command, wait=wait, waiting=waiting):
        if archive.refresh():  # while we waited another writer changed the key
            key = load_key(archive.settings.key)
        checkpoint = archive.checkpoint()
        key.last_signed.check(archive.ledger).refuse_unless_signable()
        checkpoint = recovery.recover(archive, key, checkpoint, agents, surroundings)
        with current_index(archive, checkpoint) as index:
            hold = Writing(archive, key, checkpoint, index, Recorded(checkpoint))
            try:
                note_settings(archive, hold, agents, surroundings)
                _note_software(archive, hold, agents, surroundings)
                _record_waiting(archive, hold, surroundings)
                if is_changed:
                    hold.publish()  # the page for finders names the key
                yield hold
            finally:
                hold.index.close()  # it may be another one by now


def finish_left_over(
    archive: OpenedArchive,
    *,
    command: str,
    surroundings: Surroundings,
    agent: str | None = None,
    wait: float = LOCK_WAIT,
    waiting: Callable[[Holder], None] | None = None,
) -> None:
    """For a command that finds nothing to write: what it was given again for may be left half done.

    Does nothing where no killed writer left anything; raises what `writing` raises.
    """
    if next(intents.unfinished(archive.layout.staging), None) is not None:
        with writing(
            archive, command=command, surroundings=surroundings, agent=agent, wait=wait, waiting=waiting
        ):
            pass


def refuse_copy(archive: OpenedArchive) -> None:
    """ConfigurationError for what `archive copy` made, and for all that bears the marker of a copy."""
    if something_at(archive.root / MARKER):  # else nothing more is loaded
        from archive.services.copies.itself import refuse_copy as refuse

        refuse(archive)


def _finish_key_change(
    archive: OpenedArchive, command: str, wait: float, waiting: Callable[[Holder], None] | None
) -> bool:
    """Which key is the archive's must be settled before it is looked for."""
    with WriterLock(str(archive.root), command=command, wait=wait, waiting=waiting):
        return unfinished.finish(archive) is not None


def _record_waiting(archive: OpenedArchive, hold: Writing, surroundings: Surroundings) -> None:
    """What was found while the key was locked comes first: it was there first."""
    hold.waited = record_waiting(archive, hold.key, hold.checkpoint, surroundings)
    hold.checkpoint = hold.waited.checkpoint
    hold.follow()


def note_settings(
    archive: OpenedArchive, hold: Writing, agents: tuple[str, ...], surroundings: Surroundings
) -> None:
    """Policies enter the ledger at the first command after a change; a command that makes one calls this."""
    digest = archive.settings.digest
    if _are_recorded(archive, hold, digest):
        return
    text = read_bytes(archive.layout.settings).decode()
    commitment = Notes(str(archive.root)).write(text)
    entry = entries.settings_changed(
        time=entries.timestamp(surroundings.now()), agents=agents, settings=digest, note=commitment
    )
    hold.checkpoint = archive.ledger.append([entry], hold.key.signer, hold.key.last_signed)
    hold.follow()


def _are_recorded(archive: OpenedArchive, hold: Writing, digest: str) -> bool:
    """True where these are the settings that the ledger names last."""
    kind, size = EntryType.SETTINGS_CHANGED, hold.checkpoint.size
    noted = noted_entry(archive, hold.index, size, kind)
    if noted is not None and noted.entry.get("settings") == digest:
        return True
    last = next(latest_entries(archive, size, kind), None)
    if last is None or last.entry.get("settings") != digest:
        return False
    note_entry(hold.index, kind, last.number)
    return True


def _note_software(
    archive: OpenedArchive, hold: Writing, agents: tuple[str, ...], surroundings: Surroundings
) -> None:
    """So does the program, at the first command of another version than wrote before."""
    software = software_agent().id
    kind, size = EntryType.SOFTWARE_CHANGED, hold.checkpoint.size
    if _program_of(noted_entry(archive, hold.index, size, kind) or _first(archive)) == software:
        return
    last = next(filter(_program_of, latest_entries(archive, size, kind)), None) or _first(archive)
    before = _program_of(last)
    if before is None:
        return
    if before == software:
        note_entry(hold.index, kind, last.number)
        return
    require_signed(archive, hold.checkpoint, last.number)
    entry = software_changed(
        time=entries.timestamp(surroundings.now()), agents=agents, software=software, previous=before
    )
    hold.checkpoint = archive.ledger.append([entry], hold.key.signer, hold.key.last_signed)
    hold.follow()


def _first(archive: OpenedArchive) -> Numbered:
    """The beginning of the ledger; its agents are those that made the archive."""
    return Numbered(0, parse_entry(archive.ledger.entry(0)))


def _program_of(said: Numbered) -> str | None:
    """The program that an entry says writes from then on, as its agent's id; None where it names none."""
    entry = said.entry
    named = [entry.get("software")] if entry.type == EntryType.SOFTWARE_CHANGED else entry.agents
    return next((name for name in named if isinstance(name, str) and _PROGRAM(name)), None)
