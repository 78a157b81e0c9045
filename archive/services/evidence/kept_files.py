"""What people keep of a ledger and bring back, in whatever form it was handed to them, bounded in size."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.core.errors import ConfigurationError
from archive.core.ledger.tlog_proof import HEADER, EntryProof, ProofError
from archive.core.limits.ledger import NOTE_BYTES, PAGE_BYTES
from archive.core.text import printable
from archive.storage.sources.brought_files import read_brought_bytes

PROOF_CLASS: Final = "tlog-proof"
MANIFEST_CLASS: Final = "payload-manifest"

_PAGE = re.compile(rb"\s*<!doctype html", re.IGNORECASE)
_DIGEST = re.compile("(?<![0-9A-Za-z])[0-9A-Fa-f]{128}(?![0-9A-Za-z])")
_BLOCK = re.compile(rb'<pre class="(tlog-proof|payload-manifest)">')
_BLOCK_END: Final = b"</pre>"
# More digits than Python makes a number of: to HTML, what is no character becomes this one.
_NO_CHARACTER = re.compile("&#[0-9]{4000,};?")


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """The bytes of a file that somebody brought, with the proofs and payload manifests found in it.

    `is_proof` tells a proof or receipt from a bare checkpoint; `stated` are the SHA-512 that a page shows to
    people, `page` is what it shows them, with marks in the place of proofs and manifests.
    """

    place: str
    raw: bytes
    is_proof: bool
    proofs: tuple[EntryProof, ...] = ()
    manifests: tuple[bytes, ...] = ()
    stated: frozenset[str] = frozenset()
    page: str = ""


def read_brought(path: Path) -> BroughtFile:
    """Reads a checkpoint, a proof or a receipt.

    Raises ConfigurationError where there is no such file, or a proof in it is malformed; StorageError where
    it cannot be read. A bare checkpoint is not parsed.
    """
    place = str(path)
    raw = _read(path)
    if raw.startswith(HEADER.encode()):
        return BroughtFile(place, raw, True, (_parsed(place, raw),))
    if _PAGE.match(raw):
        return _from_page(place, raw)
    if len(raw) > NOTE_BYTES:
        raise ConfigurationError(
            f"{printable(place)}: neither a checkpoint nor a proof nor a receipt: too large",
            remedy="take the file exactly as archive ledger checkpoint, prove or receipt wrote it",
        )
    return BroughtFile(place, raw, False)


def _read(path: Path) -> bytes:
    raw = read_brought_bytes(path, PAGE_BYTES, "a checkpoint, proof or receipt kept earlier")
    if len(raw) > PAGE_BYTES:
        size = PAGE_BYTES >> 20
        raise ConfigurationError(
            f"{printable(str(path))}: larger than the {size} MiB of a receipt",
            remedy="take the file exactly as archive ledger checkpoint, prove or receipt wrote it",
        )
    return raw


def _from_page(place: str, raw: bytes) -> BroughtFile:
    proofs, manifests, beside = [], [], []
    end = 0
    for start, name, inside in _blocks(raw):
        beside.append(raw[end:start])
        # Our own are escaped: an element inside of one was put there.
        is_ours = b"<" not in raw[inside]
        beside.append((block_mark(name) if is_ours else f'<pre class="{name}"> with elements').encode())
        end = inside.stop + len(_BLOCK_END)
        block = unescaped(raw[inside].decode("utf-8", "surrogateescape"))
        content = block.removeprefix("\n").encode("utf-8", "surrogateescape")
        if name == PROOF_CLASS:
            proofs.append(_parsed(place, content))
        else:
            manifests.append(content)
    if not proofs:
        raise ConfigurationError(
            f"{printable(place)}: a page without a proof in it",
            remedy="take the file exactly as `archive receipt` wrote it",
        )
    shown = b"".join([*beside, raw[end:]]).decode("utf-8", "replace")
    return BroughtFile(place, raw, True, tuple(proofs), tuple(manifests), digests_in(shown), shown)


def _blocks(raw: bytes) -> Iterator[tuple[int, str, slice]]:
    """Where each block of a page begins, its class, and where its content lies.

    The end is looked for by itself: a page of beginnings alone would be read to its end for each of them.
    """
    end = 0
    for opening in _BLOCK.finditer(raw):
        if opening.start() < end:
            continue
        close = raw.find(_BLOCK_END, opening.end())
        if close < 0:
            return
        end = close + len(_BLOCK_END)
        yield opening.start(), opening[1].decode(), slice(opening.end(), close)


def block_mark(name: str) -> str:
    """What stands in `BroughtFile.page` for a block of that class."""
    return f'<pre class="{name}"></pre>'


def unescaped(text: str) -> str:
    """The text that a browser shows for a piece of HTML without elements."""
    import html  # its table of names is made as it is imported

    return html.unescape(_NO_CHARACTER.sub("\ufffd", text))


def digests_in(shown: str) -> frozenset[str]:
    """The SHA-512 that a browser shows for a piece of HTML."""
    return frozenset(each.lower() for each in _DIGEST.findall(unescaped(shown)))


def _parsed(place: str, raw: bytes) -> EntryProof:
    try:
        return EntryProof.parse(raw)
    except ProofError as trouble:
        raise ConfigurationError(
            f"{printable(place)}: not a proof: {trouble}",
            remedy="take the file exactly as `archive ledger prove` or `archive receipt` wrote it",
        ) from trouble
