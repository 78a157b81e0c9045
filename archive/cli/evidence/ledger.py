"""`archive ledger`: the evidence verified, handed out and read."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from archive.cli.context import Context, pass_context
from archive.cli.evidence.brought import brought_options
from archive.cli.evidence.ledger_checkpoint import checkpoint
from archive.cli.evidence.ledger_keeping import keep, statement
from archive.cli.evidence.ledger_pack import check_pack, pack
from archive.cli.evidence.ledger_proofs import check_proof, prove
from archive.cli.evidence.ledger_timestamp import timestamp
from archive.cli.evidence.ledger_witness import witness as witness_command
from archive.cli.evidence.ledger_witness import witness_key
from archive.cli.output import emit_json, next_step, plural, print_findings, say, stream_json, styled, tell
from archive.cli.parameters import AT_MOST
from archive.cli.progress import progress_for
from archive.core.errors import EvidenceError, StorageError
from archive.core.exit_codes import FINDINGS
from archive.core.findings import Severity
from archive.core.ids import short_id
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.core.ledger.entries import Entry
    from archive.services.evidence.brought import Brought
    from archive.services.evidence.history import History, HistoryEntry
    from archive.services.evidence.verification import LedgerReport

_EXIT = {"proven": 0, "broken": EvidenceError.exit_code, "unreadable": StorageError.exit_code}


@click.group(epilog="Example: archive ledger verify")
def ledger() -> None:
    """Verify and read the evidence: the ledger, an append-only list of everything that happened here.

    Its size and content are fixed by a checkpoint, a few signed lines. Whoever keeps one outside the archive
    can prove later that nothing below it was changed, removed or slipped in.
    """


ledger.add_command(timestamp)


@ledger.command(
    short_help="Prove the ledger from its entries.",
    epilog="Examples: archive ledger verify · archive ledger verify --trust kept.checkpoint"
    " --key 'valley-archive/…+557fe2d1+AYO9…'",
)
@brought_options
@pass_context
def verify(context: Context, brought: "Brought") -> int:
    """Recompute the ledger from its entries; check every tile, checkpoint and signature.

    Without --key and --trust the archive is believed about its own key: that shows damage, not a ledger
    that its keeper wrote anew. Needs no private key and writes nothing. Exit 0 where it holds, 1 where it
    does and one of its folders is a link, 5 where it does not, 3 where it could not be read.
    """
    from archive.services.evidence.verification import verify_ledger

    archive = context.open()
    report = verify_ledger(archive, progress=progress_for(context), **brought)
    if context.json:
        emit_json(_report(report))
    else:
        _print_report(context, report)
    is_wrong = any(finding.severity is Severity.ERROR for finding in report.findings)
    return _EXIT[report.outcome] or (FINDINGS if is_wrong else 0)


def _print_report(context: Context, report: "LedgerReport") -> None:
    errors = sum(finding.severity is Severity.ERROR for finding in report.findings)
    checkpoint = report.checkpoint
    size = plural(checkpoint.size, "entry", "entries") if checkpoint else "no checkpoint to judge by"
    basis = f"trust basis: {printable(report.trust.statement)}"
    match report.outcome.value:
        case "proven":
            say(f"{styled('✓', 'green')} {styled('The ledger holds', 'bold')} ({size}); {basis}")
        case "broken":
            say(
                f"{styled('✗', 'red')} {styled('The ledger does not hold', 'bold')}"
                f" ({size}, {plural(errors, 'error')}); {basis}"
            )
        case _:
            say(
                f"{styled('!', 'yellow')} {styled('Not all of the ledger could be read', 'bold')}"
                f" ({size}); nothing is proven; {basis}"
            )
    if checkpoint is not None:
        import base64

        say(f"  origin      {printable(checkpoint.origin)}")
        say(f"  size        {checkpoint.size:,}")
        say(f"  root        {base64.b64encode(checkpoint.root).decode()}")
        say(f"  last entry  {printable(report.last_time) if report.last_time else 'not read'}")
    say(f"  key         {printable(report.trust.key)}")
    if report.proven and report.outcome.value != "proven":
        proven = plural(report.proven, "entry is", "entries are")
        say(f"  proven      the first {proven} those of a checkpoint that you supplied")
    print_findings(report.findings)
    if context.quiet:
        return
    if report.outcome.value == "broken":
        next_step("archive help CODE explains a finding; look for a copy of the archive that holds")
    elif report.trust.basis.value == "self":
        next_step("archive ledger checkpoint --out FILE, kept elsewhere, and later --trust FILE")


def _report(report: "LedgerReport") -> dict[str, Any]:
    import base64

    checkpoint = report.checkpoint
    counts = {
        f"{severity.value}s": sum(finding.severity is severity for finding in report.findings)
        for severity in Severity
    }
    return {
        "kind": "ledger-report",
        "version": 1,
        "outcome": report.outcome.value,
        "trust": report.trust.to_json(),
        "proven": report.proven,
        "key": report.trust.key,
        "origin": checkpoint.origin if checkpoint else None,
        "size": checkpoint.size if checkpoint else None,
        "root": base64.b64encode(checkpoint.root).decode() if checkpoint else None,
        "last_time": report.last_time,
        "findings": [finding.to_json() for finding in report.findings],
        "counts": counts,
    }


@ledger.command(
    short_help="Read the entries as a history.",
    epilog="Examples: archive ledger log --limit 20 · archive ledger log 7c41ab12",
)
@click.argument("subject", metavar="[ID]", required=False)
@click.option("--limit", metavar="N", type=AT_MOST, help="Only the newest N.")
@pass_context
def log(context: Context, subject: str | None, limit: int | None) -> int:
    """Print the entries as a history, newest last: index, time, what, document, run.

    ID is a document's or a run's id, its last characters, or a reference that this archive gave. Reads, does
    not prove: that is what `archive ledger verify` does.
    """
    from archive.services.evidence.history import History

    history = History(context.open(), of=subject, limit=limit)
    if context.json:
        tail: dict[str, Any] = {}
        stream_json(
            {
                "kind": "ledger-log",
                "version": 1,
                "origin": history.checkpoint.origin,
                "size": history.checkpoint.size,
                "subject": history.subject,
            },
            "entries",
            _rows(history, tail),
            tail,
        )
    else:
        for each in history:
            say(_line(each))
        print_findings(history.findings, to_stderr=True)
        if context.verbosity > 0:
            tell("Read, not proven: archive ledger verify")
    return history.trouble.exit_code if history.trouble else 0


def _rows(history: "History", tail: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in history:
        yield {
            "index": each.index,
            "time": each.entry.time,
            "type": each.entry.type,
            "bag": _text(each.entry, "bag"),
            "run": _text(each.entry, "run"),
            "members": dict(each.entry.members),
        }
    tail["findings"] = [finding.to_json() for finding in history.findings]


def _text(entry: "Entry", name: str) -> str | None:
    """A member as it stands there, whatever an entry of a kind that we do not know means by it."""
    value = entry.get(name)
    return value if isinstance(value, str) else None


def _line(each: "HistoryEntry") -> str:
    entry = each.entry
    time = entry.time[:19].replace("T", " ")
    bag = short_id(entry.bag) if entry.bag else ""
    run = f"run {short_id(entry.run)}" if entry.run else ""
    facts = " ".join(
        f"{name} {entry.get(name)}" for name in ("reference", "mode", "outcome") if entry.get(name)
    )
    return printable(f"{each.index:>7}  {time}  {entry.type:<16}  {bag:<8}  {run:<12}  {facts}").rstrip()


ledger.add_command(checkpoint)
ledger.add_command(prove)
ledger.add_command(check_proof)
ledger.add_command(witness_command)
ledger.add_command(witness_key)
ledger.add_command(keep)
ledger.add_command(statement)
ledger.add_command(pack)
ledger.add_command(check_pack)
