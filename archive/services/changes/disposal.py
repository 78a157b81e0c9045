"""A disposal: the bytes, descriptions and notes of withdrawn documents destroyed on somebody's authority.

The entries about them stay, and are their tombstone: that they were held, from when to when, with which
digests, who withdrew and disposed of them, and on whose authority. What other documents share is not
touched, nor is what the ledger vouches for as a whole; `remains` says what that is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.core.copies import CopyPlace
from archive.core.errors import ConfigurationError, ConflictError
from archive.core.ids import short_id
from archive.core.ledger.change_entries import disposal
from archive.core.outcomes import BagOutcome
from archive.core.text import printable, shell_word
from archive.services.catalog.derived_files import publish_derived
from archive.services.catalog.own_index import build_index, current_index
from archive.services.catalog.recorded_rows import require_recorded
from archive.services.changes.destruction import destroy_all, disposed_by_note, require_own_notes
from archive.services.changes.notes import note_text
from archive.services.changes.removal import Removal, remove
from archive.services.copies.standing import bags_on
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.services.writing import Writing
from archive.storage import intents
from archive.storage.bags.set_aside import require_none_back, require_own
from archive.storage.copies.at_hand import is_at_hand
from archive.storage.disk.kinds import may_be_there
from archive.storage.index import Index, IndexedCopy, IndexRow
from archive.storage.intents import Intent
from archive.storage.ledger.notes import note_path

_REMAINS: Final = (
    "runs/: the manifest of the ingest run keeps its reference, original path and the title it came with",
    "audits/: findings of earlier audits, where there were any, name the files they are about",
    "notes/: what archive incidents --acknowledge noted, which names incidents, and no documents",
    "quarantine/damaged/archive/: damaged notes, where archive repair --ledger put good ones in their place",
)
_ELSEWHERE: Final = "every other copy of this archive, and its backups: they keep what this one has destroyed"


@dataclass(slots=True)
class Disposed:
    """The run, and how many notes were destroyed."""

    run: str
    notes: int


def remains(archive: OpenedArchive, index: Index, rows: Collection[IndexRow]) -> list[str]:
    """What a disposal of these documents leaves, in words: places in the archive, and the copies by name.

    Of a copy that is at hand it is told by what lies there; of one that is away by its last runs: it has them
    where it was complete after they came, and none of it is known to be missing; it may have them where a run
    began after they came.
    """
    copies = {copy.id: copy for copy in index.copies()}
    notes = disposed_by_note(archive, [row.bag for row in rows]) if archive.settings.copies else {}
    told = list(_REMAINS)
    for place in archive.settings.copies:
        is_here = is_at_hand(place, archive.settings)
        kept, perhaps, noted = _kept_on(place, copies.get(place.id), index, rows, notes, is_here=is_here)
        if kept or perhaps or noted:
            where = "at hand" if is_here else "away"
            how = f"archive copy --to {shell_word(place.path)} --yes destroys that there, too"
            them = " and ".join(
                f"{what} {number:,} {'document' if number == 1 else 'documents'}{why}"
                for what, number, why in (
                    ("keeps", kept, ""),
                    ("may keep", perhaps, ", of a run that was cut off"),
                    ("keeps notes about", noted, ""),
                )
                if number
            )
            told.append(f"the copy “{printable(place.name or place.id)}” ({where}) {them}: {how}")
    return [*told, _ELSEWHERE]


def _kept_on(
    place: CopyPlace,
    known: IndexedCopy | None,
    index: Index,
    rows: Collection[IndexRow],
    notes: Mapping[str, set[str]],
    *,
    is_here: bool,
) -> tuple[int, int, int]:
    """How many of the documents a copy has, how many it may have, and of how many others it has notes."""
    size, begun = (known.size, known.begun) if known is not None else (0, 0)
    perhaps: set[str] = set()
    if is_here:
        root = Path(place.path)
        there = {row.bag for row in rows}
        kept = bags_on(root, there)
        notes = {name: about for name, about in notes.items() if may_be_there(root / note_path(name))}
    else:
        there = {row.bag for row in rows if row.entry < size}
        faults = index.copy_faults(place.id, withdrawn=True)
        kept = there - {fault.bag for fault in faults if fault.outcome == BagOutcome.MISSING}
        perhaps = {row.bag for row in rows if size <= row.entry < begun}
    noted = {bag for about in notes.values() for bag in about}
    return len(kept), len(perhaps), len(noted & there - kept)


def refuse_undisposable(rows: Iterable[IndexRow]) -> None:
    """Raises ConfigurationError for a document that is held: it has to be withdrawn first."""
    for row in rows:
        if row.state == "held":
            raise ConfigurationError(
                f"{printable(row.reference)}: is held, and only what was withdrawn can be disposed of",
                remedy=f"archive withdraw {short_id(row.bag)} --reason TEXT",
            )


def dispose(
    archive: OpenedArchive,
    writing: Writing,
    rows: Sequence[IndexRow],
    surroundings: Surroundings,
    *,
    authority: str,
    agent: str | None,
) -> Disposed:
    """Destroys what is kept of withdrawn documents, after the ledger has said so.

    Raises ConflictError where one of them was disposed of meanwhile, or lies behind a link or in `bags/`
    again, IndexUnusableError where the index says of one what the ledger does not: then nothing was changed.
    """
    for row in rows:
        now = writing.by_bag(row.bag)
        if now is None or now.state != "withdrawn":
            raise ConflictError(
                f"{printable(row.reference)}: was disposed of by somebody else meanwhile",
                remedy="nothing was changed; archive list --withdrawn shows what is left to dispose of",
            )
        require_own(archive.root, row.bag)
    require_own_notes(archive, [row.bag for row in rows])
    require_recorded(archive, writing.checkpoint, lambda: rows)
    for row in rows:  # only now it is sure that none of them is held
        require_none_back(archive.root, row.bag)
    removed = 0

    def entries_of(facts: Removal) -> Iterator[bytes]:
        for row in rows:
            yield disposal(
                time=facts.time, agents=facts.agents, bag=row.bag, run=facts.run, notes=facts.notes
            )

    def finish(intent: Intent) -> None:
        nonlocal removed
        removed = destroy_all(archive, intent, [row.bag for row in rows])
        # Made anew, because words of the descriptions stand in the index.
        build_index(archive, writing.checkpoint)
        writing.index.close()
        with current_index(archive, writing.checkpoint) as index:
            publish_derived(archive, index)

    run = remove(
        archive,
        writing,
        rows,
        surroundings,
        command=intents.DISPOSE,
        agent=agent,
        note=lambda person: note_text(person, authority=authority),
        entries_of=entries_of,
        finish=finish,
    )
    return Disposed(run, removed)
