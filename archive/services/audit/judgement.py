"""Judges what was read of one bag by what the ledger promises. Reads nothing itself.

The promise is the digest of the tag manifest, and that of the payload (of its one file, or of the payload
manifest). What a manifest of the bag says counts only as far as these digests vouch for it; where they do
not, the manifest is written anew from the files that are there: if that has the promised digest, the files
are intact and the manifest alone is not.
"""

from collections.abc import Callable
from hashlib import sha512

from archive.core.bagit.manifest import Manifest, parse_manifest, render_manifest
from archive.core.bagit.versions import V1_0
from archive.core.expectation import Expectation
from archive.core.findings import Finding
from archive.core.obstacles import Obstacle
from archive.core.outcomes import BagOutcome, bag_outcome
from archive.services.audit.faults import BagFaults
from archive.storage.bags.bag_files import MANIFEST, TAG_MANIFEST, BagReading

_NO_ENTRIES = Manifest(MANIFEST, None, [], ())


def is_intact(reading: BagReading, expectation: Expectation) -> bool:
    """True where the manifests written anew from what was read are, byte for byte, the promised ones.

    That settles every file in both directions at once. False means only that a closer look is needed.
    """
    files = reading.files
    if reading.odd or reading.trouble or reading.overflow or TAG_MANIFEST not in files:
        return False
    tags: list[str] = []
    payload: list[str] = []
    total = 0
    digest = ""
    for path, (digest_found, size) in sorted(files.items()):
        if path.startswith("data/"):
            digest = digest_found
            total += size
            payload.append(f"{digest}  {path}\n")
        elif path != TAG_MANIFEST:
            tags.append(f"{digest_found}  {path}\n")
    if len(payload) != expectation.files or total != expectation.bytes:
        return False
    if expectation.payload is None:
        digest = files.get(MANIFEST, ("", 0))[0]
    if digest != (expectation.payload or expectation.payload_manifest):
        return False
    if reading.empty and (reading.empty != ["data"] or payload):
        return False
    return (
        files[TAG_MANIFEST][0] == expectation.tag_manifest
        and _is_text(tags, reading.texts.get(TAG_MANIFEST))
        and _is_text(payload, reading.texts.get(MANIFEST))
        and "data" in reading.folders
    )


def _is_text(lines: list[str], text: bytes | None) -> bool:
    """True where the lines are the text, and each of them is one line of it (a name may hold LF)."""
    rendered = "".join(lines)
    return rendered.count("\n") == len(lines) and rendered.encode("utf-8", "surrogateescape") == text


def wanted_later(reading: BagReading, expectation: Expectation) -> list[str]:
    """Paths of the files whose content was left out and has to be read before judging, sorted."""
    listed = {path for path, _ in _parsed(reading, TAG_MANIFEST).entries}
    listed.update(path for path, _ in _parsed(reading, MANIFEST).entries)
    payload_sizes = [size for path, (_, size) in reading.files.items() if path.startswith("data/")]
    unlisted_whole = MANIFEST not in reading.texts and sum(payload_sizes) == expectation.bytes
    later = []
    for path, (digest, size) in reading.files.items():
        if digest or path == TAG_MANIFEST:
            continue
        payload = path.startswith("data/")
        sole = expectation.files == 1 and size == expectation.bytes
        if path in listed or (payload and (sole or unlisted_whole)):
            later.append(path)
    if reading.overflow:
        later += [path for path in listed if path not in reading.files and path not in reading.odd]
    return sorted(later)


def judge(reading: BagReading, expectation: Expectation) -> tuple[BagOutcome, tuple[Finding, ...]]:
    """The outcome of the bag and every finding about it, in the order of the paths' bytes."""
    faults = BagFaults(expectation.bag)
    trouble = reading.trouble or reading.odd.get("")
    if trouble is None:
        promise = _lowered(expectation)
        if promise.doubted and _may_be_outdated(reading, promise):
            promise = promise._replace(tag_manifest=reading.files[TAG_MANIFEST][0])
            faults.outdated()
        _Judgement(reading, promise, faults).judge()
        return bag_outcome(faults.outcomes), faults.sorted()
    if trouble.obstacle is Obstacle.MISSING:
        faults.bag_missing()
        return BagOutcome.MISSING, faults.sorted()
    faults.odd("", trouble, listed=True)
    unreadable = trouble.obstacle is Obstacle.UNREADABLE
    return BagOutcome.UNREADABLE if unreadable else BagOutcome.MISSING, faults.sorted()


