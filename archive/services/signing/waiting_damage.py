"""What audits found that wait for a signature: no entry says it yet, and it is damage all the same."""

from dataclasses import dataclass

from archive.core.findings import Finding, note
from archive.core.outcomes import BagOutcome
from archive.services.opened import OpenedArchive
from archive.services.signing.recording import damaged, why_not
from archive.storage.audits.vouched_results import past_checks
from archive.storage.audits.waiting_runs import DamagedStatement, WaitingRuns

_DAMAGE = frozenset({BagOutcome.DAMAGED.value, BagOutcome.MISSING.value})


@dataclass(frozen=True, slots=True)
class WaitingDamage:
    """The bags whose last look by such an audit found damage; `findings` name these audits.

    `doubts` are about audits that wait and are not as they were kept: what they found is not known.
    """

    bags: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    doubts: tuple[Finding, ...] = ()


def damage_that_waits(archive: OpenedArchive) -> WaitingDamage:
    """As the statements beside the keys and the results that they name tell it.

    Raises StorageError where the statements cannot be read.
    """
    bags: dict[str, str] = {}
    doubts = []
    for run in WaitingRuns.of(archive.settings.archive_id).all():
        if isinstance(run, DamagedStatement):
            doubts.append(damaged(run))
        elif run.results is not None:
            if (doubt := why_not(archive, run)) is not None:
                doubts.append(doubt)
                continue
            for row in past_checks(archive.layout.audits, run.run, run.results):
                if row["outcome"] in _DAMAGE:
                    bags[row["bag"]] = run.run
                elif row["outcome"] == BagOutcome.INTACT:
                    bags.pop(row["bag"], None)
    findings = []
    for name in sorted(set(bags.values())):
        count = sum(found == name for found in bags.values())
        message = f"found {count:,} {'document' if count == 1 else 'documents'} damaged or missing"
        findings.append(
            note(
                "AUDIT-WAITING",
                f"audits/{name}",
                f"{message}, and waits for a signature: nothing in the ledger vouches for it yet",
                remedy="archive key sign, with the passphrase",
            )
        )
    return WaitingDamage(tuple(sorted(bags)), tuple(findings), tuple(doubts))
