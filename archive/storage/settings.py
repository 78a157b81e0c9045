"""`archive.toml`: who we are and what we promise; edited by people, read strictly."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.core.copies import CopyForm, CopyPlace
from archive.core.errors import MEND_SETTINGS, ConfigurationError, ConflictError, StorageError
from archive.core.ids import is_uuid7
from archive.core.limits.archives import SETTINGS_BYTES, SETTINGS_KEY_LEVELS
from archive.core.notify_settings import NotifySettings, parse_notify
from archive.core.promises import Interval, Task
from archive.core.text import printable
from archive.storage.descriptions.settings import (
    NOTHING_SAID,
    DescriptionSettings,
    parse_description_settings,
)
from archive.storage.disk.durable import NotAPlainFileError, read_plain

FORMAT = 1
DEFAULT_AUDIT_DAYS = 90

# Strings and comments. One that does not end is passed over, too: tomllib reads nothing behind it, and its
# end would be looked for again from each quotation mark in it. Up to two marks before three are content.
_STRINGS = re.compile(
    r'"""(?:[^\\]|\\.)*?(?:"{3,5}|\\?\Z)|"(?:[^"\\\n]|\\.)*+"?'
    r"|'''.*?(?:'{3,5}|\Z)|'[^'\n]*+'|#[^\n]*+",
    re.DOTALL,
)
_SIGNS = re.compile(r"[=,{}\[\]#\n]")


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
    promises: Mapping[Task, Interval] = field(default_factory=dict)
    declared: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    copies: tuple[CopyPlace, ...] = ()
    notify: NotifySettings | None = None
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
# [accessions."2026-014".defaults]
# access = "restricted"

[ledger]
# Must be what the entries of the ledger say; `archive key rotate` changes the key. Do not edit.
origin = {origin}
key = {key}
"""


def render(settings: Settings) -> bytes:
    """The bytes of a new `archive.toml`; promises, copies and what else is added later are not in it."""
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
    return _readable(tomlkit.dumps(document))


def with_promises(data: bytes, promises: Mapping[Task, Interval]) -> bytes:
    """The same `archive.toml` with these promised runs instead of earlier ones; none of them for none."""
    import tomlkit

    document = tomlkit.parse(data.decode())
    if not promises:
        document.pop("promises", None)
    else:
        table = tomlkit.table()
        table.add(tomlkit.comment("Runs that are promised; archive status says where one did not happen."))
        for task in Task:
            if task in promises:
                table.add(task.value, promises[task].value)
        document["promises"] = table
    return _readable(tomlkit.dumps(document))


def with_copy(data: bytes, copy: CopyPlace) -> bytes:
    """The same `archive.toml` with that place of a copy, in place of the one with its id where there is one.

    Everything else stays as its keeper wrote it, members of the place that this program does not know, too.
    """
    import tomlkit

    facts = {name: value for name, value in copy.to_json().items() if value is not None}
    document = tomlkit.parse(data.decode())
    known = next((table for table in document.get("copies", ()) if table.get("id") == copy.id), None)
    if known is None and isinstance(document.get("copies"), tomlkit.items.Array):  # copies = [{…}]
        place = tomlkit.inline_table()
        place.update(facts)
        document["copies"].append(place)
    elif known is None:
        lines = [f"{name} = {tomlkit.string(value).as_string()}" for name, value in facts.items()]
        gap = "\n" if data.endswith(b"\n") else "\n\n"
        return _readable(data.decode() + gap + "\n".join(["[[copies]]", *lines, ""]))
    else:
        for name, value in facts.items():
            if known.get(name) != value:
                known[name] = value
    return _readable(tomlkit.dumps(document))


def _readable(text: str) -> bytes:
    """The changed settings, once they are shown to be settings: no archive opens by others.

    Raises ConfigurationError where the way in which the file is written leaves no room for the change.
    """
    data = text.encode()
    try:
        parse(data, "archive.toml")
    except ConfigurationError as trouble:
        raise ConfigurationError(
            f"archive.toml: cannot be changed as it is written: {trouble.message}",
            remedy="write each group of settings as a [table] of its own, and do it again",
        ) from trouble
    return data


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
        raise ConfigurationError(
            f"{place}: [archive] format must be {FORMAT}, found {version!r}", remedy=MEND_SETTINGS
        )
    ledger = _table(document, "ledger", place)
    audit = _table(document, "audit", place)
    agents = _table(document, "agents", place)
    days = audit.get("every_days", DEFAULT_AUDIT_DAYS)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 36_500:
        raise ConfigurationError(
            f"{place}: [audit] every_days must be a whole number of days from 1 to 36500",
            remedy=MEND_SETTINGS,
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
        promises=_promises(_table(document, "promises", place), place),
        declared=_declared(_table(document, "declared", place), place),
        copies=_copies(document, place),
        notify=_notify(document, place),
        description=parse_description_settings(document, place),
        digest=hashlib.sha512(data).hexdigest(),
    )


def _promises(table: dict[str, Any], place: str) -> dict[Task, Interval]:
    """The promised runs; a name that is not known is refused, for nobody would watch over it."""
    promises = {}
    for name, value in table.items():
        if name not in set(Task):
            known = ", ".join(Task)
            raise ConfigurationError(
                f"{place}: [promises] {printable(name)}: not one of {known}", remedy=MEND_SETTINGS
            )
        if not isinstance(value, str) or value not in set(Interval):
            raise ConfigurationError(
                f"{place}: [promises] {name} must be one of {', '.join(Interval)}", remedy=MEND_SETTINGS
            )
        promises[Task(name)] = Interval(value)
    return promises


def _declared(frameworks: dict[str, Any], place: str) -> dict[str, dict[str, str]]:
    """What the keeper declares for self-assessments: texts by framework and criterion."""
    return {
        name: {criterion: _text(_table(frameworks, name, place), criterion, place) for criterion in criteria}
        for name, criteria in frameworks.items()
        if _table(frameworks, name, place)
    }


def _notify(document: dict[str, Any], place: str) -> NotifySettings | None:
    if "notify" not in document:
        return None
    return parse_notify(_table(document, "notify", place), f"{place}: [notify]")


def _copies(document: dict[str, Any], place: str) -> tuple[CopyPlace, ...]:
    tables = document.get("copies", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigurationError(f"{place}: copies must be tables: [[copies]]", remedy=MEND_SETTINGS)
    copies = tuple(_copy(table, f"{place}: [[copies]] {number}") for number, table in enumerate(tables, 1))
    if len({copy.id for copy in copies}) != len(copies):
        raise ConfigurationError(f"{place}: two places of [[copies]] have the same id", remedy=MEND_SETTINGS)
    return copies


def _copy(table: dict[str, Any], place: str) -> CopyPlace:
    form = _text(table, "form", place) or CopyForm.FOLDER.value
    if form not in set(CopyForm):
        raise ConfigurationError(
            f"{place}: form must be “folder” or “tar”, found “{printable(form)}”", remedy=MEND_SETTINGS
        )
    copy = CopyPlace(
        id=_text(table, "id", place, required=True),
        name=_text(table, "name", place),
        path=_text(table, "path", place),
        form=CopyForm(form),
        medium=_text(table, "medium", place),
        site=_text(table, "site", place),
        provider=_text(table, "provider", place),
    )
    if "\0" in copy.path:
        raise ConfigurationError(
            f"{place}: path holds a NUL character, which no path can", remedy=MEND_SETTINGS
        )
    if not is_uuid7(copy.id):
        raise ConfigurationError(
            f"{place}: id must be the id that copy.json of the copy names",
            remedy="take the place out: the next archive copy --to enters it anew",
        )
    return copy


def read(path: Path) -> Settings:
    """The settings of the archive at `path` (an `archive.toml`)."""
    return parse(read_bytes(path), path.name)


def read_bytes(path: Path) -> bytes:
    """The file's bytes.

    Raises StorageError where storage does not give them, ConfigurationError where it is a link or pipe, or
    larger than settings can be.
    """
    try:
        data = read_plain(str(path), SETTINGS_BYTES)
    except NotAPlainFileError as trouble:
        raise ConfigurationError(
            str(trouble),
            remedy=f"put a plain file with the settings in its place, of {SETTINGS_BYTES:,} bytes at most",
        ) from None
    if data is None:
        raise StorageError(
            f"{path}: cannot be read: there is no such file", remedy="restore archive.toml from a copy"
        )
    return data


def _load(data: bytes, place: str) -> dict[str, Any]:
    try:
        text = data.decode()
        if _names_too_deep(text):
            raise ConfigurationError(
                f"{place}: a key of more than {SETTINGS_KEY_LEVELS} names", remedy=MEND_SETTINGS
            )
        return tomllib.loads(text)
    except UnicodeDecodeError as trouble:
        raise ConfigurationError(
            f"{place}: not UTF-8 at byte {trouble.start}", remedy="save it as UTF-8"
        ) from None
    except (ValueError, RecursionError) as trouble:  # ValueError: a number of thousands of digits
        raise ConfigurationError(
            f"{place}: not valid TOML: {printable(str(trouble))}", remedy=MEND_SETTINGS
        ) from None


def _names_too_deep(text: str) -> bool:
    """True where a dotted key has more names than any of ours: tomllib takes their square in memory."""
    keys = _SIGNS.split(_STRINGS.sub("", text))
    return any(key.count(".") >= SETTINGS_KEY_LEVELS for key in keys)


def _table(document: dict[str, Any], name: str, place: str) -> dict[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise ConfigurationError(f"{place}: [{name}] must be a table", remedy=MEND_SETTINGS)
    return table


def _text(table: dict[str, Any], key: str, place: str, *, required: bool = False) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise ConfigurationError(f"{place}: {key} must be a text in quotes", remedy=MEND_SETTINGS)
    if required and not value:
        raise ConfigurationError(f"{place}: {key} is missing", remedy="restore archive.toml from a copy")
    return value
