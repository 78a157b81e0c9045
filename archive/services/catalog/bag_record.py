"""What a bag says of its document, believed as far as the ledger vouches for it."""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from archive.core.bagit.manifest import parse_manifest
from archive.core.bagit.versions import V1_0
from archive.core.descriptions.description import Description, Value
from archive.core.errors import ArchiveError, StorageError
from archive.core.findings import Finding, warning
from archive.core.holding import Holding, awaits_description, supplied_title
from archive.core.ids import short_id
from archive.core.ledger.entries import Entry
from archive.core.limits.bags import HELD_MANIFEST_BYTES, HELD_TAG_FILE_BYTES
from archive.core.obstacles import Obstacle
from archive.services.opened import OpenedArchive
from archive.storage.bags.bag_revision import PREVIOUS
from archive.storage.bags.held_bag import MANIFEST, TAG_MANIFEST, HeldBag
from archive.storage.disk.descriptors import hindrance
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.layout import bag_path

DESCRIPTION = "metadata/dublin-core.json"
PREMIS = "metadata/premis.xml"
FIRST_REVISION = 1  # the description of the ingest
DOUBTFUL_BAG = "CATALOG-BAG-DOUBTFUL"
UNREADABLE_BAG = "CATALOG-BAG-UNREADABLE"
_REVISION = re.compile(r"metadata/revisions/([0-9]{4,9})/dublin-core\.json")


class Derived(NamedTuple):
    """A document as ledger and bag give it, and what kept the bag from being believed."""

    holding: Holding
    findings: tuple[Finding, ...]


class BagDoubtError(Exception):
    """The bag's own words cannot be believed: the text says which file and why."""


def derive_holding(
    archive: OpenedArchive, number: int, entry: Entry, tag_manifest: str | None = None
) -> Derived:
    """The document of the ingestion entry at index `number`, from that entry and its bag.

    As it was when its tag manifest had the digest `tag_manifest`, by default at its ingest. The bag is
    believed where it holds such a tag manifest (`tag_files`), and each file the digest in it. Where not, the
    ledger alone speaks: a supplied title, and a finding that says why.
    """
    bag = entry.bag or ""
    tag_manifest = tag_manifest or str(entry.get("tagmanifest"))
    place = bag_path(bag)
    try:
        with open_bag(archive, bag) as held:
            place = held.place
            return Derived(_holding(held, number, entry, tag_manifest), ())
    except (BagDoubtError, NotAPlainFileError, ArchiveError, OSError) as trouble:
        code, reason = why_not_read(trouble)
    look = f"archive audit {short_id(bag)}" if place == bag_path(bag) else "archive audit"
    finding = warning(
        code,
        place,
        f"is not described in the catalog: {reason}",
        remedy=f"{look} says what is wrong with it",
    )
    return Derived(holding_from_ledger(number, entry, tag_manifest), (finding,))


def why_not_read(trouble: Exception) -> tuple[str, str]:
    """Code and reason of a finding about a bag: storage refuses it, or it is not as the ledger knows it."""
    reason = (trouble.strerror if isinstance(trouble, OSError) else None) or str(trouble)
    obstacle = hindrance(trouble).obstacle if isinstance(trouble, OSError) else None
    if obstacle is Obstacle.LINK:
        reason = "a link stands in the place of a file"
    is_refused = isinstance(trouble, StorageError) or obstacle is Obstacle.UNREADABLE
    return UNREADABLE_BAG if is_refused else DOUBTFUL_BAG, reason


def code_of_unread(codes: Collection[str]) -> int:
    """The exit code of what these findings about bags are missing from: 1 where a bag is doubtful, 3 where
    storage alone is the reason, else 0."""
    if DOUBTFUL_BAG in codes:
        return 1
    return 3 if UNREADABLE_BAG in codes else 0


