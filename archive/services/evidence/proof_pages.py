"""What a receipt shows to people, held line by line to the entries that the proofs in it prove."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Final

from archive.core.bagit.manifest import parse_manifest
from archive.core.bagit.versions import V1_0
from archive.core.errors import BagFormatError
from archive.core.findings import Finding, error
from archive.core.holding import supplied_title
from archive.core.ledger.entries import Entry
from archive.core.text import printable
from archive.formats.pages.values import moment
from archive.services.evidence.kept_files import (
    MANIFEST_CLASS,
    PROOF_CLASS,
    BroughtFile,
    block_mark,
    digests_in,
    unescaped,
)
from archive.services.evidence.shown_around import around_findings, oddity
from archive.storage.bags.held_bag import MANIFEST

_TEXT: Final = "[^<>\n]*+"
_SIZE: Final = "(?:([0-9,]++) bytes, )?"
_FILE: Final = rf"<dt><bdi>({_TEXT})</bdi></dt><dd>{_SIZE}SHA-512<br><code>([0-9a-f]{{128}})</code></dd>\n"
_FILE_ROW = re.compile(_FILE)
_OF_NOTHING: Final = hashlib.sha512(b"").hexdigest()
_SINCE: Final = (
    "<dt>Since then</dt><dd>withdrawn from what is held(?:, and destroyed on somebody’s authority)?;"
    " its entry stays on record</dd>\n"
)
# What the page says of one document, in every form that a release has written it; new forms are added.
_DOCUMENT = re.compile(
    rf"<article>\n<h3><bdi>(?P<title>{_TEXT})</bdi></h3>\n"
    r'<dl class="facts">' + "\n"
    rf"<dt>Reference</dt><dd><bdi>(?P<reference>{_TEXT})</bdi></dd>\n"
    rf'<dt>As handed over</dt><dd class="mono"><bdi>(?P<source>{_TEXT})</bdi></dd>' + "\n"
    rf'<dt>Recorded</dt><dd><time datetime="(?P<time>[^"<>\n]*+)">(?P<words>{_TEXT})</time>,'
    r" entry (?P<number>[0-9]{1,15}) of the ledger</dd>" + "\n"
    rf"(?:{_SINCE})?"
    rf"(?:<dt>SHA-512</dt><dd><code>(?P<digest>[0-9a-f]{{128}})</code></dd>\n|(?P<files>(?:{_FILE})+))"
    r"</dl>" + "\n"
    r"<details><summary>Proof</summary>" + "\n"
    rf"{block_mark(PROOF_CLASS)}\n(?P<manifest>{block_mark(MANIFEST_CLASS)}\n)?"
    r"</details>" + "\n"
    r"</article>" + "\n"
)
_DOCUMENTS: Final = '<h2 id="documents">What was received</h2>\n'
_BARE = re.compile("(?i:<!doctype html>)|" + block_mark(PROOF_CLASS) + "|" + block_mark(MANIFEST_CLASS))
# A document that is called by a digest, of whatever: no words that make it the digest of what was received.
_CALLED = re.compile(r"(?:[^\s/]++/)*+([0-9A-Fa-f]{128})(?:\.[0-9A-Za-z]{1,8})*+")


def shown_findings(
    brought: BroughtFile, entries: Mapping[int, Entry], recorded: frozenset[str]
) -> Iterator[Finding]:
    """What the page shows and no proof in it proves; nothing for what is no page.

    `recorded` are all the SHA-512 that the entries and the lists of files give. Each proof must stand with
    its document, in the form in which receipts are written: whatever else a browser could make of the page
    is not known here. Titles, and names of people and dates around the documents, are free, but for a SHA-512
    among other words.
    """
    if not brought.page:
        return
    start = brought.page.find(_DOCUMENTS) + len(_DOCUMENTS)
    if start < len(_DOCUMENTS):
        if rest := _BARE.sub("", brought.page).strip():  # proofs alone show nothing
            yield oddity(brought, rest)
        return
    told: set[str] = set()
    names: set[str] = set()
    worded: set[str] = set()
    end, proofs, manifests = start, 0, 0
    found: list[Finding] = []
    while (shown := _DOCUMENT.match(brought.page, end)) is not None:
        end = shown.end()
        manifest = None
        if shown["manifest"] is not None:
            manifest = brought.manifests[manifests]
            manifests += 1
        index = brought.proofs[proofs].index
        proofs += 1
        found += _misstated(brought.place, shown, index, entries)
        found += _misshown(brought.place, shown, entries.get(index), manifest, told)
        _take_names(shown, names, worded)
    yield from found
    if brought.page.startswith("<article>", end):
        yield oddity(brought, f"document {proofs + 1}")
    else:
        before = brought.page[: start - len(_DOCUMENTS)]
        yield from around_findings(brought, before, brought.page[end:], proofs)
    for digest in sorted(brought.stated - recorded - told - (names - worded)):
        message = "the page shows a digest that no proven entry records: what people read was altered"
        yield error("PROOF-PAGE-DIFFERS", brought.place, message, found=f"sha512:{digest}")


def _take_names(shown: re.Match[str], names: set[str], worded: set[str]) -> None:
    """Adds digests that the document is called by to `names`, those that stand among words to `worded`."""
    files = [each[1] for each in _FILE_ROW.finditer(shown["files"] or "")]
    listed = shown["manifest"] is not None  # so that the names of files are proven, or not free at all
    for number, text in enumerate((shown["title"], shown["source"], shown["reference"], *files)):
        said = unescaped(text)
        if number == 0 and said == supplied_title(unescaped(shown["source"]).rpartition("/")[2]):
            said = said[1:-1]  # our own title of a document that has none
        called = _CALLED.fullmatch(said)
        if called is None or (number == 0 and "/" in text):
            worded.update(digests_in(text))
        elif number < 2 or (number > 2 and listed):
            names.add(called[1].lower())


def _misstated(
    place: str, shown: re.Match[str], index: int, entries: Mapping[int, Entry]
) -> Iterator[Finding]:
    """Where the page says of an entry what the entry does not; a reference that it does not bear is free."""
    number, reference = int(shown["number"]), unescaped(shown["reference"])
    said = f"{reference}, {unescaped(shown['time'])} ({unescaped(shown['words'])})"
    recorded = "no proof of this entry"
    if number == index and (entry := entries.get(index)) is not None:
        minted = entry.get("reference")
        reference = minted if isinstance(minted, str) else reference
        recorded = f"{reference}, {entry.time} ({moment(entry.time)})"
    if said != recorded:
        message = f"the page says of entry {number} what is not recorded: what people read was altered"
        yield error("PROOF-PAGE-DIFFERS", place, message, expected=recorded, found=said)


def _misshown(
    place: str, shown: re.Match[str], entry: Entry | None, manifest: bytes | None, told: set[str]
) -> Iterator[Finding]:
    """Where the page shows other files of a document than its entry records; `told` gets their digests."""
    if entry is None:
        return
    payload = entry.get("payload")
    recorded = payload if isinstance(payload, dict) else {}
    key = recorded.get("sha512", recorded.get("manifest-sha512"))
    if shown["files"] is None:
        said, expected = [("", shown["digest"])], [("", str(key))]
    else:
        said = [(unescaped(each[1]), each[3]) for each in _FILE_ROW.finditer(shown["files"])]
        expected = [(said[0][0], str(key))] if "sha512" in recorded else _listed(manifest, str(key))
    if said == expected:
        yield from _missized(place, shown, entry)
        return
    told.update(digest for _, digest in said)
    other = next(iter(_without(said, expected)), None)
    missing = next(iter(_without(expected, said)), None)
    which = f"other files of entry {shown['number']} than are recorded"
    yield error(
        "PROOF-PAGE-DIFFERS",
        place,
        f"the page shows {which}: what people read was altered",
        expected=None if missing is None else f"{missing[0]} sha512:{missing[1]}".lstrip(),
        found=None if other is None else f"{other[0]} sha512:{other[1]}".lstrip(),
    )


def _missized(place: str, shown: re.Match[str], entry: Entry) -> Iterator[Finding]:
    """Where the sizes that the page gives, if it gives any, are not together what the entry records.

    None is given of a document that was damaged, but for empty files that were missing.
    """
    files = [(each[2], each[3]) for each in _FILE_ROW.finditer(shown["files"] or "")]
    given = [size for size, _ in files if size]
    recorded = entry.get("bytes")
    if not given or not isinstance(recorded, int):
        return
    numbers = [int(size.replace(",", "") or 0) for size in given]
    whole = all(size or digest == _OF_NOTHING for size, digest in files)
    if not whole or sum(numbers) != recorded or given != [f"{number:,}" for number in numbers]:
        message = f"the page gives other sizes of the files of entry {shown['number']} than are recorded"
        yield error(
            "PROOF-PAGE-DIFFERS",
            place,
            f"{message}: what people read was altered",
            expected=f"{recorded:,} bytes",
            found=f"{sum(numbers):,} bytes{'' if whole else ', and files of which none is given'}",
        )


def _without(files: list[tuple[str, str]], others: list[tuple[str, str]]) -> list[tuple[str, str]]:
    known = set(others)
    return [each for each in files if each not in known]


def _listed(manifest: bytes | None, key: str) -> list[tuple[str, str]]:
    """Name as it is shown and digest of each file of a list that the entry records; none for another."""
    if manifest is None or hashlib.sha512(manifest).hexdigest() != key:
        return []
    try:
        listed = parse_manifest(manifest, name=MANIFEST, version=V1_0, payload=True).entries
    except BagFormatError:
        return []
    return [(printable(path.removeprefix("data/")), digest) for path, digest in listed]
