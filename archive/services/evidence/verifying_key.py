"""Which key a ledger is verified with: the one that the asker brought, else one that its archive names."""

from archive.core.errors import ArchiveError, ConfigurationError
from archive.core.ledger.entries import Entry, parse_entry
from archive.core.ledger.note import NoteError, VerifierKey, parse
from archive.services.opened import OpenedArchive
from archive.storage.keys import key_intents


def supplied_key(key: str | None) -> VerifierKey | None:
    """The verifier key that the asker brought; ConfigurationError where the text is none."""
    if key is None:
        return None
    try:
        return VerifierKey.parse(key.strip())
    except ValueError as trouble:
        raise ConfigurationError(
            f"--key: not a verifier key: {trouble}", remedy="copy the whole line that `archive init` showed"
        ) from trouble


def verifying_key(archive: OpenedArchive, supplied: VerifierKey | None) -> VerifierKey | None:
    """The key to verify with: the asker's, that of archive.toml, of a change under way, or of entry 0.

    The first of them that signed the checkpoint; whether it is the right one the entries tell. None where
    none of them is a key.
    """
    first = first_entry(archive)
    named = [
        archive.settings.key,
        *key_intents.announced_keys(archive.layout.staging),
        str(first.get("key")) if first else "",
    ]
    candidates = [supplied] if supplied else []
    candidates += [known for text in named if (known := _parsed(text))]
    signers = _signers(archive)
    chosen = next((each for each in candidates if (each.name, each.key_id) in signers), None)
    if chosen is None and _names_another_by_now(archive):
        return verifying_key(archive, supplied)
    return chosen or next(iter(candidates), None)


def _names_another_by_now(archive: OpenedArchive) -> bool:
    """True where the key was changed since archive.toml was read: what was signed since bears the new one."""
    try:
        return archive.refresh()
    except ArchiveError:  # whoever reads it next is told
        return False


def _parsed(text: str) -> VerifierKey | None:
    try:
        return VerifierKey.parse(text)
    except ValueError:
        return None


def _signers(archive: OpenedArchive) -> set[tuple[str, bytes]]:
    """Names and ids of the keys that claim to have signed the checkpoint."""
    try:
        note = parse(archive.ledger.checkpoint_bytes())
    except (ArchiveError, NoteError):
        return set()
    return {(line.name, line.key_id) for line in note.signatures}


def first_entry(archive: OpenedArchive) -> Entry | None:
    """Entry 0 as it stands there, unverified."""
    try:
        return parse_entry(archive.ledger.entry(0))
    except ArchiveError:
        return None