def open_bag(archive: OpenedArchive, bag: str) -> HeldBag:
    """The bag in `bags/`, or where it is not there, the one of that id in quarantine; OSError for neither."""
    try:
        return HeldBag(archive.root, bag)
    except FileNotFoundError:
        return HeldBag(archive.root, bag, withdrawn=True)


def current_description(archive: OpenedArchive, bag: str, tag_manifest: str) -> bytes | None:
    """The bytes of the description that the tag manifest of that digest has in force.

    None where the bag does not give them, or other bytes than its tag manifest says.
    """
    try:
        with HeldBag(archive.root, bag) as held:
            listed = tag_files(held, tag_manifest)
            return listed_bytes(held, listed, current_description_path(listed))
    except (BagDoubtError, NotAPlainFileError, OSError):
        return None


def held_description(archive: OpenedArchive, bag: str, tag_manifest: str) -> Description | None:
    """The description that those bytes hold; None where there are none, or they hold none."""
    data = current_description(archive, bag, tag_manifest)
    try:
        return None if data is None else parsed_description(data)
    except BagDoubtError:
        return None


def tag_manifest_in_place(archive: OpenedArchive, bag: str) -> str | None:
    """The sha512 of the tag manifest that a held bag has now; None where it cannot be read."""
    try:
        with HeldBag(archive.root, bag) as held:
            return hashlib.sha512(held.read(TAG_MANIFEST, HELD_MANIFEST_BYTES)).hexdigest()
    except (NotAPlainFileError, OSError):
        return None


def payload_of(held: HeldBag, tag_manifest: str) -> Iterator[tuple[str, int, str]]:
    """(path in the bag, bytes, sha512) of every payload file, as the manifest that the ledger vouches for and
    storage give them.

    Raises OSError, NotAPlainFileError or BagDoubtError where they do not.
    """
    data = listed_bytes(held, tag_files(held, tag_manifest), MANIFEST, HELD_MANIFEST_BYTES)
    for path, digest in parse_manifest(data, name=MANIFEST, version=V1_0, payload=True).entries:
        yield path, held.size(path), digest


def tag_files(held: HeldBag, expected: str) -> dict[str, str]:
    """Path and sha512 of every file that the tag manifest of the expected digest lists.

    It is the one in force, or one that a revision of the bag took the place of and kept: so the bag can be
    read as the ledger knew it at any time, also while a writer publishes what it has not committed yet.
    Raises BagDoubtError where the bag holds none of that digest.
    """
    data = tag_manifest_bytes(held, expected)
    return dict(parse_manifest(data, name=TAG_MANIFEST, version=V1_0, payload=False).entries)


def tag_manifest_bytes(held: HeldBag, expected: str) -> bytes:
    """The bytes of the tag manifest of that digest; see `tag_files`. OSError where one cannot be read."""
    data = held.read(TAG_MANIFEST, HELD_MANIFEST_BYTES)
    if hashlib.sha512(data).hexdigest() == expected:
        return data
    listed = parse_manifest(data, name=TAG_MANIFEST, version=V1_0, payload=False).entries
    unread: OSError | None = None
    for _, path in sorted(_revisions(path for path, _ in listed), reverse=True):
        try:
            data = held.read(f"{path.rpartition('/')[0]}/{PREVIOUS}", HELD_MANIFEST_BYTES)
        except (FileNotFoundError, NotADirectoryError, NotAPlainFileError):
            continue
        except OSError as trouble:
            unread = trouble
            continue
        if hashlib.sha512(data).hexdigest() == expected:
            return data
    if unread is not None:
        raise unread
    raise BagDoubtError(f"{TAG_MANIFEST} is not the one that the ledger knows")


def current_description_path(listed: dict[str, str]) -> str:
    """The path of the description in force."""
    return description_paths(listed)[-1][1]


def description_paths(listed: dict[str, str]) -> list[tuple[int, str]]:
    """Number and path of every description, oldest first, the one in force last: never empty."""
    return [(FIRST_REVISION, DESCRIPTION), *sorted(_revisions(listed))]


