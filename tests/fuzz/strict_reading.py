"""A second, simple reading of RFC 8493, for one question only: why can this bag not be valid?

It shares no line with the project. Bags whose tag files are not UTF-8 are left to other tests.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping

_LINE = re.compile(rb"([0-9A-Fa-f]+)[ \t]+(.+)", re.DOTALL)
_MANIFEST = re.compile(rb"(tag)?manifest-([^/]+)\.txt", re.DOTALL)
_NAMES = {"sha3224": "sha3_224", "sha3256": "sha3_256", "sha3384": "sha3_384", "sha3512": "sha3_512"}
Files = Mapping[bytes, bytes]


def objections(files: Files) -> list[str]:
    """Why the bag of these files, by the bytes of their paths, is not valid; empty where nothing is found."""
    declared = files.get(b"bagit.txt")
    if declared is None:
        return ["no bagit.txt"]
    lines = re.split("\r\n|\r|\n", declared.decode("utf-8", "replace"))
    version = lines[0].partition(":")[2].strip()
    if "".join(lines[1:2]).partition(":")[2].strip().lower().replace("-", "") != "utf8":
        return []
    strict = version.startswith("1")
    found: list[str] = []
    payload = {path for path in files if path.startswith(b"data/")}
    listed_somewhere: set[bytes] = set()
    payload_manifests = 0
    for path, content in files.items():
        match = _MANIFEST.fullmatch(path)
        if match is None:
            continue
        label = re.sub("[^a-z0-9]", "", match[2].decode("latin-1").lower())
        name = _NAMES.get(label, label)
        if name not in hashlib.algorithms_available:
            found.append(f"unknown algorithm {label}")
            continue
        listed = _listed(path, content, files, name, strict=strict, found=found)
        if match[1] is None:
            payload_manifests += 1
            listed_somewhere |= listed
            if strict:
                found += [f"{path!r} lacks {each!r}" for each in payload - listed]
    if not payload_manifests:
        found.append("no payload manifest")
    return found + [f"{each!r} is in no manifest" for each in payload - listed_somewhere]


def _listed(
    manifest: bytes, content: bytes, files: Files, algorithm: str, *, strict: bool, found: list[str]
) -> set[bytes]:
    """The files that the lines name; objections to lines, and to files that differ, go to `found`."""
    listed = set()
    for line in re.split(b"\r\n|\r|\n", content.removeprefix(b"\xef\xbb\xbf")):
        if not line.strip(b" \t") or line.startswith(b"#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            found.append(f"{manifest!r}: no digest and path in {line[:200]!r}")
            continue
        path = _present(match[2], files, strict=strict)
        if path is None:
            found.append(f"{manifest!r} names {match[2][:200]!r}, which is not there")
            continue
        listed.add(path)
        if hashlib.new(algorithm, files[path]).hexdigest() != match[1].decode().lower():
            found.append(f"{path!r} is not what {manifest!r} says")
    return listed


def _present(spelled: bytes, files: Files, *, strict: bool) -> bytes | None:
    """The file that a line names."""
    for text in (spelled, spelled.removeprefix(b"*")):
        path = text
        if strict:
            path = re.sub(
                b"%(0[aA]|0[dD]|25)",
                lambda code: {b"0A": b"\n", b"0D": b"\r", b"25": b"%"}[code[1].upper()],
                path,
            )
        else:
            path = path.removeprefix(b"./")
        if path in files:
            return path
        form = _form(path)
        alike = [each for each in files if _form(each) == form]
        if len(alike) == 1:
            return alike[0]
    return None


def _form(path: bytes) -> str:
    return unicodedata.normalize("NFC", path.decode("utf-8", "surrogateescape"))
