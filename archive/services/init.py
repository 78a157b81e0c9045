"""`archive init`: a key outside the archive, an empty signed ledger, and `archive.toml` last of all."""

import base64
import os
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.core.errors import ConflictError
from archive.core.ledger import entries
from archive.core.litter import litter
from archive.core.text import printable
from archive.services.opened import OpenedArchive, open_archive, person_agent, software_agent
from archive.services.surroundings import Surroundings
from archive.storage import settings as settings_file
from archive.storage.disk.durable import replace_file, storage_error, sync_folder
from archive.storage.disk.folder_lock import lock_folder, unlock_folder
from archive.storage.disk.kinds import link_at
from archive.storage.intents import remove_tree
from archive.storage.keys.signing_key import Key, create_key, refuse_keys_inside
from archive.storage.layout import FOLDERS, SETTINGS, Layout
from archive.storage.ledger.files import LedgerFiles
from archive.storage.ledger.notes import Notes
from archive.storage.settings import Settings

# All the files that an init leaves which was killed: its two entries, the note on its settings, and those.
_LEFT: Final = re.compile(
    r"ledger/(?:checkpoint(?:\.new)?|checkpoints/[12]|tile/(?:0|entries)/000\.p/[12])"
    r"|notes/[0-9a-f]{2}/[0-9a-f]{64}\.json"
)
_BEGUN_SETTINGS: Final = re.compile(rf"\.{re.escape(SETTINGS)}\.[0-9a-f]{{16}}\.tmp")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArchive:
    """The archive that was made, and its key."""

    archive: OpenedArchive
    key: Key


def init(
    root: Path,
    *,
    name: str,
    institution: str,
    contact: str,
    agent: str,
    surroundings: Surroundings,
    passphrase: bytes | None = None,
) -> NewArchive:
    """Makes an archive in a folder that is new, empty, or holds only an unfinished init of ours.

    The key is encrypted with the passphrase, else with that of the environment, else not at all. Killed
    anywhere, the same call completes it: without `archive.toml` the folder is not an archive yet. Raises
    ConflictError for a folder that holds anything else or is being made an archive by another process,
    ConfigurationError where keys would lie in it.
    """
    refuse_keys_inside(str(root))
    _make_folder(root)
    lock = lock_folder(os.path.realpath(root))
    try:
        return _init(
            root,
            name=name,
            institution=institution,
            contact=contact,
            agent=agent,
            surroundings=surroundings,
            passphrase=passphrase,
        )
    finally:
        unlock_folder(lock)


def _init(
    root: Path,
    *,
    name: str,
    institution: str,
    contact: str,
    agent: str,
    surroundings: Surroundings,
    passphrase: bytes | None,
) -> NewArchive:
    _clear(root)
    layout = Layout(root)
    for folder in FOLDERS:
        os.makedirs(root / folder, exist_ok=True)
    archive_id = str(uuid.UUID(bytes=surroundings.random(16), version=4))
    origin = f"{_slug(name) or 'archive'}/{archive_id}"
    key = create_key(origin, passphrase=passphrase)
    now = entries.timestamp(surroundings.now())
    settings = Settings(
        archive_id=f"urn:uuid:{archive_id}",
        origin=origin,
        key=key.vkey,
        created=now,
        name=name,
        institution=institution,
        contact=contact,
        agent=agent,
        agent_salt=base64.b64encode(surroundings.random(24)).decode(),
    )
    text = settings_file.render(settings)
    parsed = settings_file.parse(text, SETTINGS)
    agents = [software_agent().id]
    if agent or institution or name:
        agents.insert(0, person_agent(parsed, None).id)
    ledger = LedgerFiles(str(root))
    ledger.create(
        entries.archive_created(
            time=now, agents=agents, archive=settings.archive_id, origin=origin, key=key.vkey
        ),
        key.signer,
        key.last_signed,
    )
    commitment = Notes(str(root)).write(text.decode())
    changed = entries.settings_changed(time=now, agents=agents, settings=parsed.digest, note=commitment)
    ledger.append([changed], key.signer, key.last_signed)
    replace_file(str(layout.settings), text)
    sync_folder(str(root))
    return NewArchive(archive=open_archive(root), key=key)


def _make_folder(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except FileExistsError as trouble:
        raise ConflictError(f"{root}: is a file", remedy="name a folder that does not exist yet") from trouble
    except OSError as trouble:
        raise storage_error(trouble, str(root), "make the folder") from trouble


def _clear(root: Path) -> None:
    """Clears what an init that never finished left; ConflictError where the folder holds anything else."""
    try:
        names = [name for name in os.listdir(root) if litter(name) is None]
    except OSError as trouble:
        raise storage_error(trouble, str(root), "list the folder") from trouble
    if SETTINGS in names:
        raise ConflictError(f"{root}: is an archive already", remedy=f"use it: archive -C {root} status")
    foreign = next(_strangers(root, sorted(names)), None)
    if foreign is not None:
        raise ConflictError(
            f"{root}: not empty (it holds {printable(foreign)})", remedy="name a new or empty folder"
        )
    for name in names:
        if (root / name).is_dir():
            remove_tree(root / name)
        else:
            os.unlink(root / name)


def _strangers(root: Path, names: Iterable[str]) -> Iterator[str]:
    """What no init of ours left, as paths below the root; no link is followed."""

    def refuse(trouble: OSError) -> None:
        raise storage_error(trouble, str(trouble.filename), "list the folder") from trouble

    for name in names:
        folder = root / name
        if name in FOLDERS and folder.is_dir() and not folder.is_symlink():
            for above, folders, files in os.walk(folder, onerror=refuse):
                links = (each for each in folders if link_at(os.path.join(above, each)))
                for each in sorted((*files, *links)):
                    path = os.path.relpath(os.path.join(above, each), root)
                    if litter(each) is None and not _LEFT.fullmatch(path):
                        yield path
        elif not (_BEGUN_SETTINGS.fullmatch(name) and folder.is_file()):
            yield name


def _slug(name: str) -> str:
    """The archive's name as an origin may carry it: no space, no plus (C2SP signed-note)."""
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
