"""Documents whose bytes are held already under another identity, or come twice in one submission."""

from archive.core import findings
from archive.core.submission import Role
from archive.services.ingest.held_by_ledger import HeldByLedger
from archive.services.ingest.request import Duplicates
from archive.services.opened import OpenedArchive
from archive.storage.index import Index, IndexRow, is_bad
from archive.storage.plan import Plan


def settle_twins(plan: Plan, index: Index, archive: OpenedArchive, duplicates: Duplicates) -> None:
    """Keeps, leaves out or refuses each staged document that is a twin; empty files are no twins.

    None is left out for one that is not held any more, or that is known to be damaged. Raises
    IndexUnusableError where it would be for one that the ledger does not hold.
    """
    refused = set()
    for seq, source, gone in _disposed(plan, index):
        refused.add(seq)
        plan.set_state(seq, "rejected")
        message = f"a document of these very bytes was disposed of ({gone})"
        remedy = "give it a reference of its own (a column `reference`) if it is to be held again"
        plan.add_finding(findings.error("REF-WITHDRAWN", source, message, remedy=remedy), source)
    leaving_out = HeldByLedger(archive) if duplicates is Duplicates.LEAVE_OUT else None
    for seq, source, twin, damage in _twins(plan, index, leaving_out):
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
            plan.leave_out(source, f"the same bytes as {twin}{_with_tag_files(plan, seq)}")
        else:
            plan.set_state(seq, "rejected")
            message = f"the same bytes as {twin}, and --duplicates stop"
            remedy = "keep it (--duplicates keep) or leave it out (--duplicates leave-out)"
            plan.add_finding(findings.error("DUP-REFUSED", source, message, remedy=remedy), source)


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


def _twins(plan: Plan, index: Index, ledger: HeldByLedger | None) -> list[tuple[int, str, str, str]]:
    """(number in the plan, source, whose twin it is, how that is damaged) of every staged one that is one.

    The `ledger` is asked, where it is given, what the index calls held.
    """
    # By number, not by source: the files of two SOURCEs may have the same path.
    first: dict[str, tuple[int, str]] = {}
    twins = [
        (seq, source, first[key][1], "")
        for seq, source, key in plan.repeated_payloads()
        if first.setdefault(key, (seq, source))[0] != seq
    ]
    if not index.counts().documents:
        return twins
    known = {twin[0] for twin in twins}
    for bag in plan.staged_bags():
        if bag.bytes and bag.seq not in known:
            rows = index.by_payload(bag.payload_key.partition(":")[2])
            held = min((row for row in rows if row.state == "held"), key=_damage, default=None)
            if held is not None:
                if ledger is not None:
                    ledger.require(held)
                twins.append((bag.seq, plan.source_of(bag.seq), held.reference, _damage(held)))
    return twins


def _damage(row: IndexRow) -> str:
    return row.last_outcome if is_bad(row) else ""
