"""`archive ledger keep` and `statement`: what others sign, prepared for them and taken in."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.context import Context, pass_context
from archive.cli.evidence.brought import SIGNER, WITNESS
from archive.cli.output import emit_json, next_step, plural, say, styled
from archive.cli.parameters import FREE_TEXT, FileToWrite, GivenPath
from archive.core.text import lossless, printable

if TYPE_CHECKING:
    from archive.services.opened import OpenedArchive


@click.command(
    short_help="Keep what others signed.",
    epilog="Examples: archive ledger keep for-the-witness.txt.cosigned"
    " · archive ledger keep statement.txt --signature statement.txt.sig --signer allowed_signers",
)
@click.argument(
    "files", metavar="FILE…", nargs=-1, required=True, type=GivenPath(path_type=Path, dir_okay=False)
)
@click.option(
    "--signature",
    metavar="FILE.sig",
    type=GivenPath(path_type=Path, dir_okay=False),
    help="FILE is an auditor's statement, and this its signature: of ssh-keygen, or Ed25519 of openssl.",
)
@SIGNER
@WITNESS
@pass_context
def keep(
    context: Context,
    files: tuple[Path, ...],
    signature: Path | None,
    signers: tuple[Path, ...],
    witnesses: tuple[str, ...],
) -> None:
    """Keep what others signed: lines of witnesses under a checkpoint, or an auditor's statement.

    The checkpoint itself stays as it is, and no signing key is needed. From then on `archive ledger verify
    --witness VKEY` or `--signer FILE` finds them, and so does whoever gets a copy. A statement is kept only
    once its signature holds by the signer named, and the ledger was what it says. So is a witness's line
    where --witness brings its key; without it the line is taken as it came, and never replaces another.
    """
    if (signature is None) != (not signers):
        raise click.UsageError("--signature and --signer belong together, and to a statement")
    if signature is not None and witnesses:
        raise click.UsageError("--witness belongs to a checkpoint that was cosigned, not to a statement")
    archive = context.open()
    if signature is None:
        _keep_cosignatures(context, archive, files, witnesses)
    elif len(files) != 1:
        raise click.UsageError("one statement at a time: one FILE with its --signature")
    else:
        _keep_statement(context, archive, files[0], signature, list(signers))


def _keep_cosignatures(
    context: Context, archive: "OpenedArchive", files: tuple[Path, ...], witnesses: tuple[str, ...]
) -> None:
    from archive.services.evidence.cosigned import keep_cosignatures, witness_keys
    from archive.services.evidence.kept import read_kept

    keys = witness_keys(witnesses)
    rows: list[dict[str, Any]] = []
    for path in files:
        for brought in read_kept(path):
            names = keep_cosignatures(archive, brought, keys)
            rows.append({"file": lossless(str(path)), "size": brought.checkpoint.size, "by": list(names)})
    if context.json:
        emit_json({"kind": "ledger-kept", "version": 1, "checkpoints": rows, "statements": []})
        return
    for row in rows:
        by = printable(", ".join(row["by"]))
        say(f"{styled('✓', 'green')} the checkpoint of {row['size']:,} entries: signed by {by} too")
    if not context.quiet:
        next_step("archive ledger verify --witness VKEY, with the key that the witness gave out")


def _keep_statement(
    context: Context, archive: "OpenedArchive", file: Path, signature: Path, signers: list[Path]
) -> None:
    from archive.services.evidence.stating import keep_statement

    kept = keep_statement(archive, file, signature, signers)
    if context.json:
        row = {"file": lossless(str(file)), "size": kept.size, "by": kept.by, "place": kept.place}
        emit_json({"kind": "ledger-kept", "version": 1, "checkpoints": [], "statements": [row]})
        return
    entries = plural(kept.size, "entry", "entries")
    say(f"{styled('✓', 'green')} a statement about {entries}, signed by {printable(kept.by)}")
    say(f"  kept in {kept.place}")
    if not context.quiet:
        next_step(f"archive ledger verify --signer {printable(str(signers[0]))}")


@click.command(
    short_help="Prepare an auditor's statement to be signed.",
    epilog="Example: archive ledger statement --report audit.json --says 'I drew the sample myself.'"
    " --out statement.txt, then ssh-keygen -Y sign -f ~/.ssh/id_ed25519 -n archive-statement statement.txt",
)
@click.option(
    "--out",
    metavar="FILE",
    required=True,
    type=FileToWrite(Path),
    help="Must be new and lie outside the archive.",
)
@click.option("--says", metavar="TEXT", type=FREE_TEXT, help="Your own words.")
@click.option(
    "--report",
    metavar="FILE.json",
    type=GivenPath(path_type=Path, dir_okay=False),
    help="The JSON report of the audit that it is about: its outcome and digest go into the text.",
)
@click.option(
    "--at",
    metavar="FILE",
    type=GivenPath(path_type=Path, dir_okay=False),
    help="About this kept checkpoint instead of today's.",
)
@pass_context
def statement(context: Context, out: Path, says: str | None, report: Path | None, at: Path | None) -> None:
    """Write a short text for an auditor to sign: which ledger, how many entries, what was looked at.

    The auditor signs the file with a key of their own, and `archive ledger keep` keeps both with the
    evidence. Whoever has the auditor's public key can then tell what was on record by that time.
    """
    from archive.services.evidence.stating import make_statement

    made = make_statement(context.open(), out, at=at, report=report, words=says or "")
    if context.json:
        emit_json(
            {
                "kind": "ledger-statement",
                "version": 1,
                "file": lossless(str(out)),
                "origin": made.checkpoint.origin,
                "size": made.checkpoint.size,
                "statement": made.to_bytes().decode(),
            }
        )
        return
    name, entries = printable(str(out)), plural(made.checkpoint.size, "entry", "entries")
    say(f"{styled('✓', 'green')} {name}: a statement about {entries}, to be signed")
    if not context.quiet:
        next_step(f"ssh-keygen -Y sign -f KEY -n archive-statement {name}; then archive ledger keep {name}")
