"""`archive.toml`: who we are and what we promise; edited by people, read strictly."""

import hashlib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.core.errors import ConfigurationError, ConflictError, StorageError
from archive.core.text import printable
from archive.storage.description_settings import (
    NOTHING_SAID,
    DescriptionSettings,
    parse_description_settings,
)

FORMAT = 1
DEFAULT_AUDIT_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force; `digest` is the sha512 (hex) of the file's bytes, which the ledger records."""

    archive_id: str
    origin: str
    key: str
    created: str
    name: str = ""
    institution: str = ""
    contact: str = ""
    agent: str = ""
    agent_salt: str = ""
    audit_every_days: int = DEFAULT_AUDIT_DAYS
    description: DescriptionSettings = NOTHING_SAID
    digest: str = field(default="", compare=False)


_TEMPLATE = """\
# The settings of this archive. Edit them freely; the ledger notes each change at the next command.

[archive]
format = {format}
name = {name}
# Stands as Source-Organization in every bag.
institution = {institution}
contact = {contact}
# These two never change.
id = {archive_id}
created = {created}

[agents]
# Who ingests and audits where --agent names nobody else.
default = {agent}
# Makes the ids of people in the ledger unguessable.
salt = {salt}

[audit]
# The promise: every bag is read in full at least this often.
every_days = {days}

[description]
# The profile that descriptions are held against; archive profile list names them.
# profile = "dacs-minimum"

# What every document has that does not say so itself, and what every document of an accession has:
# [description.defaults]
# language = "en"
# [accessions."2026-014"]
# access = "restricted"

[ledger]
# Must be what the entries of the ledger say; `archive key rotate` changes the key. Do not edit.
origin = {origin}
key = {key}
"""


def render(settings: Settings) -> bytes:
    """The bytes of a new `archive.toml`."""
    import tomlkit

    def quoted(text: str) -> str:
        return tomlkit.string(text).as_string()

    return _TEMPLATE.format(
        format=FORMAT,
        name=quoted(settings.name),
        institution=quoted(settings.institution),
        contact=quoted(settings.contact),
        archive_id=quoted(settings.archive_id),
        created=quoted(settings.created),
        agent=quoted(settings.agent),
        salt=quoted(settings.agent_salt),
        days=settings.audit_every_days,
        origin=quoted(settings.origin),
        key=quoted(settings.key),
    ).encode()


def with_key(data: bytes, key: str) -> bytes:
    """The same `archive.toml` with another verifier key, everything else as its keeper wrote it."""
    import tomlkit

    document = tomlkit.parse(data.decode())
    document["ledger"]["key"] = key
    return tomlkit.dumps(document).encode()


def parse(data: bytes, place: str) -> Settings:
    """The settings that the bytes of an `archive.toml` state.

    Raises ConfigurationError with the line or the key that is wrong, ConflictError for a newer format.
    """
    document = _load(data, place)
    archive = _table(document, "archive", place)
    version = archive.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise ConflictError(
            f"{place}: written in format {version}; this program knows formats up to {FORMAT}",
            remedy="install a newer version of archive",
        )
    if version != FORMAT:
        raise ConfigurationError(f"{place}: [archive] format must be {FORMAT}, found {version!r}")
    ledger = _table(document, "ledger", place)
    audit = _table(document, "audit", place)
    agents = _table(document, "agents", place)
    days = audit.get("every_days", DEFAULT_AUDIT_DAYS)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 36_500:
        raise ConfigurationError(
            f"{place}: [audit] every_days must be a whole number of days from 1 to 36500"
        )
    return Settings(
        archive_id=_text(archive, "id", place, required=True),
        created=_text(archive, "created", place, required=True),
        origin=_text(ledger, "origin", place, required=True),
        key=_text(ledger, "key", place, required=True),
        name=_text(archive, "name", place),
        institution=_text(archive, "institution", place),
        contact=_text(archive, "contact", place),
        agent=_text(agents, "default", place),
        agent_salt=_text(agents, "salt", place),
        audit_every_days=days,
        description=parse_description_settings(document, place),
        digest=hashlib.sha512(data).hexdigest(),
    )


def read(path: Path) -> Settings:
    """The settings of the archive at `path` (an `archive.toml`)."""
    return parse(read_bytes(path), path.name)


def read_bytes(path: Path) -> bytes:
    """The file's bytes; StorageError where storage does not give them."""
    try:
        return path.read_bytes()
    except OSError as trouble:
        raise StorageError(f"{path}: cannot be read: {trouble.strerror}") from trouble


def _load(data: bytes, place: str) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError as trouble:
        raise ConfigurationError(
            f"{place}: not UTF-8 at byte {trouble.start}", remedy="save it as UTF-8"
        ) from None
    except (ValueError, RecursionError) as trouble:  # ValueError: a number of thousands of digits
        raise ConfigurationError(f"{place}: not valid TOML: {printable(str(trouble))}") from None


def _table(document: dict[str, Any], name: str, place: str) -> dict[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise ConfigurationError(f"{place}: [{name}] must be a table")
    return table


def _text(table: dict[str, Any], key: str, place: str, *, required: bool = False) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise ConfigurationError(f"{place}: {key} must be a text in quotes")
    if required and not value:
        raise ConfigurationError(f"{place}: {key} is missing", remedy="restore archive.toml from a copy")
    return value
