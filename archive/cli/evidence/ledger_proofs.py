"""`archive ledger prove` and `check-proof`: a document's place in the ledger, without the archive."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.context import Context, pass_context
from archive.cli.evidence.brought import KEY, SIGNER, WITNESS
from archive.cli.output import emit_json, next_step, plural, print_findings, say, styled
from archive.cli.parameters import GivenPath
from archive.cli.progress import progress_for
from archive.core.ids import short_id
from archive.core.limits.terminal import TEXT_FILES
from archive.core.text import lossless, printable

if TYPE_CHECKING:
    from archive.core.ledger.entries import Entry
    from archive.services.evidence.proof_check import ProofReport
    from archive.services.evidence.stated_proof import BroughtStatement

_HEADLINES = {
    "proven": ("✓", "green", "The proof holds"),
    "broken": ("✗", "red", "The proof does not hold"),
    "unrelated": ("!", "yellow", "The proof holds, but cannot be related to what you brought"),
}


@click.command(
    short_help="Prove that a document is on record.",
    epilog="Examples: archive ledger prove 2026-000037 --out letter.tlog-proof"
    " · archive ledger prove 7c41ab12 --at kept.checkpoint --out letter.tlog-proof",
)
@click.argument("document", metavar="ID")
@click.option("--out", metavar="FILE", type=GivenPath(path_type=Path), help="Write it to a new file.")
@click.option(
    "--at",
    metavar="CHECKPOINT",
    type=GivenPath(path_type=Path),
    help="Lead to this older checkpoint, which somebody kept, instead of today's.",
)
@pass_context
def prove(context: Context, document: str, out: Path | None, at: Path | None) -> None:
    """Hand out the proof that a document was taken in: its ledger entry, fixed in its place.

    ID is a reference, an id, or any ending of an id that only one document has. The file is text
    (c2sp.org/tlog-proof), needs no archive to be checked, and must lie outside this one.
    """
    import base64

    from archive.services.catalog.index_reading import reading_index
    from archive.services.evidence.checkpoints import keep_outside
    from archive.services.evidence.kept import read_kept
    from archive.services.evidence.proofs import Prover
    from archive.services.holdings.resolution import resolve

    archive = context.open()
    with reading_index(archive) as reading:
        row = resolve(reading.index, document)
    prover = Prover(archive, read_kept(at)[0] if at is not None else None)
    proof = prover.prove(row.entry)
    if out is not None:
        keep_outside(archive, proof.to_bytes(), out)
    if context.json:
        emit_json(
            {
                "kind": "ledger-proof",
                "version": 1,
                "origin": prover.checkpoint.origin,
                "size": prover.checkpoint.size,
                "root": base64.b64encode(prover.checkpoint.root).decode(),
                "index": proof.index,
                "reference": row.reference,
                "bag": row.bag,
                "proof": proof.to_bytes().decode(),
                "file": lossless(str(out)) if out is not None else None,
            }
        )
    elif out is None:
        click.echo(proof.to_bytes(), nl=False)
    else:
        size = plural(prover.checkpoint.size, "entry", "entries")
        said = f"proves entry {proof.index} ({printable(row.reference)}) in the ledger of {size}"
        say(f"{styled('✓', 'green')} {printable(str(out))}: {said}")
        if not context.quiet:
            next_step(f"archive ledger check-proof {printable(str(out))} --document FILE --key VKEY")


@click.command(
    "check-proof",
    short_help="Check a proof or receipt, without an archive.",
    epilog="Examples: archive ledger check-proof receipt.html --document letter.txt"
    " · archive ledger check-proof letter.tlog-proof --key 'valley-archive/…+557fe2d1+AYO9…'",
)
@click.argument("file", metavar="FILE", type=GivenPath(path_type=Path, readable=False))
@click.option(
    "--document",
    "documents",
    metavar="FILE",
    multiple=True,
    type=GivenPath(path_type=Path),
    help="Is this what was taken in? May be repeated.",
)
@KEY
@click.option(
    "--trust",
    metavar="CHECKPOINT",
    multiple=True,
    type=GivenPath(path_type=Path),
    help="A checkpoint that you kept, of the size that the proof leads to. May be repeated.",
)
@WITNESS
@click.option(
    "--statement",
    metavar="FILE",
    type=GivenPath(path_type=Path),
    help="An auditor's statement about the checkpoint that the proof leads to; with --signature, --signer.",
)
@click.option("--signature", metavar="FILE.sig", type=GivenPath(path_type=Path), help="Of the statement.")
@SIGNER
@pass_context
def check_proof(
    context: Context,
    /,
    file: Path,
    documents: tuple[Path, ...],
    key: str | None,
    trust: tuple[Path, ...],
    witnesses: tuple[str, ...],
    **stated: Any,
) -> int:
    """Check what `archive ledger prove` or `archive receipt` gave: no archive is needed, nothing is written.

    Without --key the signature is not verified: then it only shows that the file agrees with itself. Exit 0
    where it holds, 5 where it does not, 1 where a document is not what was taken in, 3 where something could
    not be looked at or related.
    """
    from archive.services.evidence.proof_check import check_proof as check

    report = check(
        file,
        documents=documents,
        key=key,
        trust=trust,
        witnesses=witnesses,
        statement=_brought_statement(**stated),
        progress=progress_for(context),
    )
    if context.json:
        emit_json(_report(report))
    else:
        _print(context, report)
    return report.exit_code


def _brought_statement(
    *, statement: Path | None, signature: Path | None, signers: tuple[Path, ...]
) -> "BroughtStatement | None":
    from archive.services.evidence.stated_proof import BroughtStatement

    if statement is None and signature is None and not signers:
        return None
    if statement is None or signature is None or not signers:
        raise click.UsageError("--statement, --signature and --signer belong together")
    return BroughtStatement(statement, signature, signers)


def _report(report: "ProofReport") -> dict[str, Any]:
    return {
        "kind": "proof-report",
        "version": 1,
        "outcome": report.outcome.value,
        "trust": report.trust.to_json(),
        "origin": report.origin,
        "sizes": list(report.sizes),
        "entries": [
            {"index": index, "time": entry.time, "type": entry.type, "members": dict(entry.members)}
            for index, entry in sorted(report.entries.items())
        ],
        "documents": [each.to_json() for each in report.documents],
        "findings": [finding.to_json() for finding in report.findings],
    }


def _print(context: Context, report: "ProofReport") -> None:
    mark, colour, words = _HEADLINES[report.outcome.value]
    count = plural(len(report.entries), "entry", "entries")
    basis = f"trust basis: {printable(report.trust.statement)}"
    say(f"{styled(mark, colour)} {styled(words, 'bold')} ({count} proven); {basis}")
    say(
        f"  ledger      {printable(report.origin)}, {', '.join(f'{size:,}' for size in report.sizes)} entries"
    )
    shown = sorted(report.entries.items())
    for index, entry in shown if context.verbosity > 0 else shown[:TEXT_FILES]:
        _print_entry(index, entry)
    if len(shown) > TEXT_FILES and context.verbosity <= 0:
        say(f"  … and {len(shown) - TEXT_FILES:,} more; -v lists all")
    for each in report.documents:
        if each.entry is not None:
            say(f"{styled('✓', 'green')} {printable(each.place)}: what was taken in (entry {each.entry})")
    print_findings(report.findings)
    if report.outcome.value == "proven" and not report.documents and not context.quiet:
        next_step("hold the document itself against it: --document FILE")


def _print_entry(index: int, entry: "Entry") -> None:
    named = [str(entry.get("reference")) if entry.get("reference") else "", short_id(entry.bag or "")]
    facts = " ".join(filter(None, named))
    say(printable(f"  entry {index:<5} {entry.type} {entry.time[:19].replace('T', ' ')} UTC  {facts}"))
    payload = entry.get("payload")
    for kind, digest in payload.items() if isinstance(payload, dict) else ():
        say(printable(f"    {kind}  {digest}"))