def revision_of(listed: dict[str, str]) -> int:
    """The number of the description in force: 1 from the ingest, 2 and more for later ones."""
    return description_paths(listed)[-1][0]


def revision_records(listed: dict[str, str]) -> list[str]:
    """The paths of the PREMIS documents of all revisions, in their order."""
    wanted = [f"{path.rpartition('/')[0]}/premis.xml" for _, path in sorted(_revisions(listed))]
    return [path for path in wanted if path in listed]


def _revisions(paths: Iterable[str]) -> list[tuple[int, str]]:
    return [(int(match[1]), path) for path in paths if (match := _REVISION.fullmatch(path))]


def listed_bytes(held: HeldBag, listed: dict[str, str], path: str, limit: int = HELD_TAG_FILE_BYTES) -> bytes:
    """The bytes of a tag file, once they have the digest in the tag manifest; BagDoubtError where not."""
    if path not in listed:
        raise BagDoubtError(f"{path} is not in its tag manifest")
    try:
        data = held.read(path, limit)
    except FileNotFoundError:
        raise BagDoubtError(f"{path} is missing") from None
    if hashlib.sha512(data).hexdigest() != listed[path]:
        raise BagDoubtError(f"{path} is not the one that its tag manifest knows")
    return data


def parsed_description(data: bytes) -> Description:
    """The description that verified bytes hold; BagDoubtError where they hold none."""
    try:
        return Description.from_stored(data)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BagDoubtError("its description cannot be read") from None


def payload_key_of(entry: Entry) -> str:
    """The digest that stands for the payload: of its one file, or of the manifest over several."""
    payload = entry.get("payload")
    digests = (
        [text for text in payload.values() if isinstance(text, str)] if isinstance(payload, dict) else []
    )
    return digests[0] if digests else ""


def _holding(held: HeldBag, number: int, entry: Entry, tag_manifest: str) -> Holding:
    from archive.formats.premis.reader import read_premis

    listed = tag_files(held, tag_manifest)
    path = current_description_path(listed)
    description = parsed_description(listed_bytes(held, listed, path))
    premis = read_premis(listed_bytes(held, listed, PREMIS))
    if premis.reference is None or premis.source is None:
        raise BagDoubtError(f"{PREMIS} does not name the document")
    return Holding(
        entry=number,
        bag=entry.bag or "",
        run=entry.run or "",
        reference=premis.reference,
        declared=premis.declared,
        accession=premis.accession,
        source=premis.source,
        files=_count(entry, "files"),
        bytes=_count(entry, "bytes"),
        payload_key=payload_key_of(entry),
        tag_manifest=tag_manifest,
        ingested=entry.time,
        awaiting=premis.awaiting and (path == DESCRIPTION or awaits_description(description)),
        description=description,
    )


def holding_from_ledger(number: int, entry: Entry, tag_manifest: str | None = None) -> Holding:
    """What the ledger alone says of the document of an ingestion entry: its title is supplied."""
    bag = entry.bag or ""
    minted = entry.get("reference")
    return Holding(
        entry=number,
        bag=bag,
        run=entry.run or "",
        reference=minted if isinstance(minted, str) else bag,
        declared=not isinstance(minted, str),
        accession=None,
        source="",
        files=_count(entry, "files"),
        bytes=_count(entry, "bytes"),
        payload_key=payload_key_of(entry),
        tag_manifest=tag_manifest or str(entry.get("tagmanifest")),
        ingested=entry.time,
        awaiting=False,
        description=Description({"title": (Value(title_of_nobody(bag)),)}),
    )


def title_of_nobody(bag: str) -> str:
    """The title of a document whose description is not at hand."""
    return supplied_title(short_id(bag))


def _count(entry: Entry, name: str) -> int:
    value = entry.get(name)
    return value if type(value) is int else 0
