"""What is left of a bag that no copy has whole, measured, so that the copy with most of it can be told."""

from collections.abc import Iterable, Mapping
from hashlib import sha512
from typing import NamedTuple

from archive.core.bagit.manifest import parse_manifest
from archive.core.bagit.versions import V1_0
from archive.core.copies import CopyForm
from archive.core.expectation import Expectation
from archive.core.findings import Severity
from archive.services.copies.batch import look_at, row_of
from archive.storage.audits.results import ChunkRow
from archive.storage.bags.bag_files import MANIFEST, read_bag, read_later


class Remains(NamedTuple):
    """One copy's bag: what an audit says of it, its payload as (digest, size), and its payload manifest."""

    row: ChunkRow
    payload: Mapping[str, tuple[str, int]]
    manifest: bytes | None  # None where it is not the promised one


def remains_at(shard: int, expectation: Expectation) -> Remains:
    """What is left of the bag below the descriptor `shard`; every byte of it is read."""
    row = row_of(look_at(shard, expectation.bag, expectation, CopyForm.FOLDER))
    reading = read_bag(shard, expectation.bag, files=expectation.files)
    left_out = [path for path, (digest, _) in reading.files.items() if _is_payload(path) and not digest]
    read_later(shard, expectation.bag, reading, left_out, expectation.most_bytes)
    payload = {path: found for path, found in reading.files.items() if _is_payload(path)}
    text = reading.texts.get(MANIFEST)
    is_promised = text is not None and sha512(text).hexdigest() == expectation.payload_manifest
    return Remains(row, payload, text if is_promised else None)


def promised_files(several: Iterable[Remains]) -> dict[str, str] | None:
    """Path and digest of each payload file, by a manifest that any of the copies has; None without one."""
    text = next((one.manifest for one in several if one.manifest is not None), None)
    if text is None:
        return None
    return dict(parse_manifest(text, name=MANIFEST, version=V1_0, payload=True).entries)


def losses(
    remains: Remains, expectation: Expectation, promised: Mapping[str, str] | None
) -> tuple[int, int, int, int]:
    """What sorts the copy with most of the bag first: its payload before all else, whole files of it first.

    A manifest or a folder that is lost is one finding, however much is lost with it.
    """
    good = [path for path in remains.payload if _is_good(path, remains, expectation, promised)]
    size = sum(remains.payload[path][1] for path in good)
    return -len(good), -size, -len(remains.payload), len(remains.row.findings)


def _is_good(
    path: str, remains: Remains, expectation: Expectation, promised: Mapping[str, str] | None
) -> bool:
    digest, _ = remains.payload[path]
    if expectation.payload is not None:
        return digest == expectation.payload
    if promised is not None:
        return promised.get(path) == digest
    return not any(
        one["place"] == path for one in remains.row.findings if one["severity"] == Severity.ERROR.value
    )


def _is_payload(path: str) -> bool:
    return path.startswith("data/")
