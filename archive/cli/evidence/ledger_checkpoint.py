"""`archive ledger checkpoint`: signed lines handed out."""

from pathlib import Path

import click

from archive.cli.context import Context, pass_context
from archive.cli.output import emit_json, next_step, plural, say, styled
from archive.cli.parameters import GivenPath
from archive.core.text import lossless, printable


@click.command(
    short_help="Print the signed lines to keep elsewhere.",
    epilog="Examples: archive ledger checkpoint --out /media/stick/valley-2026-11.checkpoint"
    " · archive ledger checkpoint --since 1200 --out for-the-witness.txt",
)
@click.option("--out", metavar="FILE", type=GivenPath(path_type=Path), help="Write it to a new file.")
@click.option(
    "--since",
    metavar="SIZE",
    type=click.IntRange(0),
    help="For a witness: with the proof that it extends the ledger of so many entries.",
)
@pass_context
def checkpoint(context: Context, out: Path | None, since: int | None) -> None:
    """Print the checkpoint: the signed lines that fix the ledger as it is now.

    Keep it outside the archive, or give it to somebody: with it anybody can prove later that the ledger
    still begins with today's. The file must be new and lie outside the archive.
    """
    import base64

    from archive.services.evidence.checkpoints import current_checkpoint, extension_since, keep_outside

    archive = context.open()
    signed = current_checkpoint(archive)
    raw = signed.note if since is None else extension_since(archive, signed, since).to_bytes()
    if out is not None:
        keep_outside(archive, raw, out)
    if context.json:
        emit_json(
            {
                "kind": "ledger-checkpoint",
                "version": 1,
                "origin": signed.checkpoint.origin,
                "size": signed.checkpoint.size,
                "root": base64.b64encode(signed.checkpoint.root).decode(),
                "note": signed.note.decode(),
                "since": since,
                "extension": raw.decode() if since is not None else None,
                "file": lossless(str(out)) if out is not None else None,
            }
        )
    elif out is None:
        click.echo(raw, nl=False)
    else:
        entries = plural(signed.checkpoint.size, "entry", "entries")
        say(f"{styled('✓', 'green')} {printable(str(out))}: the checkpoint of {entries}")
        if not context.quiet and since is None:
            next_step(f"archive ledger verify --trust {printable(str(out))}, at any later time")
        elif not context.quiet:
            next_step(f"the witness: archive ledger witness {printable(str(out))} --key … --state …")
