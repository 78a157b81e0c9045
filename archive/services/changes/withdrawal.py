"""A withdrawal: the ledger says first that a document is not held any more, then its bag is set aside."""

from collections.abc import Iterator, Sequence

from archive.core.errors import ConfigurationError, ConflictError
from archive.core.ledger.change_entries import keyed_reference, withdrawal
from archive.core.text import printable
from archive.services.catalog.recorded_rows import require_recorded
from archive.services.changes.notes import note_text
from archive.services.changes.removal import Removal, remove
from archive.services.holdings.resolution import resolve, resolve_run
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.services.writing import Writing
from archive.storage import intents
from archive.storage.bags.set_aside import require_free, set_aside
from archive.storage.index import Index, IndexRow
from archive.storage.intents import Intent


def select(index: Index, documents: Sequence[str], run: str | None) -> list[IndexRow]:
    """The documents named, and those that an ingest run brought in; withdrawn ones too, each once.

    Raises ConfigurationError where a name fits none or several.
    """
    rows = {row.bag: row for row in (resolve(index, text) for text in documents)}
    if run is not None:
        found = resolve_run(index, run)
        if found is None:
            raise ConfigurationError(
                f"{printable(run)}: no ingest run has this id", remedy="archive history lists them"
            )
        rows |= {row.bag: row for row in index.list(run=found, state=None)}
    return list(rows.values())


def withdraw(
    archive: OpenedArchive,
    writing: Writing,
    rows: Sequence[IndexRow],
    surroundings: Surroundings,
    *,
    reason: str,
    agent: str | None,
) -> str:
    """Withdraws held documents, all of them or none; returns the run's id.

    Raises ConflictError where one of them was changed since it was selected, IndexUnusableError where the
    index says of one what the ledger does not: then nothing was.
    """
    for row in rows:
        now = writing.by_bag(row.bag)
        if now is None or now.state != "held" or now.tag_manifest != row.tag_manifest:
            raise ConflictError(
                f"{printable(row.reference)}: was changed by somebody else; nothing was withdrawn",
                remedy="look at it again: archive show says how it is now",
            )
        require_free(archive.root, row.bag)
    require_recorded(archive, writing.checkpoint, lambda: rows)

    def entries_of(facts: Removal) -> Iterator[bytes]:
        return (_entry(archive, row, facts) for row in rows)

    def finish(intent: Intent) -> None:
        set_aside(archive.root, [intended.bag for intended in intent.bags()])
        writing.publish()

    return remove(
        archive,
        writing,
        rows,
        surroundings,
        command=intents.WITHDRAW,
        agent=agent,
        note=lambda person: note_text(person, reason=reason),
        entries_of=entries_of,
        finish=finish,
    )


def _entry(archive: OpenedArchive, row: IndexRow, facts: Removal) -> bytes:
    return withdrawal(
        time=facts.time,
        agents=facts.agents,
        bag=row.bag,
        run=facts.run,
        tagmanifest=row.tag_manifest,
        files=row.files,
        byte_count=row.bytes,
        awaiting=-1 if row.awaiting else 0,
        declared=keyed_reference(archive.settings.agent_salt, row.reference) if row.declared else None,
        notes=facts.notes,
    )
