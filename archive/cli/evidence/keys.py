"""`archive key`: the signing key shown, kept elsewhere, put back, changed."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.context import Context, pass_context
from archive.cli.evidence.key_changes import AGENT, NEW_PASSPHRASE, emit_report, replace, rotate
from archive.cli.output import emit_json, next_step, plural, say, styled
from archive.cli.parameters import GivenPath, lock_wait_option, say_waiting
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.services.signing.shown import ShownKey


@click.group(epilog="Example: archive key show")
def key() -> None:
    """The signing key: it lies outside the archive, and without it nothing can be added.

    What it signs are checkpoints: few lines that fix everything the archive has recorded. Keep a backup of it
    in another place, and its passphrase in a third.
    """


key.add_command(rotate)
key.add_command(replace)


@key.command(
    short_help="Say which key signs, where it lies, what it signed last.", epilog="Example: archive key show"
)
@pass_context
def show(context: Context) -> None:
    """Say which key signs here, since when, where its private part lies, and what it signed last.

    Opens no key and prints nothing secret. The line with the verifier key is what you give to an auditor.
    """
    from archive.services.signing.shown import show_key

    shown = show_key(context.open())
    if context.json:
        emit_json(shown.to_json())
        return
    _print_key(shown)
    if context.quiet:
        return
    if shown.waiting:
        next_step("archive key sign, with the passphrase: it records what waits")
    elif shown.is_here:
        next_step("archive key backup --to FILE, on another disk")
    else:
        first = "move what lies there away, then " if shown.is_damaged else ""
        next_step(f"{first}archive key restore BACKUP, or archive key replace --lost where there is none")


def _print_key(shown: "ShownKey") -> None:
    here = "encrypted" if shown.is_encrypted else "not encrypted"
    if not shown.is_here:
        here = "what lies there is not this key" if shown.is_damaged else "not there"
    signed = "not known" if shown.last_signed is None else plural(shown.last_signed, "entry", "entries")
    say(f"origin        {printable(shown.key.name)}")
    say(f"verifier key  {printable(str(shown.key))}")
    say(f"key id        {shown.key.key_id.hex()}")
    say(f"private key   {printable(shown.file)} ({here})")
    say(f"last signed   {signed}; the ledger has {plural(shown.ledger_size, 'entry', 'entries')}")
    for link in shown.links:
        how = "the first key" if link.entry == 0 else "signed by the key before"
        if link.entry and not link.is_signed:
            how = f"NOT signed by the key before{f': {link.replaced}' if link.replaced else ''}"
        say(f"since         {printable(link.time[:19])}Z  entry {link.entry}  {link.key.key_id.hex()}  {how}")
    if shown.waiting:
        say(f"waiting       {plural(len(shown.waiting), 'audit')} for a signature")


@key.command(
    short_help="Write the key to a file to keep elsewhere, and to print.",
    epilog="Example: archive key backup --to /media/stick/valley-key.txt",
)
@click.option("--to", metavar="FILE", required=True, type=GivenPath(path_type=Path), help="A new file.")
@click.option("--no-passphrase", is_flag=True, help="In clear: whoever reads the file can sign.")
@NEW_PASSPHRASE
@pass_context
def backup(context: Context, to: Path, new_passphrase_file: Path | None, *, no_passphrase: bool) -> None:
    """Write the key, and what it signed last, to one text file outside the archive.

    The file holds the key twice: in PEM, which openssl reads too, and in numbered lines with check
    characters, short enough to be printed and typed in again. It is encrypted with a passphrase of its own.
    """
    from archive.cli.evidence.passphrases import new_passphrase
    from archive.core.errors import ConfigurationError
    from archive.services.signing.backup import back_up
    from archive.services.surroundings import Surroundings

    if no_passphrase and new_passphrase_file is not None:
        raise click.UsageError("--no-passphrase and --new-passphrase-file exclude each other")
    archive = context.open()
    phrase = None if no_passphrase else new_passphrase("Passphrase for the backup", new_passphrase_file)
    if phrase is None and not no_passphrase:
        raise ConfigurationError(
            "a backup is encrypted, and nobody gave a passphrase for it",
            remedy="give --new-passphrase-file FILE, or say --no-passphrase",
        )
    made = back_up(archive, to, passphrase=phrase, surroundings=Surroundings())
    if context.json:
        emit_report("backup", key=str(made.key), file=str(to), is_encrypted=made.is_encrypted)
        return
    say(f"{styled('✓', 'green')} {printable(str(to))}: the key {made.key.key_id.hex() if made.key else ''}")
    if made.is_encrypted:
        say("  encrypted; keep the passphrase apart from it")
    else:
        say(f"  {styled('NOT encrypted', 'yellow')}: whoever reads it can sign in the archive's name")
    if not context.quiet:
        next_step("print it; keep it and the passphrase in two places other than this machine")


@key.command(
    short_help="Put the key back from its backup.",
    epilog="Example: archive key restore /media/stick/valley-key.txt --trust newest.checkpoint",
)
@click.argument("file", metavar="FILE", type=GivenPath(path_type=Path))
@click.option(
    "--trust",
    metavar="CHECKPOINT",
    multiple=True,
    type=GivenPath(path_type=Path),
    help="The newest checkpoint that you know: the archive must extend it. May be repeated.",
)
@pass_context
def restore(context: Context, file: Path, trust: tuple[Path, ...]) -> None:
    """Put the key back where it belongs, from the file of `archive key backup` or its typed lines.

    Never overwrites. From then on the key signs only what extends this archive as it is now: restore it to
    the newest copy. A backup cannot know what was signed after it was made, but a checkpoint that was handed
    out since does: bring it with --trust.
    """
    from archive.services.signing.backup import restore as put_back

    made = put_back(context.open(), file, ask=lambda: _backup_passphrase(file), trust=trust)
    if context.json:
        emit_report(
            "restore", key=str(made.key), file=made.file, is_encrypted=made.is_encrypted, size=made.size
        )
        return
    say(f"{styled('✓', 'green')} {printable(made.file)}: the key {made.key.key_id.hex()} is back")
    say(f"  it signs what extends the ledger of {plural(made.size, 'entry', 'entries')}, and nothing older")
    if not made.is_encrypted:
        say(f"  {styled('not encrypted', 'yellow')}, as the backup was not")
    if not context.quiet:
        next_step("archive status" if made.is_encrypted else "archive key passphrase, to encrypt it")


def _backup_passphrase(file: Path) -> bytes | None:
    from archive.cli.evidence.passphrases import ask_passphrase, is_someone_there
    from archive.storage.keys.passphrases import given_passphrase

    given = given_passphrase()
    if given is None and is_someone_there():
        given = ask_passphrase(f"Passphrase of {printable(str(file))}").encode() or None
    return given


@key.command(
    short_help="Change, set or remove the key's passphrase.",
    epilog="Example: archive key passphrase",
)
@click.option("--no-passphrase", is_flag=True, help="Leave the key in clear.")
@NEW_PASSPHRASE
@pass_context
def passphrase(context: Context, new_passphrase_file: Path | None, *, no_passphrase: bool) -> None:
    """Encrypt the key file with a new passphrase, or leave it in clear with --no-passphrase.

    The old passphrase opens it: asked for, or from --passphrase-file or $ARCHIVE_KEY_PASSPHRASE. Backups keep
    theirs.
    """
    from archive.cli.evidence.passphrases import passphrase_for_new_key
    from archive.services.signing.backup import change_passphrase

    if no_passphrase and new_passphrase_file is not None:
        raise click.UsageError("--no-passphrase and --new-passphrase-file exclude each other")
    archive = context.open()
    phrase = None if no_passphrase else passphrase_for_new_key(new_passphrase_file, from_environment=False)
    path = change_passphrase(archive, phrase)
    if context.json:
        emit_report("passphrase", key=archive.signing_key(), file=path, is_encrypted=phrase is not None)
        return
    say(f"{styled('✓', 'green')} {printable(path)} is {'encrypted' if phrase else 'not encrypted'} now")
    if not context.quiet:
        next_step("archive key backup --to FILE, where the old backup's passphrase is no longer at hand")


@key.command(short_help="Record the audits that wait for a signature.", epilog="Example: archive key sign")
@AGENT
@lock_wait_option
@pass_context
def sign(context: Context, agent: str | None, lock_wait: float) -> int:
    """Record the audits whose results were kept while the key's passphrase was not at hand.

    Every signed command does the same first. What was altered meanwhile is refused, and ends with exit 5;
    what cannot be read waits on, and ends with exit 3.
    """
    from archive.services.signing.waiting import sign_waiting
    from archive.services.surroundings import Surroundings

    archive = context.open()
    done = sign_waiting(
        archive, surroundings=Surroundings(), agent=agent, lock_wait=lock_wait, waiting=say_waiting
    )
    if context.json:
        emit_report(
            "sign",
            key=archive.signing_key(),
            recorded=list(done.recorded),
            findings=[finding.to_json() for finding in done.findings],
        )
    else:
        from archive.cli.output import print_findings

        mark = styled("✓", "green") if not done.findings else styled("✗", "red")
        say(f"{mark} {plural(len(done.recorded), 'audit')} recorded that waited for a signature")
        print_findings(done.findings)
        if not context.quiet:
            next_step("archive status")
    if any(finding.code != "AUDIT-RESULTS-UNREADABLE" for finding in done.findings):
        return 5
    return 3 if done.findings else 0
