"""Somebody takes note of damage: it is damage all the same, and told apart from what is new."""

from collections.abc import Iterator, Sequence

from archive.core.ids import RANDOM_BYTES, uuid7
from archive.core.incidents import incident_id
from archive.core.ledger import entries
from archive.core.ledger.repair_entries import incidents_acknowledged
from archive.core.limits.ledger import INCIDENTS_OF_AN_ENTRY
from archive.services.changes.notes import note_text
from archive.services.opened import OpenedArchive, person_agent, software_agent
from archive.services.surroundings import Surroundings
from archive.services.writing import Writing
from archive.storage.index import IndexUnusableError
from archive.storage.index.incidents import Incident
from archive.storage.ledger.notes import Notes


def acknowledge(
    archive: OpenedArchive,
    writing: Writing,
    incidents: Sequence[Incident],
    surroundings: Surroundings,
    *,
    cause: str | None,
    agent: str | None,
) -> str | None:
    """Records that these incidents are known, and their cause as far as it is; returns the run's id.

    None where there is nothing to record. Raises IndexUnusableError where the index gives one an id that is
    not its own: what is signed stands in the ledger for ever.
    """
    if not incidents:
        return None
    salt = archive.settings.agent_salt
    ids = [one.id for one in incidents]
    if ids != [incident_id(salt, one.opened_run, one.bag, one.damage) for one in incidents]:
        raise IndexUnusableError("names an incident by an id that is not its own; nothing was acknowledged")
    now = surroundings.now()
    person = person_agent(archive.settings, agent)
    run = uuid7(now, surroundings.random(RANDOM_BYTES))
    commitment = Notes(str(archive.root)).write(note_text(person, reason=cause))

    def made() -> Iterator[bytes]:
        for start in range(0, len(ids), INCIDENTS_OF_AN_ENTRY):
            yield incidents_acknowledged(
                time=entries.timestamp(now),
                agents=(person.id, software_agent().id),
                run=run,
                incidents=ids[start : start + INCIDENTS_OF_AN_ENTRY],
                notes=(commitment,),
            )

    writing.checkpoint = archive.ledger.append(made(), writing.key.signer, writing.key.last_signed)
    writing.follow()
    return run
