"""A held bag with a description that no entry holds yet: a writer is at it, or a copy has it beforehand."""

import re
from collections.abc import Callable
from hashlib import sha512

from archive.storage.bags.bag_files import TAG_MANIFEST, BagReading
from archive.storage.bags.bag_revision import PREVIOUS, REVISIONS, revision_folder

_LATER = re.compile(rf"([0-9a-f]{{128}})  ({REVISIONS}/[0-9]{{4,9}})/{PREVIOUS}\n".encode())


def without_revision(reading: BagReading, number: int, promised: str) -> BagReading:
    """What was read without the files of that revision, and without its lines in the tag manifest.

    The tag manifest without them counts only where it is, byte for byte, the promised one, whose sha512 is
    given: so nothing else can be passed over in the name of a revision.
    """
    folder = revision_folder(number)
    return _without(reading, lambda one: one == folder, promised)


def without_later_ones(reading: BagReading, promised: str) -> BagReading:
    """The same without each revision since the promised tag manifest, which the first of them keeps."""
    text = reading.texts.get(TAG_MANIFEST) or b""
    first = next(
        (folder.decode() for digest, folder in _LATER.findall(text) if digest == promised.encode()), None
    )
    if first is None:
        return reading
    return _without(reading, lambda one: _number(one) >= _number(first), promised)


def _number(folder: str) -> int:
    name = folder.removeprefix(f"{REVISIONS}/")
    return int(name) if name.isascii() and name.isdigit() else 0


def _without(reading: BagReading, is_passed: Callable[[str], bool], promised: str) -> BagReading:
    def passed(path: str) -> bool:
        return path.startswith(f"{REVISIONS}/") and is_passed("/".join(path.split("/")[:3]))

    seen = BagReading()
    seen.files = {path: found for path, found in reading.files.items() if not passed(path)}
    seen.texts = dict(reading.texts)
    seen.odd, seen.trouble, seen.overflow = reading.odd, reading.trouble, reading.overflow
    seen.linked = reading.linked
    none_left = not any(path.startswith(f"{REVISIONS}/") for path in seen.files)

    def stays(folder: str) -> bool:
        return not (is_passed(folder) or (folder == REVISIONS and none_left))

    seen.folders = [path for path in reading.folders if stays(path)]
    seen.empty = [path for path in reading.empty if stays(path)]
    text = seen.texts.get(TAG_MANIFEST)
    if text is not None and TAG_MANIFEST in seen.files:
        lines = text.splitlines(keepends=True)
        before = b"".join(line for line in lines if not passed(line[130:].decode(errors="replace")))
        if sha512(before).hexdigest() == promised:
            seen.files[TAG_MANIFEST] = (promised, len(before))
            seen.texts[TAG_MANIFEST] = before
    return seen
