"""What a bag should hold, file by file: its manifests, from wherever one is that the ledger vouches for."""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha512
from typing import Final, NamedTuple

from archive.core.bagit.manifest import parse_manifest, render_manifest
from archive.core.bagit.versions import V1_0
from archive.core.expectation import Expectation
from archive.core.limits.archives import NAMES_TRIED
from archive.storage.bags.bag_files import MANIFEST, TAG_MANIFEST, BagReading

_PAYLOAD: Final = "data/"


class Contents(NamedTuple):
    """The promised files with their digests; `texts` are the bytes of the manifests that were found.

    `payload_known` is False where the payload's list is nowhere at hand: then nothing is said of the payload.
    """

    files: dict[str, str]
    texts: dict[str, bytes]
    payload_known: bool


def find_contents(
    reading: BagReading, promise: Expectation, elsewhere: Callable[[str, str], Iterator[bytes]]
) -> Contents | None:
    """The promised files; None where no tag manifest with the promised digest can be had or written anew.

    `elsewhere` gives the bytes that other places offer for a path and a digest; they are believed only where
    they have it.
    """
    anew = list(_rendered(_payloads(reading, promise)))
    tags = _present(reading, payload=False)
    listed = _only(tags, _paths(reading, TAG_MANIFEST))
    guesses = [tags, listed]
    guesses += [{**files, MANIFEST: sha512(text).hexdigest()} for text in anew for files in (tags, listed)]
    tag_manifest = _first(
        promise.tag_manifest,
        _candidates(reading, TAG_MANIFEST, _rendered(guesses), elsewhere, promise.tag_manifest),
    )
    if tag_manifest is None:
        return None
    files = dict(parse_manifest(tag_manifest, name=TAG_MANIFEST, version=V1_0, payload=False).entries)
    texts = {TAG_MANIFEST: tag_manifest}
    wanted = files.get(MANIFEST, "")
    manifest = _first(wanted, _candidates(reading, MANIFEST, anew, elsewhere, wanted))
    if manifest is not None:
        files |= dict(parse_manifest(manifest, name=MANIFEST, version=V1_0, payload=True).entries)
        texts[MANIFEST] = manifest
    return Contents({**files, TAG_MANIFEST: promise.tag_manifest}, texts, manifest is not None)


def _payloads(reading: BagReading, promise: Expectation) -> Iterator[dict[str, str]]:
    """What the payload may have been, from what is there and from what a damaged manifest names."""
    payload, names = _present(reading, payload=True), _paths(reading, MANIFEST)
    yield payload
    yield _only(payload, names)
    if promise.payload is not None:  # one file: its digest is known, its name may be
        yield from ({name: promise.payload} for name in (*names, *payload)[:NAMES_TRIED])


def _rendered(guesses: Iterable[dict[str, str]]) -> Iterator[bytes]:
    for files in guesses:
        try:
            yield render_manifest(files.items())
        except ValueError:
            continue


def _candidates(
    reading: BagReading,
    name: str,
    anew: Iterable[bytes],
    elsewhere: Callable[[str, str], Iterator[bytes]],
    digest: str,
) -> Iterator[bytes]:
    if name in reading.texts:
        yield reading.texts[name]
    yield from anew
    yield from elsewhere(name, digest)


def _first(digest: str, candidates: Iterable[bytes]) -> bytes | None:
    return next((one for one in candidates if sha512(one).hexdigest() == digest), None)


def _present(reading: BagReading, *, payload: bool) -> dict[str, str]:
    return {
        path: digest
        for path, (digest, _) in reading.files.items()
        if path.startswith(_PAYLOAD) == payload and path != TAG_MANIFEST and digest
    }


def _paths(reading: BagReading, name: str) -> list[str]:
    """What a manifest of the bag lists, believed or not."""
    text = reading.texts.get(name)
    if text is None:
        return []
    manifest = parse_manifest(text, name=name, version=V1_0, payload=name == MANIFEST)
    return [path for path, _ in manifest.entries]


def _only(files: dict[str, str], paths: Iterable[str]) -> dict[str, str]:
    return {path: files[path] for path in paths if path in files}
