"""Which bags an audit looks at, in which order."""

import os
import re
from pathlib import Path

from archive.core.composed_form import spellings
from archive.core.errors import ArchiveError, ConfigurationError
from archive.core.ids import is_uuid7, short_id
from archive.core.ledger.entries import parse_entry
from archive.core.text import is_utf8, printable
from archive.services.audit.request import AuditRequest
from archive.services.catalog.bag_record import derive_holding
from archive.services.opened import OpenedArchive
from archive.services.surroundings import days_before
from archive.storage.audits.plan import AuditPlan
from archive.storage.index import Index

SHORTEST_ENDING = 4
_REFERENCE = re.compile("[0-9]{4}-[0-9]{6,9}$")


def choose(
    archive: OpenedArchive,
    plan: AuditPlan,
    request: AuditRequest,
    *,
    now: int,
    seed: str | None,
    index: Index | None,
) -> None:
    """Marks the chosen bags in the plan.

    Raises ConfigurationError where an id matches nothing, or more than one bag, or a bag that has another
    reference than the index says.
    """
    if request.ids:
        meant = {text: _resolve(text, plan, index) for text in request.ids}
        for text, bag in meant.items():
            _require_called(archive, plan, request, bag, text.strip())
        plan.select_bags(dict.fromkeys(meant.values()))
    elif request.sample is not None:
        from archive.core.sampling import draw

        size = sample_size(plan, request)
        plan.select_bags(draw(plan.held_ids(request.at_size), size, seed or ""))
    elif request.older_than_days is not None:
        plan.select_oldest(days_before(now, request.older_than_days))
    elif request.budget_seconds is not None:
        plan.select_oldest(None)
    else:
        plan.select_all()


def sample_size(plan: AuditPlan, request: AuditRequest) -> int:
    """How many bags the sample has: as many as were asked for, or as its confidence asks for."""
    population = plan.held(request.at_size)
    return min(request.sample or 0, population) or request.terms.size(population)


def resumable(audits: Path, text: str) -> str:
    """The run in `audits/` whose id is the text or ends so; ConfigurationError unless there is just one."""
    try:
        names = [name for name in os.listdir(audits) if is_uuid7(name) and name.endswith(text.lower())]
    except OSError:
        names = []
    if len(names) != 1 or len(text) < SHORTEST_ENDING:
        several = "several audits end so" if len(names) > 1 else "no audit that could be resumed"
        raise ConfigurationError(f"{printable(text)}: {several}", remedy="begin a new one: archive audit")
    return names[0]


def _resolve(text: str, plan: AuditPlan, index: Index | None) -> str:
    found = _called(text.strip(), plan, index) if is_utf8(text) else []
    if not found:
        raise ConfigurationError(
            f"{printable(text)}: no held document has this id or reference",
            remedy="archive list shows what is held; archive catalog rebuild reads anew how it is called",
        )
    if len(found) > 1:
        names = ", ".join(short_id(bag) for bag in found[:5])
        raise ConfigurationError(
            f"{printable(text)}: several bags are called or end so ({names} …)", remedy="type more of the id"
        )
    state = plan.state(found[0])
    if state != "held":
        raise ConfigurationError(
            f"{printable(text)}: was {state}, and is not held any more",
            remedy=f"archive history {short_id(found[0])} says when and why",
        )
    return found[0]


def _called(text: str, plan: AuditPlan, index: Index | None) -> list[str]:
    """The bags of that reference, of which the index alone knows one's own, and those whose id ends so."""
    found = dict.fromkeys(_known_to_ledger(text, plan))
    if found and _REFERENCE.match(text):
        return list(found)
    if index is not None:
        documents = index.all_by_reference(text)
        found |= dict.fromkeys(each.bag for each in documents if each.state == documents[0].state)
    return [bag for bag in found if plan.state(bag) is not None]  # an index is no evidence


def _known_to_ledger(text: str, plan: AuditPlan) -> list[str]:
    """The bags that the ledger itself gave this reference, or those whose id ends so."""
    if _REFERENCE.match(text) and (minted := plan.ending_with(text)):
        return minted
    return plan.ending_with(text.lower()) if len(text) >= SHORTEST_ENDING else []


def _require_called(
    archive: OpenedArchive, plan: AuditPlan, request: AuditRequest, bag: str, text: str
) -> None:
    """Raises ConfigurationError where the bag itself does not say that this is its name.

    The index is no proof of it. A bag that cannot say it is taken where its own bytes are read in full: it
    will not be found intact.
    """
    promise = plan.expectation(bag)
    if promise is None or bag in _known_to_ledger(text, plan):
        return
    try:
        entry = parse_entry(archive.ledger.entry(promise.entry))
        derived = derive_holding(archive, promise.entry, entry, promise.tag_manifest)
    except ArchiveError:
        return  # a ledger that does not hold: nothing of it will be found intact
    if derived.findings and request.copy is None and not request.quick:
        return
    if derived.findings or derived.holding.reference not in spellings(text):
        why = "cannot be read" if derived.findings else f"says {printable(derived.holding.reference)}"
        raise ConfigurationError(
            f"{printable(text)}: the catalog calls {short_id(bag)} so, and its bag {why}",
            remedy=f"archive catalog rebuild, then ask again; or name its id: archive audit {short_id(bag)}",
        )
