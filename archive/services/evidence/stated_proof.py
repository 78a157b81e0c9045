"""An auditor's statement held to the checkpoints that proofs lead to: is it about the very same tree?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.core.errors import ConfigurationError
from archive.core.findings import Finding, error, warning
from archive.core.ledger.statement import Statement, StatementError
from archive.core.limits.ledger import STATEMENT_BYTES, STATEMENT_SIGNATURE_BYTES
from archive.core.text import printable
from archive.services.evidence.kept import KeptNote
from archive.services.evidence.signature_verdict import SignatureOutcome
from archive.services.evidence.signers import Signers
from archive.storage.sources.brought_files import read_brought_bytes


@dataclass(frozen=True, slots=True)
class BroughtStatement:
    """A statement and its signature as files, and the files with the keys of whoever may have signed."""

    statement: Path
    signature: Path
    signers: Sequence[Path]


def stated_by(brought: BroughtStatement, notes: Sequence[KeptNote], findings: list[Finding]) -> str | None:
    """Who signed that the ledger was what every one of these notes says; None where nobody did.

    What stands in the way becomes a finding. Raises ConfigurationError where a file is not what it should be,
    StorageError where it cannot be read.
    """
    place = str(brought.statement)
    raw = read_brought_bytes(brought.statement, STATEMENT_BYTES, "an auditor's statement")
    signature = read_brought_bytes(brought.signature, STATEMENT_SIGNATURE_BYTES, "the statement's signature")
    signers = Signers.read(brought.signers)
    try:
        about = Statement.parse(raw).checkpoint
    except StatementError as trouble:
        raise ConfigurationError(
            f"{printable(place)}: not a statement: {trouble}",
            remedy="take the file exactly as archive ledger statement wrote it",
        ) from trouble
    verdict = signers.judge(raw, signature)
    match verdict.outcome:
        case SignatureOutcome.INVALID:
            findings.append(
                error("LEDGER-STATEMENT-ALTERED", place, f"its signature does not hold: {verdict.reason}")
            )
            return None
        case SignatureOutcome.UNTRUSTED:
            findings.append(warning("LEDGER-STATEMENT-UNTRUSTED", place, verdict.reason))
            return None
        case SignatureOutcome.UNJUDGED:
            remedy = "look again where OpenSSH is installed"
            findings.append(warning("PROOF-STATEMENT-UNJUDGED", place, verdict.reason, remedy=remedy))
            return None
        case SignatureOutcome.VALID:
            pass
    same = True
    for each in notes:
        checkpoint = each.checkpoint
        if (checkpoint.origin, checkpoint.size) != (about.origin, about.size):
            same = False
            message = f"the statement is about {about.origin} of {about.size} entries"
            remedy = "ask for a proof at the statement's checkpoint: archive ledger prove ID --at FILE"
            findings.append(warning("PROOF-OTHER-CHECKPOINT", each.place, message, remedy=remedy))
        elif checkpoint.root != about.root:
            same = False
            message = f"leads to another ledger of {about.size} entries than {verdict.by} stated"
            expected, found = f"root {about.root.hex()}", f"root {checkpoint.root.hex()}"
            findings.append(error("LEDGER-FORK", each.place, message, expected=expected, found=found))
    return verdict.by if same else None
