"""Bags as values: kept as bytes, changed by chance, and built only where nothing leaves their folder."""

import json
import os
from collections.abc import Sequence
from random import Random

from tests.conformance.bag_cases.bag import Bag, Fifo, Folder, Link, manifest, sealed
from tests.fuzz.mutation import mutated

WORDS = (
    b"BagIt-Version: 1.0\n", b"BagIt-Version: 0.97\n", b"Tag-File-Character-Encoding: ", b"UTF-8", b"UTF-16",
    b"rot13", b"idna", b"unicode_escape", b"0.93", b"1.1", b"2.0", b"data/", b"./data/", b"../", b"  ", b" *",
    b"Payload-Oxum: ", b"12.2", b"1.", b"bag-info.txt", b"manifest-md5.txt", b"tagmanifest-sha512.txt",
    b"http://example.org/x", b"\n ", b":", b"a" * 32, b"0" * 128,
)  # fmt: skip
_LINKS = ("letter.txt", "data", ".", "..", "../outside.txt", "/nonexistent", "x", "data/letter.txt", "/")
_ODD_NAMES = (
    "%", "%25", "%0A", "a b", " x", "x ", "é", "é", "\u2028", "x\ny", "x\ry", "-", "*x", "~",
    "\udcff", "a\\b",
    "C:x", "bagit.txt", "manifest-md5.txt", ".DS_Store", "\x1b", "\x7f", "\u202e", "x" * 250, "a/b/c/d", "X",
)  # fmt: skip
_TAG_NAMES = (
    "fetch.txt", "bag-info.txt", "package-info.txt", "manifest-md5.txt", "manifest-sha-256.txt",
    "manifest-what.txt", "tagmanifest-md5.txt", "tagmanifest-sha256.txt", "notes/x", "MANIFEST-MD5.TXT",
)  # fmt: skip
_CODECS = (
    ("UTF-16", "utf-16"),
    ("ISO-8859-1", "latin-1"),
    ("UTF-32BE", "utf-32-be"),
    ("Shift_JIS", "shift_jis"),
)
_ALGORITHMS = ("md5", "sha1", "sha256", "sha512", "sha3256")
_LONGEST_NAME = 255
_LONGEST_PATH = 3000


def packed(bag: Bag) -> bytes:
    """The bag as JSON; bytes as the characters of the same numbers."""
    rows = {os.fsencode(path).decode("latin-1"): _kept(content) for path, content in bag.items()}
    return json.dumps(rows, indent=0).encode()


def _kept(content: object) -> object:
    match content:
        case bytes():
            return content.decode("latin-1")
        case Link():
            return {"link": content.target}
        case Fifo():
            return {"fifo": True}
        case _:
            return {"folder": True}


def unpacked(data: bytes) -> Bag:
    """The bag that `packed` kept."""
    bag: Bag = {}
    for name, content in json.loads(data).items():
        path = os.fsdecode(name.encode("latin-1"))
        if isinstance(content, str):
            bag[path] = content.encode("latin-1")
        elif "link" in content:
            bag[path] = Link(content["link"])
        else:
            bag[path] = Fifo() if "fifo" in content else Folder()
    return bag


def buildable(bag: Bag) -> Bag:
    """What of the bag a disk can hold below one folder, with nothing below a link or a file."""
    kept: Bag = {}
    for path, content in bag.items():
        parts = path.split("/")
        fits = all(len(os.fsencode(part)) <= _LONGEST_NAME for part in parts) and len(path) < _LONGEST_PATH
        if fits and "\0" not in path and not {"", ".", ".."} & set(parts):
            kept[path] = content
    leaves = {path for path, content in kept.items() if not isinstance(content, Folder)}
    return {
        path: content
        for path, content in kept.items()
        if not any(path[:at] in leaves for at, char in enumerate(path) if char == "/")
    }


def changed(chance: Random, bag: Bag, others: Sequence[Bag]) -> Bag:
    """The bag after one to five changes, now and then with manifests that fit again."""
    bag = dict(bag)
    for _ in range(min(5, 1 + int(chance.expovariate(0.6)))):
        chance.choice(_CHANGES)(chance, bag)
    if chance.random() < 0.1:
        other = chance.choice(others)
        bag |= {path: content for path, content in other.items() if chance.random() < 0.3}
    if chance.random() < 0.3:
        _reseal(chance, bag)
    return bag


def _file(chance: Random, bag: Bag, *, payload: bool | None = None) -> str | None:
    found = [
        path
        for path, content in bag.items()
        if isinstance(content, bytes) and payload in (None, path.startswith("data/"))
    ]
    return chance.choice(found) if found else None