def _lowered(expectation: Expectation) -> Expectation:
    payload, manifest = expectation.payload, expectation.payload_manifest
    return expectation._replace(
        tag_manifest=expectation.tag_manifest.lower(),
        payload=payload.lower() if payload else None,
        payload_manifest=manifest.lower() if manifest else None,
    )


def _may_be_outdated(reading: BagReading, promise: Expectation) -> bool:
    """True where the bag says that a revision of it took the place of the promised tag manifest."""
    from archive.storage.bags.bag_revision import PREVIOUS, REVISIONS  # few audits ask

    return any(
        digest == promise.tag_manifest
        and path.startswith(f"{REVISIONS}/")
        and path.endswith(f"/{PREVIOUS}")
        and reading.files.get(path, ("", 0))[0] in {"", digest}
        for path, digest in _parsed(reading, TAG_MANIFEST).entries
    )


def _parsed(reading: BagReading, name: str) -> Manifest:
    text = reading.texts.get(name)
    if text is None:
        return _NO_ENTRIES
    return parse_manifest(text, name=name, version=V1_0, payload=name == MANIFEST)


def _digest_anew(files: dict[str, str]) -> str:
    """The digest that a manifest of these files has, as this project writes it; empty if one was not read."""
    if not all(files.values()):
        return ""
    try:
        return sha512(render_manifest(files.items())).hexdigest()
    except ValueError:
        return ""


