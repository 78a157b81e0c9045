"""Entries of the ledger about damage: what was put right, and what somebody took note of.

They never carry a member `tagmanifest`: no repair changes what the ledger promises of a bag.
"""

from collections.abc import Sequence

from archive.core.ledger.entries import EntryType, make_entry
from archive.core.limits.ledger import INCIDENTS_OF_AN_ENTRY


def repaired(
    *,
    time: str,
    agents: Sequence[str],
    bag: str | None,
    run: str,
    outcome: str,
    restored: int,
    moved: int,
    record: str,
    before: str | None = None,
    after: str | None = None,
    notes: Sequence[str] = (),
) -> bytes:
    """Files of a held bag were put back, and what was wrong was set aside.

    Without `bag` they are the archive's own: ledger, manifests of runs, results of audits, notes.

    `outcome` is what reading the whole bag gave afterwards; `restored` and `moved` count files and what
    was moved to quarantine; `record` is the SHA-512 of the record that lies with it and names every file with
    its digests and where its bytes came from. Where just one file was put back, `before` is the SHA-512 of
    what stood there (absent where nothing did or it could not be read), `after` that of what stands there
    now.
    """
    return make_entry(
        EntryType.REPAIRED,
        time=time,
        agents=agents,
        bag=bag,
        run=run,
        outcome=outcome,
        restored=restored,
        moved=moved,
        record=record,
        before=before,
        after=after,
        notes=list(notes) or None,
    )


def incidents_acknowledged(
    *, time: str, agents: Sequence[str], run: str, incidents: Sequence[str], notes: Sequence[str] = ()
) -> bytes:
    """Somebody took note of damage, by the ids of its incidents; the cause stands in the note.

    ValueError for more than `INCIDENTS_OF_AN_ENTRY`.
    """
    if len(incidents) > INCIDENTS_OF_AN_ENTRY:
        raise ValueError(f"an entry names at most {INCIDENTS_OF_AN_ENTRY} incidents")
    return make_entry(
        EntryType.INCIDENTS_ACKNOWLEDGED,
        time=time,
        agents=agents,
        run=run,
        incidents=list(incidents),
        notes=list(notes) or None,
    )