def _content(bag: Bag, path: str) -> bytes:
    content = bag[path]
    assert isinstance(content, bytes)
    return content


def _change_content(chance: Random, bag: Bag) -> None:
    path = _file(chance, bag, payload=chance.random() < 0.2)
    if path is not None:
        bag[path] = mutated(chance, _content(bag, path), WORDS)


def _name(chance: Random, old: str) -> str:
    folder, _, name = old.rpartition("/")
    if chance.random() < 0.5:
        name = chance.choice(_ODD_NAMES)
    else:
        name = os.fsdecode(mutated(chance, os.fsencode(name), [os.fsencode(each) for each in _ODD_NAMES]))
    return f"{folder}/{name}" if folder else name


def _rename(chance: Random, bag: Bag) -> None:
    """A file gets another name; half the time the manifests follow."""
    path = _file(chance, bag, payload=chance.random() < 0.7)
    if path is None:
        return
    new = _name(chance, path)
    if chance.random() < 0.5:
        for other in [each for each in bag if "manifest-" in each and isinstance(bag[each], bytes)]:
            bag[other] = _content(bag, other).replace(os.fsencode(path) + b"\n", os.fsencode(new) + b"\n")
    bag[new] = bag.pop(path)


def _remove(chance: Random, bag: Bag) -> None:
    if bag:
        del bag[chance.choice(list(bag))]


def _add(chance: Random, bag: Bag) -> None:
    """One more file, unlisted."""
    path = _file(chance, bag)
    new = chance.choice(_TAG_NAMES) if chance.random() < 0.4 else _name(chance, "data/x")
    bag[new] = b"" if path is None or chance.random() < 0.3 else _content(bag, path)


def _swap(chance: Random, bag: Bag) -> None:
    one, other = _file(chance, bag), _file(chance, bag)
    if one is not None and other is not None:
        bag[one], bag[other] = bag[other], bag[one]


def _replace_by_other_kind(chance: Random, bag: Bag) -> None:
    """A link, a pipe or a folder where a file was, or beside it."""
    path = chance.choice([*bag, "data", "data/new", "new"])
    for below in [each for each in bag if each.startswith(path + "/")]:
        del bag[below]
    bag[path] = chance.choice((Link(chance.choice(_LINKS)), Link(chance.choice(_LINKS)), Fifo(), Folder()))


def _declare(chance: Random, bag: Bag) -> None:
    """Another version, or other tag files in another encoding."""
    version = chance.choice(("1.0", "1.0", "0.97", "0.96", "0.93", "1.1", "2.0"))
    label, codec = "UTF-8", ""
    if chance.random() < 0.4:
        label, codec = chance.choice(_CODECS)
    bag["bagit.txt"] = f"BagIt-Version: {version}\nTag-File-Character-Encoding: {label}\n".encode()
    if codec:
        for path in [each for each in bag if "/" not in each and each != "bagit.txt"]:
            if isinstance(bag[path], bytes):
                text = _content(bag, path).decode("utf-8", "replace")
                bag[path] = text.encode(codec, "replace")


def _fetch_instead(chance: Random, bag: Bag) -> None:
    """A payload file that fetch.txt names, there or not."""
    path = _file(chance, bag, payload=True)
    if path is None:
        return
    line = b"http://example.org/x %d %b\n" % (len(_content(bag, path)), os.fsencode(path))
    fetch = bag.get("fetch.txt", b"")
    bag["fetch.txt"] = (fetch if isinstance(fetch, bytes) else b"") + line
    if chance.random() < 0.5:
        del bag[path]


def _reseal(chance: Random, bag: Bag) -> None:
    """Manifests, and perhaps tag manifests, as an honest but simple writer would make them."""
    for path in [each for each in bag if "manifest-" in each and "/" not in each]:
        del bag[path]
    payload = {
        path: content
        for path, content in bag.items()
        if isinstance(content, bytes) and path.startswith("data/")
    }
    for algorithm in chance.sample(_ALGORITHMS, chance.choice((1, 1, 2))):
        bag[f"manifest-{algorithm}.txt"] = manifest(payload, algorithm)
    if chance.random() < 0.5:
        whole = sealed(bag, *chance.sample(_ALGORITHMS, 1))
        bag |= whole


_CHANGES = (
    _change_content,
    _change_content,
    _change_content,
    _rename,
    _remove,
    _add,
    _swap,
    _replace_by_other_kind,
    _declare,
    _fetch_instead,
)