class _Judgement:
    """The closer look at one bag."""

    def __init__(self, reading: BagReading, expectation: Expectation, faults: BagFaults) -> None:
        self._reading = reading
        self._promise = expectation
        self._faults = faults
        self._listed: set[str] = {TAG_MANIFEST, MANIFEST}

    def judge(self) -> None:
        """Look at tag files, payload and everything else that stands in the bag."""
        reading, faults = self._reading, self._faults
        vouched = self._judge_tag_files()
        self._judge_payload(vouched)
        for path, hindrance in reading.odd.items():
            listed = path == "data" or path in self._listed or self._is_above_listed(path)
            known = (MANIFEST if path.startswith("data/") else TAG_MANIFEST) not in reading.odd
            faults.odd(path, hindrance, listed=listed or not known)
        for path in reading.empty:
            if path != "data" and path not in self._listed and not self._is_above_listed(path):
                faults.unlisted(f"{path}/")
        if "data" not in reading.folders and "data" not in reading.odd and not reading.overflow:
            faults.missing("data/", "")
        for name in (TAG_MANIFEST, MANIFEST):
            if name not in reading.files and name not in reading.odd and name not in faults.named:
                self._absent(name, "")
        if reading.overflow:
            faults.overflow()

    def _is_above_listed(self, folder: str) -> bool:
        return any(path.startswith(f"{folder}/") for path in self._listed)

    def _judge_tag_files(self) -> bool:
        """Judge the tag manifest and the files it lists; True where it vouches for the payload manifest."""
        promised, found = self._promise.tag_manifest, self._found(TAG_MANIFEST)
        present = {
            path: digest
            for path, (digest, _) in self._reading.files.items()
            if not path.startswith("data/") and path != TAG_MANIFEST
        }
        authentic = found == promised
        if not authentic:
            proven = _digest_anew(present) == promised
            self._missing_or(
                TAG_MANIFEST,
                promised,
                lambda: self._faults.tag_manifest(promised, self._found_words(TAG_MANIFEST), proven=proven),
            )
            if proven:
                self._listed.update(present)
                return True
        if TAG_MANIFEST not in self._reading.texts:
            self._listed.update(present)
            for path in present:
                self._faults.unvouched(path)
            return False
        entries = dict(_parsed(self._reading, TAG_MANIFEST).entries)
        self._compare(entries, present, believed=authentic)
        digest = self._found(MANIFEST)
        return authentic and bool(digest) and entries.get(MANIFEST) == digest

    def _judge_payload(self, vouched: bool) -> None:
        entries = dict(_parsed(self._reading, MANIFEST).entries)
        present = {
            path: digest for path, (digest, _) in self._reading.files.items() if path.startswith("data/")
        }
        if self._promise.payload_manifest is not None:
            vouched = vouched or self._found(MANIFEST) == self._promise.payload_manifest
        before = len(self._faults.outcomes)
        if self._promise.payload is not None:
            self._judge_sole(self._promise.payload, vouched, entries, present)
        else:
            self._judge_several(vouched, entries, present)
        total = sum(size for path, (_, size) in self._reading.files.items() if path.startswith("data/"))
        if len(self._faults.outcomes) == before and not self._reading.overflow and not self._reading.odd:
            self._faults.size((self._promise.files, self._promise.bytes), (len(present), total))

    def _judge_sole(
        self, promised: str, vouched: bool, entries: dict[str, str], present: dict[str, str]
    ) -> None:
        """A payload of one file, whose digest the ledger has: no manifest is needed to judge it."""
        if not entries and not present and self._unread_payload():
            return  # it is what could not be read
        listed = list(entries)
        holders = sorted(path for path, digest in present.items() if digest == promised)
        if len(listed) == 1 and (vouched or listed[0] in present or not holders):
            path = listed[0]
        elif holders:
            path = holders[0]
        else:
            path = next(iter(present)) if len(present) == 1 else (listed or ["data/"])[0]
        if entries and entries != {path: promised}:
            self._faults.payload_manifest(entries.get(path, ""), promised, path)
        self._compare({path: promised}, present, believed=True)

    def _judge_several(self, vouched: bool, entries: dict[str, str], present: dict[str, str]) -> None:
        """A payload of no file or of several: the ledger has the digest of the payload manifest."""
        promised = self._promise.payload_manifest or ""
        if not vouched:
            anew = _digest_anew(present)
            found = self._found_words(MANIFEST)
            if anew == promised:
                self._listed.update(present)
                self._missing_or(
                    MANIFEST, promised, lambda: self._faults.manifest(promised, found, proven=True)
                )
                return
            self._missing_or(MANIFEST, promised, lambda: self._faults.manifest(promised, found, proven=False))
            if MANIFEST not in self._reading.texts:
                self._listed.update(present)
                if not self._may_be_promised(present):
                    self._faults.payload_unjudged(promised, anew)
                return
        self._compare(entries, present, believed=vouched)

    def _unread_payload(self) -> int:
        """How many files and folders of the payload, or the whole of it, could not be read."""
        return sum(
            hindrance.obstacle is Obstacle.UNREADABLE
            for path, hindrance in self._reading.odd.items()
            if path == "data" or path.startswith("data/")
        )

    def _may_be_promised(self, present: dict[str, str]) -> bool:
        """True where the payload was not read in full, and by number and size can be the promised one."""
        size = sum(self._reading.files[path][1] for path in present)
        if unread := self._unread_payload():
            return len(present) + unread <= self._promise.files and size <= self._promise.bytes
        return not any(present.values()) and (len(present), size) == (
            self._promise.files,
            self._promise.bytes,
        )

    def _compare(self, entries: dict[str, str], present: dict[str, str], *, believed: bool) -> None:
        """Both directions: what is listed against what is there, and what is there against what is listed."""
        self._listed.update(entries)
        for path, expected in entries.items():
            if path not in present:
                if path not in self._reading.odd:
                    self._absent(path, expected)
            elif present[path]:
                if present[path] != expected:
                    self._faults.altered(path, expected, present[path], believed=believed)
            else:
                self._compare_size(path, is_sole=len(entries) == 1)
        by_digest = {digest: path for path, digest in entries.items() if path not in present}
        for path, digest in present.items():
            if path not in entries and path not in self._listed:
                self._faults.unlisted(path, same_as=by_digest.get(digest) if digest else None)

    def _compare_size(self, path: str, *, is_sole: bool) -> None:
        """A listed file that was not read: what its size says of it."""
        size, most = self._reading.files[path][1], self._promise.most_bytes(path)
        if not path.startswith("data/"):
            if size > most:
                self._faults.too_large(path, most, size)
        elif size > most or (is_sole and size != most):
            self._faults.wrong_size(path, most, size)

    def _missing_or(self, path: str, expected: str, otherwise: Callable[[], None]) -> None:
        """Report a manifest as missing where it is, as what stands in its place, or else as `otherwise`."""
        if path in self._reading.files:
            otherwise()
        elif path not in self._reading.odd:
            self._absent(path, expected)

    def _absent(self, path: str, expected: str) -> None:
        """A listed path at which nothing was read: missing, or behind something that was not followed."""
        if path in self._reading.folders:
            self._faults.missing(path, expected, found="a folder")
            return
        parts = path.split("/")
        for depth in range(1, len(parts)):
            above = "/".join(parts[:depth])
            if hindrance := self._reading.odd.get(above):
                self._faults.behind(path, expected, above, hindrance)
                return
        self._faults.missing(path, expected)

    def _found_words(self, path: str) -> str:
        """The digest found at a manifest's place; its size where it is too large to have been read."""
        found, size = self._reading.files.get(path, ("", 0))
        return found or (f"{size} bytes" if size else "")

    def _found(self, path: str) -> str:
        return self._reading.files.get(path, ("", 0))[0]
