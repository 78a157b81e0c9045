"""`archive receipt`."""

from pathlib import Path

import click

from archive.cli.context import Context, pass_context
from archive.cli.output import emit_json, next_step, plural, say, styled
from archive.cli.parameters import FileToWrite
from archive.cli.progress import progress_for
from archive.core.text import lossless, printable


@click.command(
    epilog="Examples: archive receipt 2026-004 --to receipt.html · archive receipt 2026-000037 --to r.html"
)
@click.argument("wanted", metavar="ACCESSION|ID")
@click.option(
    "--to",
    metavar="FILE.html",
    required=True,
    type=FileToWrite(Path),
    help="The page to write; must be new and lie outside the archive.",
)
@pass_context
def receipt(context: Context, wanted: str, to: Path) -> None:
    """Give a donor a receipt: what was received, when, with which digests, and the proof of each document.

    One page to read, print and keep. ACCESSION is the number of an acquisition, ID a document's reference,
    its id or any ending of it that only it has. The digests can be checked with sha512sum alone;
    the proofs with `archive ledger check-proof`, without the archive.
    """
    from archive.services.catalog.index_reading import reading_index
    from archive.services.evidence.receipts import receipt_for, write_receipt
    from archive.services.surroundings import Surroundings

    if to.suffix.lower() not in {".html", ".htm"}:
        raise click.UsageError(f"--to {to}: a receipt is a page, and ends in .html")
    archive = context.open()
    with reading_index(archive) as reading:
        found = receipt_for(reading.index, wanted)
    size = write_receipt(archive, found, to, Surroundings(progress=progress_for(context)))
    if context.json:
        emit_json(
            {
                "kind": "receipt-report",
                "version": 1,
                "accession": lossless(found.accession) if found.accession is not None else None,
                "documents": [
                    {"bag": row.bag, "reference": row.reference, "entry": row.entry} for row in found.rows
                ],
                "size": size,
                "file": lossless(str(to)),
            }
        )
        return
    documents = plural(len(found.rows), "document")
    of = f", accession {printable(found.accession)}" if found.accession else ""
    say(f"{styled('✓', 'green')} {printable(str(to))}: a receipt for {documents}{of}")
    if not context.quiet:
        next_step(f"print it, give it away, or check it: archive ledger check-proof {printable(str(to))}")
