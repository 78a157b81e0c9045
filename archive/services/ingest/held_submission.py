"""Whether a held bag keeps the tag files of a bag that is brought: its payload does not tell."""

import json

from archive.core.composed_form import composed
from archive.core.digests import Algorithm
from archive.core.litter import litter
from archive.core.repair_record import exact
from archive.core.submission import SUBMISSION_FOLDER, PlannedDocument
from archive.core.text import printable
from archive.services.catalog.bag_record import BagDoubtError, listed_bytes, tag_files
from archive.services.opened import OpenedArchive
from archive.storage.bags.held_bag import HeldBag
from archive.storage.index import IndexRow

_NAMES = "metadata/names.json"
_BELOW = f"{SUBMISSION_FOLDER}/"
_TAG_MANIFEST = "tagmanifest-"  # differs wherever another does: named behind those


def tag_files_not_kept(document: PlannedDocument, archive: OpenedArchive, held: IndexRow) -> tuple[str, ...]:
    """The tag files of the brought bag that the held one has not, or with other bytes.

    Each as the path below `metadata/submission/` that it would be kept under but for its characters. What a
    desktop left in the folder is none of them: where a manifest lists it, that one differs. Judged by the
    digests that the ledger vouches for: raises OSError, NotAPlainFileError or BagDoubtError where the held
    bag does not give them.
    """
    kept = _kept(archive, held)
    alike = {(composed(path), sha512) for path, sha512 in kept.items()}
    brought = {path: d.digest.value for path, d in document.digests if d.digest.algorithm is Algorithm.SHA512}

    def is_kept(path: str) -> bool:
        sha512 = brought.get(path)
        return kept[path] == sha512 if path in kept else (composed(path), sha512) in alike

    paths = [file.path for file in document.submission if not (is_kept(file.path) or _is_litter(file.path))]
    paths.sort(key=lambda path: (path.startswith(_TAG_MANIFEST), path))
    return tuple(_BELOW + printable(path) for path in paths)


def _is_litter(path: str) -> bool:
    return any(litter(part) is not None for part in path.split("/"))


def _kept(archive: OpenedArchive, held: IndexRow) -> dict[str, str]:
    """Path in the bag that it came in, and sha512, of every tag file of a submission that a bag keeps."""
    with HeldBag(archive.root, held.bag) as bag:
        listed = tag_files(bag, held.tag_manifest)
        names = listed_bytes(bag, listed, _NAMES) if _NAMES in listed else b'{"names": {}}'
    try:
        originals = {path: exact(name) for path, name in json.loads(names)["names"].items()}
    except (AttributeError, TypeError, KeyError, ValueError, RecursionError):
        raise BagDoubtError(f"{_NAMES} cannot be read") from None
    return {
        originals.get(path, path.removeprefix(_BELOW)): sha512
        for path, sha512 in listed.items()
        if path.startswith(_BELOW)
    }
