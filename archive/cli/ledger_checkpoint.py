"""`archive ledger checkpoint` and `keep`: signed lines handed out, and others' signatures taken in."""

from pathlib import Path

import click

from archive.cli.context import Context, pass_context
from archive.cli.output import emit_json, next_step, plural, say, styled
from archive.core.text import lossless, printable


@click.command(
    short_help="Print the signed lines to keep elsewhere.",
    epilog="Examples: archive ledger checkpoint --out /media/stick/valley-2026-11.checkpoint"
    " · archive ledger checkpoint --since 1200 --out for-the-witness.txt",
)
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Write it to a new file.")
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


@click.command(epilog="Example: archive ledger keep for-the-witness.txt.cosigned")
@click.argument(
    "files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False)
)
@pass_context
def keep(context: Context, files: tuple[Path, ...]) -> None:
    """Keep what witnesses signed: adds their lines to the archive's own copy of that checkpoint.

    The checkpoint itself stays as it is, and no signing key is needed. From then on `archive ledger verify
    --witness VKEY` finds them, and so does whoever gets a copy.
    """
    from archive.services.evidence.cosigned import keep_cosignatures
    from archive.services.evidence.kept import read_kept

    archive = context.open()
    rows = []
    for path in files:
        for brought in read_kept(path):
            names = keep_cosignatures(archive, brought)
            rows.append({"file": lossless(str(path)), "size": brought.checkpoint.size, "by": list(names)})
    if context.json:
        emit_json({"kind": "ledger-kept", "version": 1, "checkpoints": rows})
        return
    for row in rows:
        by = printable(", ".join(row["by"]))
        say(f"{styled('✓', 'green')} the checkpoint of {row['size']:,} entries: signed by {by} too")
    if not context.quiet:
        next_step("archive ledger verify --witness VKEY, with the key that the witness gave out")
