"""`archive key rotate` and `replace`: a new signing key, with or without the old one's signature."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.context import Context, pass_context
from archive.cli.output import emit_json, next_step, say, styled
from archive.cli.parameters import PLAIN_TEXT, GivenPath, lock_wait_option, say_waiting
from archive.core.text import lossless, printable

if TYPE_CHECKING:
    from archive.services.signing.change import ChangeRequest, KeyChange

AGENT = click.option("--agent", metavar="NAME", type=PLAIN_TEXT, help="Who does it; else archive.toml's.")
NEW_PASSPHRASE = click.option(
    "--new-passphrase-file",
    metavar="FILE",
    type=GivenPath(path_type=Path, dir_okay=False),
    help="Its first line is the new passphrase; else it is asked for.",
)


@click.command(
    short_help="A new key, signed by the old one.",
    epilog='Example: archive key rotate --reason "Ana Example left the archive"',
)
@click.option("--reason", metavar="TEXT", type=PLAIN_TEXT, help="Kept as a note, with the entry.")
@click.option("--encrypt-key", is_flag=True, help="Encrypt the new key with a new passphrase.")
@NEW_PASSPHRASE
@AGENT
@lock_wait_option
@pass_context
def rotate(
    context: Context,
    reason: str | None,
    new_passphrase_file: Path | None,
    agent: str | None,
    lock_wait: float,
    *,
    encrypt_key: bool,
) -> None:
    """Make a new signing key that the old one signs, and sign with it from now on.

    Whoever holds the old verifier key is led to the new one by `archive ledger verify --key OLD`. The new key
    is encrypted as the old one is, with the same passphrase unless another is given. The old private key
    stays where it is; it can sign nothing here any more.
    """
    from archive.services.signing.change import rotate as change_key
    from archive.services.surroundings import Surroundings

    phrase = _wanted_passphrase(new_passphrase_file, encrypt_key=encrypt_key)
    request = _request(reason or "", agent, lock_wait, phrase)
    _print_change(context, "rotate", change_key(context.open(), request, Surroundings()))


@click.command(
    short_help="A new key in place of one that is lost, or signed more than is left.",
    epilog='Example: archive key replace --lost --reason "the disk with the key failed, no backup"',
)
@click.option("--lost", is_flag=True, help="You declare the old key lost, for good.")
@click.option(
    "--behind",
    is_flag=True,
    help="The key is here, but what it signed last is lost: the archive was restored to an older state.",
)
@click.option(
    "--reason", metavar="TEXT", required=True, type=PLAIN_TEXT, help="What happened; kept as a note."
)
@click.option("--encrypt-key", is_flag=True, help="Encrypt the new key with a new passphrase.")
@NEW_PASSPHRASE
@AGENT
@lock_wait_option
@pass_context
def replace(
    context: Context,
    reason: str,
    new_passphrase_file: Path | None,
    agent: str | None,
    lock_wait: float,
    *,
    lost: bool,
    behind: bool,
    encrypt_key: bool,
) -> None:
    """Make a new signing key without the old one's signature: that key is lost, or what it signed last.

    Anybody who can write to the archive could do this, so the ledger, `status` and every verification say it
    for good: what no checkpoint kept outside covers rests on the archive's word alone. Look for a backup
    first: archive key restore FILE; with --behind, for a newer copy: a key never signs a second history, so
    that another one has to go on from an older state. One of --lost and --behind is to be said out loud.
    """
    from archive.services.signing.change import replace_lost
    from archive.services.surroundings import Surroundings

    if lost == behind:
        raise click.UsageError("say which it is: --lost, or --behind")
    phrase = _wanted_passphrase(new_passphrase_file, encrypt_key=encrypt_key)
    request = _request(reason, agent, lock_wait, phrase, behind=behind)
    _print_change(context, "replace", replace_lost(context.open(), request, Surroundings()))


def _wanted_passphrase(file: Path | None, *, encrypt_key: bool) -> bytes | None:
    """The passphrase for a new key where one is wanted; ConfigurationError where nobody gives it."""
    from archive.cli.evidence.passphrases import passphrase_for_new_key

    return passphrase_for_new_key(file) if encrypt_key or file is not None else None


def _request(
    reason: str, agent: str | None, lock_wait: float, phrase: bytes | None, *, behind: bool = False
) -> "ChangeRequest":
    from archive.services.signing.change import ChangeRequest

    return ChangeRequest(
        reason=reason, behind=behind, agent=agent, passphrase=phrase, lock_wait=lock_wait, waiting=say_waiting
    )


def _print_change(context: Context, action: str, made: "KeyChange") -> None:
    if context.json:
        emit_report(
            action,
            key=made.key.vkey,
            file=made.key.file,
            is_encrypted=made.is_encrypted,
            before=made.before,
            entry=made.entry,
            size=made.checkpoint.size,
        )
        return
    say(f"{styled('✓', 'green')} a new signing key since entry {made.entry}: {made.key.key_id}")
    say(f"  public key   {made.key.vkey}")
    say(
        f"  private key  {printable(made.key.file)} ({'encrypted' if made.is_encrypted else 'not encrypted'})"
    )
    if action == "rotate":
        say("  signed by the old key: whoever holds the old public key is led to this one")
    else:
        say(f"  {styled('not signed by the old key', 'yellow')}: every verification says so from now on;")
        say("  tell those who hold the old public key, by another way than this archive")
    if not context.quiet:
        next_step("archive key backup --to FILE: the backup of the old key does not open this archive")


def emit_report(action: str, **members: Any) -> None:
    """The one JSON document of a command about keys."""
    if "file" in members:
        members["file"] = lossless(members["file"])
    emit_json({"kind": "key-report", "version": 1, "action": action, **members})
