"""A statement for an auditor to sign, and a signed one kept with the evidence."""

import hashlib
import json
from pathlib import Path
from typing import Any, Final, NamedTuple

from archive.core.errors import ConfigurationError, EvidenceError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.statement import Statement, StatementError
from archive.core.limits.ledger import REPORT_BYTES, STATEMENT_BYTES, STATEMENT_SIGNATURE_BYTES
from archive.core.limits.waits import LOCK_WAIT
from archive.core.text import printable
from archive.services.evidence.checkpoints import current_checkpoint, keep_outside
from archive.services.evidence.kept import read_kept, signature_finding
from archive.services.evidence.keys import known_keys
from archive.services.evidence.signature_verdict import SignatureOutcome
from archive.services.evidence.signers import Signers
from archive.services.opened import OpenedArchive
from archive.storage.ledger.statements import put_statement
from archive.storage.lock import WriterLock
from archive.storage.sources.brought_files import read_brought_bytes

_REMEDY: Final = "take the file exactly as it was signed; archive ledger statement --out FILE makes one"


class KeptStatement(NamedTuple):
    """A statement that is kept: how many entries it covers, who signed it, and where it lies."""

    size: int
    by: str
    place: str


def make_statement(
    archive: OpenedArchive, target: Path, *, at: Path | None, report: Path | None, words: str
) -> Statement:
    """Writes a statement about a checkpoint to a new file outside the archive.

    The checkpoint is the one in the file `at`, else today's; what the JSON report of an audit says stands
    before the auditor's own words. Raises ConfigurationError where a file is none or nothing is said,
    EvidenceError where the checkpoint is not one of this ledger, and as `keep_outside`.
    """
    checkpoint = current_checkpoint(archive).checkpoint if at is None else _checkpoint_of(archive, at)
    lines = ([_outcome(report)] if report is not None else []) + ([words] if words.strip() else [])
    try:
        statement = Statement(checkpoint, "\n".join(lines))
        raw = statement.to_bytes()
    except StatementError as trouble:
        remedy = "say what you looked at: --says TEXT, or --report FILE.json of the audit"
        raise ConfigurationError(f"the statement: {trouble}", remedy=remedy) from trouble
    keep_outside(archive, raw, target)
    return statement


def _checkpoint_of(archive: OpenedArchive, path: Path) -> Checkpoint:
    (kept, *more) = read_kept(path)
    if more:
        raise ConfigurationError(
            f"{printable(str(path))}: several checkpoints; one is wanted",
            remedy="name a file that holds one checkpoint, as archive ledger checkpoint --out writes it",
        )
    if (finding := signature_finding(kept, *known_keys(archive))) is not None:
        raise EvidenceError(f"{finding.place}: {finding.message}", remedy=finding.remedy)
    _require_state(archive, kept.checkpoint, str(path))
    return kept.checkpoint


def _require_state(archive: OpenedArchive, checkpoint: Checkpoint, place: str) -> None:
    """EvidenceError unless the ledger is proven to have had that root at that size, or damage hides it."""
    now = current_checkpoint(archive).checkpoint
    if checkpoint.origin != now.origin:
        raise EvidenceError(
            f"{printable(place)}: about another ledger: {printable(checkpoint.origin)}",
            remedy="bring a checkpoint or a statement of this archive, or name the other archive with -C DIR",
        )
    if not archive.ledger.extends(checkpoint.size, checkpoint.root):
        raise EvidenceError(
            f"{printable(place)}: this ledger never was that one of {checkpoint.size} entries",
            remedy="archive ledger verify --trust FILE says what differs; keep the file",
        )


def _outcome(path: Path) -> str:
    """What an audit's JSON report says, in one line, with the digest of the report."""
    raw = read_brought_bytes(path, REPORT_BYTES, "the JSON report of an audit")
    try:
        report: Any = json.loads(raw)
        kind, seed = report["kind"], report["scope"].get("seed")
        scope, counts = report["scope"], report["counts"]
        adverse = [f"{int(counts[word])} {word}" for word in ("damaged", "missing", "unreadable", "unknown")]
        said = (
            f"audit: {_plain(report['outcome'])}; {int(scope['checked'])} of {int(scope['held'])} bags looked"
            f" at ({_plain(scope['mode'])}): {int(counts['intact'])} intact, {', '.join(adverse)}"
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as trouble:
        raise _no_report(path) from trouble
    if kind != "audit-report" or len(raw) > REPORT_BYTES:
        raise _no_report(path)
    drawn = f"; sample drawn with the seed {json.dumps(seed, ensure_ascii=False)}" if seed is not None else ""
    return f"{said}{drawn}; report sha512 {hashlib.sha512(raw).hexdigest()}"


def _no_report(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{printable(str(path))}: not the JSON report of an audit",
        remedy="archive audit … --report report.json makes one",
    )


def _plain(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a word is expected")
    return value


def keep_statement(archive: OpenedArchive, path: Path, signature: Path, signers: list[Path]) -> KeptStatement:
    """Keeps a signed statement about this ledger beside its checkpoints; durable on return.

    Raises EvidenceError where it names another ledger or state, or the signature does not hold;
    ConfigurationError where a file is none, or the signature cannot be judged on this machine. Nothing is
    kept then. Needs no signing key.
    """
    raw = read_brought_bytes(path, STATEMENT_BYTES, "a statement")
    signed = read_brought_bytes(signature, STATEMENT_SIGNATURE_BYTES, "its signature")
    try:
        statement = Statement.parse(raw)
    except StatementError as trouble:
        raise ConfigurationError(
            f"{printable(str(path))}: not a statement: {trouble}", remedy=_REMEDY
        ) from trouble
    verdict = Signers.read(signers).judge(raw, signed)
    if verdict.outcome is SignatureOutcome.UNJUDGED:
        raise ConfigurationError(
            f"{printable(str(signature))}: not judged: {verdict.reason}", remedy="keep it where it is"
        )
    if verdict.outcome is not SignatureOutcome.VALID:
        raise EvidenceError(
            f"{printable(str(signature))}: does not hold: {verdict.reason}",
            remedy=f"{_REMEDY}; nothing was kept",
        )
    _require_state(archive, statement.checkpoint, str(path))
    size = statement.checkpoint.size
    with WriterLock(str(archive.root), command="ledger keep", wait=LOCK_WAIT):
        place = put_statement(archive.root, size, raw, signed)
    return KeptStatement(size, verdict.by, place)
