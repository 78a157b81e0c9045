"""The tag files of a new bag: pure composition of bytes from what staging established."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.core.bagit.bag_info import SOFTWARE, bag_size
from archive.core.bagit.declaration import render_declaration
from archive.core.bagit.manifest import render_manifest
from archive.core.bagit.tagfile import render_tag_file
from archive.core.canonical import readable
from archive.core.descriptions.description import Description
from archive.core.text import is_utf8

PROFILE = "urn:document-archive:bagit-profile:1"
DECLARATION = render_declaration()
MANIFEST = "manifest-sha512.txt"
TAG_MANIFEST = "tagmanifest-sha512.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class BagInfo:
    """What all bags of a run say of themselves (RFC 8493 §2.2.2)."""

    organisation: str
    contact: str
    bagging_date: str
    accession: str | None


def bag_info(
    shared: BagInfo, *, reference: str, identifiers: Sequence[str], files: int, byte_count: int
) -> bytes:
    """`bag-info.txt`: the reserved labels that apply, none of which counts tag files."""
    before, between, after = _shared_tags(shared)
    sizes = [("Bag-Size", bag_size(byte_count)), ("Payload-Oxum", f"{byte_count}.{files}")]
    own = [("Internal-Sender-Identifier", identifier) for identifier in identifiers if identifier]
    parts = (before, render_tag_file([("External-Identifier", reference)]), between)
    return b"".join(
        (*parts, render_tag_file(own) if own else b"", _dated(shared), render_tag_file(sizes), after)
    )


@lru_cache(maxsize=8)
def _shared_tags(shared: BagInfo) -> tuple[bytes, bytes, bytes]:
    """The tags that all bags of a run have, rendered once: before, between and after the bag's own."""
    return (
        _rendered(("Source-Organization", shared.organisation), ("Contact-Email", shared.contact)),
        _rendered(("Bag-Group-Identifier", shared.accession or "")),
        _rendered(("Bag-Software-Agent", SOFTWARE), ("BagIt-Profile-Identifier", PROFILE)),
    )


@lru_cache(maxsize=8)
def _dated(shared: BagInfo) -> bytes:
    return _rendered(("Bagging-Date", shared.bagging_date))


def _rendered(*tags: tuple[str, str]) -> bytes:
    return render_tag_file([(label, value) for label, value in tags if value])


def payload_manifest(payload: Sequence[tuple[str, str]]) -> bytes:
    """`manifest-sha512.txt` over (path below the bag, sha512)."""
    return render_manifest(payload)


def payload_key(payload: Sequence[tuple[str, str]], manifest: bytes) -> tuple[str, str]:
    """What the ledger keeps of the payload: the digest of the one file, or of the manifest over several."""
    if len(payload) == 1:
        return ("sha512", payload[0][1])
    return ("manifest-sha512", hashlib.sha512(manifest).hexdigest())


def tag_manifest(tag_files: Sequence[tuple[str, bytes]], submission: Sequence[tuple[str, str]] = ()) -> bytes:
    """`tagmanifest-sha512.txt` over every other tag file.

    Their names are ours, with nothing in them to encode, and come in the order of a manifest; `submission`,
    (path, sha512) of the tag files of a submitted bag, in any order.
    """
    own = [f"{_sha512(data)}  {path}\n" for path, data in tag_files]
    if not submission:
        return "".join(own).encode()
    digests = [(path, _sha512(data)) for path, data in tag_files]
    return render_manifest([*digests, *submission])


def digest_of(data: bytes) -> str:
    """The sha512 (hex) of a tag file's bytes."""
    return hashlib.sha512(data).hexdigest()


def names_json(names: Sequence[tuple[str, str]]) -> bytes:
    """`metadata/names.json`: stored path to exact original name, base64 where that is not UTF-8."""
    import base64

    exact = {
        stored: original
        if is_utf8(original)
        else {"base64": base64.b64encode(original.encode("utf-8", "surrogateescape")).decode()}
        for stored, original in names
    }
    return readable({"version": 1, "names": exact})


def description_identifiers(description: Description) -> list[str]:
    """The depositor's own identifiers, as bag-info may carry them."""
    return [value.value for value in description.terms.get("identifier", ())]


def _sha512(data: bytes) -> str:
    return _declaration_digest() if data is DECLARATION else hashlib.sha512(data).hexdigest()


@lru_cache(maxsize=1)
def _declaration_digest() -> str:
    return hashlib.sha512(DECLARATION).hexdigest()
