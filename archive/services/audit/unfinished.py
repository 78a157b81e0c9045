"""A held bag while a writer publishes a description of it that no entry holds yet."""

from hashlib import sha512

from archive.storage.bags.bag_files import TAG_MANIFEST, BagReading
from archive.storage.bags.bag_revision import REVISIONS, revision_folder


def without_revision(reading: BagReading, number: int, promised: str) -> BagReading:
    """What was read without the files of that revision, and without its lines in the tag manifest.

    The tag manifest without them counts only where it is, byte for byte, the promised one, whose sha512 is
    given: so nothing else can be passed over in the name of a revision.
    """
    folder = revision_folder(number)
    prefix = f"{folder}/"
    seen = BagReading()
    seen.files = {path: found for path, found in reading.files.items() if not path.startswith(prefix)}
    seen.texts = dict(reading.texts)
    seen.odd, seen.trouble, seen.overflow = reading.odd, reading.trouble, reading.overflow
    seen.linked = reading.linked
    passed = {folder}
    if not any(path.startswith(f"{REVISIONS}/") for path in seen.files):
        passed.add(REVISIONS)
    seen.folders = [path for path in reading.folders if path not in passed]
    seen.empty = [path for path in reading.empty if path not in passed]
    text = seen.texts.get(TAG_MANIFEST)
    if text is not None and TAG_MANIFEST in seen.files:
        mark = f"  {prefix}".encode()
        before = b"".join(line for line in text.splitlines(keepends=True) if mark not in line)
        if sha512(before).hexdigest() == promised:
            seen.files[TAG_MANIFEST] = (promised, len(before))
            seen.texts[TAG_MANIFEST] = before
    return seen
