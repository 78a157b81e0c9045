"""`archive ledger witness` and `witness-key`: the part of a second party, without the archive."""

from pathlib import Path

import click

from archive.cli.context import Context, pass_context
from archive.cli.output import emit_json, next_step, plural, say, styled
from archive.cli.parameters import GivenPath
from archive.core.text import lossless, printable


@click.command(
    "witness-key",
    short_help="Make a key for a witness.",
    epilog="Example: archive ledger witness-key hill.example/witness --out ~/witness.key",
)
@click.argument("name")
@click.option(
    "--out", metavar="FILE", required=True, type=GivenPath(path_type=Path), help="The key file; must be new."
)
@pass_context
def witness_key(context: Context, name: str, out: Path) -> None:
    """Make the signing key of a witness: somebody outside who cosigns checkpoints.

    NAME is what others know it by, without spaces, such as a domain it holds. Keep the file; give the line
    that is printed to whoever audits the archive. Encrypted where $ARCHIVE_KEY_PASSPHRASE is set.
    """
    from archive.services.evidence.witnessing import create_witness

    witness = create_witness(name, out)
    if context.json:
        emit_json(
            {
                "kind": "witness-key",
                "version": 1,
                "name": name,
                "key": str(witness.key),
                "file": lossless(str(out)),
            }
        )
        return
    say(f"{styled('✓', 'green')} {printable(str(out))}: the signing key; keep it, and keep it to yourself")
    say(f"  public key  {witness.key}")
    if not context.quiet:
        next_step("archive ledger witness CHECKPOINT --key FILE --state FILE --log-key VKEY")


@click.command(
    short_help="As a witness: cosign a checkpoint that extends the last one.",
    epilog="Example: archive ledger witness for-the-witness.txt --key ~/witness.key --state ~/witness.json"
    " --log-key 'valley-archive/…+557fe2d1+AYO9…'",
)
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=GivenPath(path_type=Path))
@click.option(
    "--key", metavar="FILE", required=True, type=GivenPath(path_type=Path), help="The witness's key file."
)
@click.option(
    "--state",
    metavar="FILE",
    required=True,
    type=GivenPath(path_type=Path),
    help="What this witness saw last; made at the first time. Keep it with the key.",
)
@click.option(
    "--log-key",
    metavar="VKEY",
    help="The archive's public key; needed at the first time, and when it changes.",
)
@click.option(
    "--out", metavar="FILE", type=GivenPath(path_type=Path), help="The cosigned note; else FILE.cosigned."
)
@pass_context
def witness(
    context: Context, files: tuple[Path, ...], key: Path, state: Path, log_key: str | None, out: Path | None
) -> None:
    """Cosign a checkpoint, once it is proven to extend the last one that this witness saw.

    Needs no archive and no network: FILE comes by mail or on a stick from `archive ledger checkpoint
    --since`, the cosigned note goes back the same way. Exit 5, and nothing is signed,
    where anything that this witness saw before was rewritten or cut off.
    """
    from archive.core.errors import ConfigurationError, ConflictError
    from archive.services.evidence.witnessing import cosign_extension, load_witness, write_cosigned
    from archive.services.surroundings import Surroundings
    from archive.storage.keys.witness_state import WitnessState

    if out is not None and len(files) > 1:
        raise ConfigurationError(
            "--out names one file, and several are to be cosigned",
            remedy="leave --out out: each is written beside its own, with .cosigned at the end",
        )
    who = load_witness(key)
    rows = []
    with WitnessState(str(state)).locked() as known:
        for path in files:
            target = out or path.with_name(f"{path.name}.cosigned")
            if target.exists() or target.is_symlink():
                raise ConflictError(
                    f"{printable(str(target))}: is there already, and is never overwritten",
                    remedy="name another file with --out",
                )
            done = cosign_extension(path, who, known, log_key, Surroundings())
            write_cosigned(done, target)
            rows.append(
                {
                    "origin": done.checkpoint.origin,
                    "size": done.checkpoint.size,
                    "before": done.before,
                    "file": lossless(str(target)),
                }
            )
            if not context.json:
                entries = plural(done.checkpoint.size, "entry", "entries")
                since = f"extends the {done.before:,} seen before" if done.before else "the first one seen"
                say(f"{styled('✓', 'green')} {printable(str(target))}: {entries} cosigned, {since}")
    if context.json:
        emit_json({"kind": "witness-report", "version": 1, "witness": str(who.key), "checkpoints": rows})
    elif not context.quiet:
        next_step("give it back to the archive: archive ledger keep FILE; and to whoever audits it")
