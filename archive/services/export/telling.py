"""What bag, index and settings say of a document, for those who write it down in other formats."""

from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import replace

from archive.core.descriptions.description import Description
from archive.core.errors import BagFormatError
from archive.core.text import printable
from archive.formats.exchange.record import ExchangedDocument, ExchangedFile, Keeper
from archive.formats.premis.cells import without_cells
from archive.formats.premis.reader import read_premis
from archive.formats.premis.record import PremisSummary
from archive.services.access import EffectiveAccess
from archive.services.catalog.bag_record import (
    PREMIS,
    current_description_path,
    description_paths,
    listed_bytes,
    parsed_description,
    payload_of,
    revision_records,
    tag_files,
)
from archive.services.opened import OpenedArchive, software_agent
from archive.storage.bags.held_bag import HeldBag
from archive.storage.index import IndexRow


def keeper_of(archive: OpenedArchive) -> Keeper:
    """Who keeps the archive, as its settings say."""
    settings = archive.settings
    return Keeper(
        archive=settings.name,
        institution=settings.institution,
        contact=settings.contact,
        origin=settings.origin,
    )


def told(
    archive: OpenedArchive,
    row: IndexRow,
    files: Sequence[ExchangedFile],
    *,
    access: EffectiveAccess,
    made: str,
    reason: str | None = None,
    reveal: bool = False,
) -> ExchangedDocument:
    """The document with its description in force, its events and agents.

    `access` is the statement in force; `made` the time of writing. A title that the description, or one
    before it, hides is told only with `reveal`. Raises OSError, ArchiveError, NotAPlainFileError or
    BagDoubtError where the bag does not give it as the ledger knows it.
    """
    with HeldBag(archive.root, row.bag) as held:
        listed = tag_files(held, row.tag_manifest)
        description = parsed_description(listed_bytes(held, listed, current_description_path(listed)))
        summary, premis = premis_of(held, row)
        is_hidden = description.hides_title or _tells_more(held, listed, description)
    if is_hidden and not reveal:
        premis = tuple(map(without_cells, premis))
        description = description.without_title() if description.hides_title else description
    return ExchangedDocument(
        bag=row.bag,
        reference=row.reference,
        description=description,
        files=files,
        events=summary.events,
        agents=summary.agents,
        premis=premis,
        keeper=keeper_of(archive),
        software=software_agent(),
        source=row.source,
        accession=row.accession,
        ingested=row.ingested,
        exported=made,
        access=str(access),
        statement=access.access,
        reason=reason,
    )


def told_in_place(
    archive: OpenedArchive, row: IndexRow, *, access: EffectiveAccess, made: str, reveal: bool = False
) -> ExchangedDocument:
    """The document as it lies in its bag, its files named by their paths there; otherwise as `told`."""
    with HeldBag(archive.root, row.bag) as held:
        known = {file.path: file for file in premis_of(held, row)[0].files}
        payload = list(payload_of(held, row.tag_manifest))
    files = []
    for path, size, digest in payload:
        file = known.get(path)
        media_type, puids = (file.media_type, file.puids) if file else ("", ())
        files.append(
            ExchangedFile(name=path, path=path, sha512=digest, bytes=size, media_type=media_type, puids=puids)
        )
    return told(archive, row, files, access=access, made=made, reveal=reveal)


def holds_earlier_title(archive: OpenedArchive, row: IndexRow) -> bool:
    """True where an earlier description in the bag hides a title that the one in force has not.

    Raises as `told` does.
    """
    with HeldBag(archive.root, row.bag) as held:
        listed = tag_files(held, row.tag_manifest)
        now = parsed_description(listed_bytes(held, listed, current_description_path(listed)))
        return _tells_more(held, listed, now)


def _tells_more(held: HeldBag, listed: dict[str, str], now: Description) -> bool:
    earlier = (
        parsed_description(listed_bytes(held, listed, path)) for _, path in description_paths(listed)[:-1]
    )
    return any(each.hides_title and not each.titles <= now.titles for each in earlier)


def premis_of(held: HeldBag, row: IndexRow) -> tuple[PremisSummary, tuple[bytes, ...]]:
    """What the PREMIS documents of a bag say together, and their bytes in UTF-8, oldest first."""
    listed = tag_files(held, row.tag_manifest)
    paths = [path for path in (PREMIS, *revision_records(listed)) if path in listed]
    documents = tuple(_in_utf_8(listed_bytes(held, listed, path), path) for path in paths)
    summary = read_premis(documents[0])
    for later in map(read_premis, documents[1:]):
        known = {agent.id for agent in summary.agents}
        summary = replace(
            summary,
            events=(*summary.events, *later.events),
            agents=(*summary.agents, *(agent for agent in later.agents if agent.id not in known)),
        )
    return summary, documents


def _in_utf_8(document: bytes, path: str) -> bytes:
    """The document without a byte order mark, to stand within others.

    Raises BagFormatError where it is not UTF-8.
    """
    try:
        document.decode()
    except UnicodeDecodeError as trouble:
        message = f"{printable(path)}: not UTF-8 at byte {trouble.start}, as this program writes it"
        raise BagFormatError(message, remedy="export it --as bag, as it is") from trouble
    return document.removeprefix(BOM_UTF8)
