"""`archive init`."""

import sys
from pathlib import Path

import click

from archive.cli.context import Context, pass_context
from archive.cli.output import emit_json, next_step, say, styled
from archive.cli.parameters import PLAIN_TEXT, GivenPath
from archive.core.text import lossless, printable


@click.command(epilog='Example: archive init ~/my-archive --name "Valley Archive" --agent "Ana Example"')
@click.argument("folder", metavar="DIR", type=GivenPath(path_type=Path))
@click.option("--name", type=PLAIN_TEXT, help="What the archive is called; else the folder's name.")
@click.option("--institution", type=PLAIN_TEXT, help="Who keeps it: Source-Organization.")
@click.option("--contact", metavar="MAIL", type=PLAIN_TEXT, help="Whom to ask about it.")
@click.option("--agent", metavar="NAME", type=PLAIN_TEXT, help="Who ingests and audits by default.")
@click.option("--encrypt-key", is_flag=True, help="Encrypt the signing key with a passphrase.")
@click.option(
    "--new-passphrase-file",
    metavar="FILE",
    type=GivenPath(path_type=Path, dir_okay=False),
    help="Its first line is that passphrase; else it is asked for.",
)
@pass_context
def init(
    context: Context,
    /,
    folder: Path,
    name: str | None,
    institution: str | None,
    contact: str | None,
    agent: str | None,
    new_passphrase_file: Path | None,
    *,
    encrypt_key: bool,
) -> None:
    """Make a new archive in DIR, which must be new or empty.

    Makes `archive.toml`, a signing key outside the archive (back it up), and an empty signed ledger: the
    append-only list of everything that will happen here.
    """
    from archive.cli.evidence.passphrases import passphrase_for_new_key
    from archive.services.init import init as make
    from archive.services.surroundings import Surroundings

    asks = sys.stdin.isatty() and sys.stdout.isatty() and not context.json
    if name is None:
        name = (
            click.prompt("Name of the archive", default=folder.absolute().name)
            if asks
            else folder.absolute().name
        )
    if agent is None:
        agent = (
            click.prompt("Your name (stands in the records)", default="", show_default=False) if asks else ""
        )
    phrase = None
    if encrypt_key or new_passphrase_file is not None:
        phrase = passphrase_for_new_key(new_passphrase_file)
    made = make(
        folder.absolute(),
        name=name,
        institution=institution or "",
        contact=contact or "",
        agent=agent,
        surroundings=Surroundings(),
        passphrase=phrase,
    )
    if context.json:
        emit_json(
            {
                "kind": "init-report",
                "version": 1,
                "archive": lossless(str(made.archive.root)),
                "id": made.archive.settings.archive_id,
                "origin": made.archive.settings.origin,
                "key": made.key.vkey,
                "key_folder": lossless(str(made.key.folder)),
            }
        )
        return
    say(f"{styled('✓', 'green')} {styled(printable(name), 'bold')} is ready in {printable(str(folder))}")
    say(f"  signing key  {printable(str(made.key.folder))}")
    say("               without it nothing can be added: archive key backup --to FILE, on another disk")
    say(f"  public key   {made.key.vkey}")
    say("               give it to whoever will audit you; it says whose signature the ledger must bear")
    if not context.quiet:
        next_step(f"archive -C {printable(str(folder))} ingest FOLDER --metadata FOLDER/metadata.csv")
