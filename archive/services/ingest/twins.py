"""Documents whose bytes are held already under another identity, or come twice in one submission."""

from typing import NamedTuple

from archive.core import findings
from archive.core.limits.output import NAMED_IN_A_NOTE
from archive.core.submission import Role
from archive.services.catalog.bag_record import current_description
from archive.services.ingest.held_by_ledger import HeldByLedger
from archive.services.ingest.offered import offered_otherwise
from archive.services.ingest.request import Duplicates
from archive.services.opened import OpenedArchive
from archive.storage.index import Index, IndexRow, is_bad
from archive.storage.plan import Plan


class _Twin(NamedTuple):
    """A staged document with the bytes of another, how that is called and damaged: `first` in the plan, or
    `held`."""

    seq: int
    source: str
    called: str
    damage: str = ""
    first: int = 0
    held: IndexRow | None = None


def settle_twins(plan: Plan, index: Index, archive: OpenedArchive, duplicates: Duplicates) -> None:
    """Keeps, leaves out or refuses each staged document that is a twin; empty files are no twins.

    None is left out for one that is not held any more, or that is known to be damaged. Raises
    IndexUnusableError where it would be for one that the ledger does not hold.
    """
    refused = set()
    for seq, source, gone in _disposed(plan, index):
        refused.add(seq)
        plan.set_state(seq, "rejected")
        plan.add_finding(disposed_bytes(source, gone), source)
    leaving_out = HeldByLedger(archive) if duplicates is Duplicates.LEAVE_OUT else None
    for found in _twins(plan, index, leaving_out):
        seq, source, twin, damage = found.seq, found.source, found.called, found.damage
        if seq in refused:
            continue
        if damage and duplicates is not Duplicates.STOP:
            message = f"the same bytes as {twin}, which an audit found {damage}; kept"
            remedy = f"put that one right, too: archive repair {twin} --from, with what was brought"
            plan.add_finding(findings.warning("DUP-DAMAGED", source, message, remedy=remedy), source)
        elif duplicates is Duplicates.KEEP:
            message = f"the same bytes as {twin}; kept, and linked to it"
            plan.add_finding(findings.note("DUP-TWIN", source, message), source)
        elif duplicates is Duplicates.LEAVE_OUT:
            plan.set_state(seq, "left out")
            with_it = _with_description(plan, archive, found) + _with_tag_files(plan, seq)
            plan.leave_out(source, f"the same bytes as {twin}{with_it}")
        else:
            plan.set_state(seq, "rejected")
            message = f"the same bytes as {twin}, and --duplicates stop"
            remedy = "keep it (--duplicates keep) or leave it out (--duplicates leave-out)"
            plan.add_finding(findings.error("DUP-REFUSED", source, message, remedy=remedy), source)


def disposed_bytes(source: str, gone: str) -> findings.Finding:
    """Refuses bytes that were disposed of: nobody knows any more whether this is the same document."""
    message = f"a document of these very bytes was disposed of ({gone})"
    remedy = "give it a reference of its own (a column `reference`) if it is to be held again"
    return findings.error("REF-WITHDRAWN", source, message, remedy=remedy)


def _with_description(plan: Plan, archive: OpenedArchive, twin: _Twin) -> str:
    """What is left out of the description of a twin, where it says anything that is not said of the other."""
    offered = plan.description_of(twin.seq)
    if twin.held is not None:
        kept = current_description(archive, twin.held.bag, twin.held.tag_manifest)
    else:
        first = plan.description_of(twin.first)
        kept = first[0] if first else None
    if offered is None:
        return ""
    if kept is None:
        return ", with its description"
    terms = offered_otherwise(offered[0], twin.source, kept)
    more = f" and {len(terms) - NAMED_IN_A_NOTE:,} more" if len(terms) > NAMED_IN_A_NOTE else ""
    return (
        f", with its description, which differs: {', '.join(terms[:NAMED_IN_A_NOTE])}{more}" if terms else ""
    )


def _with_tag_files(plan: Plan, seq: int) -> str:
    """What is left out of a bag beside its payload, which alone makes a twin."""
    count = plan.count_of_role(seq, Role.SUBMISSION)
    return f", with the {count:,} tag files of its bag" if count else ""


def _disposed(plan: Plan, index: Index) -> list[tuple[int, str, str]]:
    """Staged documents without a reference of their own whose bytes are those of a disposed document.

    What its path was nobody knows any more: its bytes are all that is left of its identity.
    """
    if not index.counts().withdrawn:
        return []
    found = []
    for bag in plan.staged_bags():
        if bag.bytes and bag.reference is not None:
            rows = index.by_payload(bag.payload_key.partition(":")[2])
            gone = next((row.reference for row in rows if row.state == "disposed"), None)
            if gone is not None:
                found.append((bag.seq, plan.source_of(bag.seq), gone))
    return found


def _twins(plan: Plan, index: Index, ledger: HeldByLedger | None) -> list[_Twin]:
    """Every staged document that is a twin.

    The `ledger` is asked, where it is given, what the index calls held.
    """
    # By number, not by source: the files of two SOURCEs may have the same path.
    first: dict[str, tuple[int, str]] = {}
    twins = [
        _Twin(seq, source, first[key][1], first=first[key][0])
        for seq, source, key in plan.repeated_payloads()
        if first.setdefault(key, (seq, source))[0] != seq
    ]
    if not index.counts().documents:
        return twins
    known = {twin.seq for twin in twins}
    for bag in plan.staged_bags():
        if bag.bytes and bag.seq not in known:
            rows = index.by_payload(bag.payload_key.partition(":")[2])
            held = min((row for row in rows if row.state == "held"), key=_damage, default=None)
            if held is not None:
                if ledger is not None:
                    ledger.require(held)
                source = plan.source_of(bag.seq)
                twins.append(_Twin(bag.seq, source, held.reference, _damage(held), held=held))
    return twins


def _damage(row: IndexRow) -> str:
    return row.last_outcome if is_bad(row) else ""
