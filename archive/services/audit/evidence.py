"""The ledger's part of an audit: verified first, and the only source of what is expected."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from archive.core import findings
from archive.core.checkpoint import Checkpoint, open_checkpoint
from archive.core.errors import ArchiveError, ConfigurationError, EvidenceError
from archive.core.findings import Finding, Severity
from archive.core.note import NoteError, VerifierKey
from archive.services.audit.request import AuditRequest
from archive.services.opened import OpenedArchive
from archive.storage import intents
from archive.storage.audit_plan import AuditPlan
from archive.storage.intents import Intent
from archive.storage.keys import verify as verify_signature
from archive.storage.ledger_files import LedgerFiles


@dataclass(frozen=True, slots=True)
class Evidence:
    """The state to judge by, and what is wrong with it; `checkpoint` is None where none can be believed."""

    checkpoint: Checkpoint | None
    findings: list[Finding]
    basis: str
    note: str

    @property
    def holds(self) -> bool:
        """False where the ledger, a proof or a signature fails."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)


def judge_ledger(
    archive: OpenedArchive, ledger: LedgerFiles, request: AuditRequest, plan: AuditPlan
) -> Evidence:
    """Recomputes the ledger from its entries and fills the plan with what they promise."""
    vkey = request.key or archive.settings.key
    problems: list[Finding] = []
    checkpoint: Checkpoint | None = None
    note = ""
    try:
        note = ledger.checkpoint_bytes().decode("utf-8", "replace")
        checkpoint = ledger.read_checkpoint(vkey)
    except EvidenceError as trouble:
        problems.append(_from_error(trouble))
    except ValueError as trouble:
        raise ConfigurationError(f"--key: {trouble}", remedy="archive init printed it: NAME+ID+KEY") from None
    verdict = ledger.verify(
        vkey, checkpoint, on_parsed=plan.take_entry, intents=lambda: _named_sizes(archive.layout.staging)
    )
    plan.close_entries()
    if not any(finding.code == problem.code for finding in verdict.findings for problem in problems):
        problems.extend(verdict.findings)
    else:
        problems = list(verdict.findings)
    problems.extend(_settings(archive, ledger, request))
    basis = "self"
    for path in request.trust:
        problems.extend(_extends(path, vkey, ledger))
        basis = "checkpoint"
    return Evidence(checkpoint, problems, basis, note)


def _from_error(trouble: ArchiveError) -> Finding:
    return findings.error(
        "LEDGER-CHECKPOINT-ALTERED", "ledger/checkpoint", trouble.message, remedy=trouble.remedy
    )


def _named_sizes(staging: Path) -> Collection[int]:
    return [left.size for left in intents.unfinished(staging) if isinstance(left, Intent)]


def _settings(archive: OpenedArchive, ledger: LedgerFiles, request: AuditRequest) -> list[Finding]:
    """Whether `archive.toml` agrees with the first entry of the ledger."""
    from archive.core.entries import parse_entry

    try:
        first = parse_entry(ledger.entry(0))
    except ArchiveError:
        return []  # the ledger's own verification says so
    key = request.key or archive.settings.key
    wrong = []
    for name, stated, recorded in (
        ("origin", archive.settings.origin, first.get("origin")),
        ("key", key, first.get("key")),
        ("id", archive.settings.archive_id, first.get("archive")),
    ):
        if stated != recorded:
            wrong.append(
                findings.error(
                    "LEDGER-SETTINGS",
                    "archive.toml",
                    f"its {name} is not that of the first entry of the ledger",
                    expected=str(recorded),
                    found=stated,
                    remedy="restore archive.toml from a copy; find out who changed it",
                )
            )
    return wrong


def _extends(path: str, vkey: str, ledger: LedgerFiles) -> list[Finding]:
    """Whether the ledger extends an older checkpoint that the auditor kept."""
    try:
        with open(path, "rb") as stream:
            raw = stream.read(1 << 16)
    except OSError as trouble:
        raise ConfigurationError(f"{path}: cannot be read: {trouble.strerror}") from trouble
    name = os.path.basename(path)
    try:
        older = open_checkpoint(raw, VerifierKey.parse(vkey), verify_signature)
    except NoteError as trouble:
        message = f"the checkpoint you supplied is not signed by this archive's key: {trouble}"
        return [findings.error("LEDGER-TRUST", name, message)]
    try:
        if ledger.extends(older.size, older.root):
            return []
    except EvidenceError as trouble:
        return [findings.error("LEDGER-TRUST", name, trouble.message)]
    message = f"the ledger does not extend the checkpoint of size {older.size} that you supplied"
    remedy = "the ledger was rewritten, cut or rolled back since; ask for the state that you were given"
    return [findings.error("LEDGER-TRUST", name, message, remedy=remedy)]
