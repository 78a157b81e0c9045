"""What withdrawals and disposals share: the entries first, then the bytes, in a run that a crash resumes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from archive.core.agents import Agent
from archive.core.ids import RANDOM_BYTES, uuid7
from archive.core.ledger import entries
from archive.services.opened import OpenedArchive, person_agent, software_agent
from archive.services.surroundings import Surroundings
from archive.services.writing import Writing
from archive.storage import intents
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.index import IndexRow
from archive.storage.intents import IntendedBag, Intent
from archive.storage.ledger.notes import Notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One run that is about to take documents away: who, when, and the note behind its entries."""

    run: str
    time: str
    agents: tuple[str, ...]
    notes: tuple[str, ...]


def remove(
    archive: OpenedArchive,
    writing: Writing,
    rows: Iterable[IndexRow],
    surroundings: Surroundings,
    *,
    command: str,
    agent: str | None,
    note: Callable[[Agent], str],
    entries_of: Callable[[Removal], Iterator[bytes]],
    finish: Callable[[Intent], None],
) -> str:
    """Commits the entries and then has `finish` take the bytes away; returns the run's id.

    Where the commit does not come about nothing is changed but a note that no entry refers to.
    """
    now = surroundings.now()
    person = person_agent(archive.settings, agent)
    run = uuid7(now, surroundings.random(RANDOM_BYTES))
    with FileSystemSync(str(archive.root)) as sync:
        intent = intents.begin(
            archive.layout.staging,
            run=run,
            command=command,
            started=entries.timestamp(now),
            size=writing.checkpoint.size,
            root=writing.checkpoint.root.hex(),
        )
        try:
            commitment = Notes(str(archive.root)).write(note(person))
            announced = intents.announce(intent, 1, (IntendedBag(row.bag, row.tag_manifest) for row in rows))
            sync.sync((announced,), (str(intent.folder),))
        except BaseException:
            intents.end(intent)
            raise
        facts = Removal(
            run=run,
            time=entries.timestamp(now),
            agents=(person.id, software_agent().id),
            notes=(commitment,),
        )
        writing.checkpoint = archive.ledger.append(
            entries_of(facts), writing.key.signer, writing.key.last_signed, sync=sync.sync
        )
        finish(intent)
        intents.end(intent)
    return run
