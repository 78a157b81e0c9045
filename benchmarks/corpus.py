"""Corpus S: many small texts, each with a Dublin Core sidecar, the same bytes on every machine.

    python -m benchmarks.corpus DIR [--documents 10000] [--seed 1]

Sizes are log-normal with a median of 8 KiB, cut off at 1 and 40 KiB (mean 10.4 KiB), as small archives of
letters, minutes and articles have them. 250 documents share a folder.
"""

import argparse
import json
import math
import os
import random
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

DOCUMENTS = 10_000
DOCUMENTS_PER_FOLDER = 250
SMALLEST, MEDIAN, LARGEST = 1 << 10, 8 << 10, 40 << 10
SPREAD = 0.8  # standard deviation of the logarithm of the size

_STOCK_BYTES = 1 << 20
_WORDS = (
    *("harbour", "ledger", "orchard", "lantern", "bridge", "winter", "ferry", "market", "chapel", "river"),
    *("letter", "school", "meadow", "clock", "garden", "mill", "tide", "road", "archive", "bell", "stone"),
    *("evening", "council", "boat", "weather", "window", "journey", "island", "kitchen", "field", "paper"),
    *("was", "kept", "sent", "near", "before", "under", "until", "with", "and", "the", "of", "in", "for"),
)
_SUBJECTS = ("Harbours", "Letters", "Minutes", "Weather", "Schools", "Gardens", "Ferries", "Bells")
_CREATORS = ("Parish clerk", "Harbour master", "Schoolhouse", "Garden society", "Ferry office")


class CorpusSize(NamedTuple):
    """What a corpus holds; `text_bytes` counts the texts, not their sidecars."""

    documents: int
    folders: int
    text_bytes: int


def _stock(chance: random.Random) -> bytes:
    """A megabyte of words in lines, from which the texts are cut."""
    lines: list[str] = []
    length = 0
    while length < _STOCK_BYTES + LARGEST:
        line = " ".join(chance.choices(_WORDS, k=12)) + ".\n"
        lines.append(line)
        length += len(line)
    return "".join(lines).encode()


def _size(chance: random.Random, normal: NormalDist) -> int:
    quantile = min(max(chance.random(), 1e-9), 1 - 1e-9)
    return min(max(round(MEDIAN * math.exp(normal.inv_cdf(quantile))), SMALLEST), LARGEST)


def _description(number: int) -> bytes:
    """The sidecar of one document: eight elements, a date of one of four EDTF forms."""
    year = 1900 + number % 90
    dates = (f"{year}", f"{year}-{number % 12 + 1:02d}", f"{year}~", f"{year}/{year + 3}")
    description = {
        "title": f"Paper {number} of the benchmark corpus",
        "creator": _CREATORS[number % len(_CREATORS)],
        "date": dates[number % len(dates)],
        "type": "Text",
        "language": "en",
        "format": "text/plain",
        "subject": [_SUBJECTS[number % len(_SUBJECTS)], _SUBJECTS[(number + 3) % len(_SUBJECTS)]],
        "description": f"Generated text, number {number}; words without meaning in lines of twelve.",
    }
    return json.dumps(description, indent=2).encode() + b"\n"


def _write(name: str, content: bytes, folder: int) -> None:
    """A new file in an open folder; half the time of `Path.write_bytes`."""
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=folder)
    try:
        os.write(descriptor, content)
    finally:
        os.close(descriptor)


def make_corpus(path: Path, documents: int = DOCUMENTS, seed: int = 1) -> CorpusSize:
    """Writes the corpus below `path`, which must not exist; same arguments, same names and bytes.

    Raises FileExistsError where `path` exists and OSError where the disk refuses.
    """
    chance = random.Random(seed)
    normal = NormalDist(0, SPREAD)
    stock = _stock(chance)
    text_bytes = 0
    path.mkdir(parents=True)
    starts = range(0, documents, DOCUMENTS_PER_FOLDER)
    for start in starts:
        folder_path = path / f"folder-{start // DOCUMENTS_PER_FOLDER:04d}"
        folder_path.mkdir()
        folder = os.open(folder_path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for number in range(start, min(start + DOCUMENTS_PER_FOLDER, documents)):
                name = f"paper-{number:07d}.txt"
                size = _size(chance, normal)
                offset = int(chance.random() * _STOCK_BYTES)
                first_line = f"Paper {number}\n".encode()
                text = first_line + stock[offset : offset + size - len(first_line)]
                _write(name, text, folder)
                _write(f"{name}.dc.json", _description(number), folder)
                text_bytes += len(text)
        finally:
            os.close(folder)
    return CorpusSize(documents, len(starts), text_bytes)


def main() -> None:
    """Write a corpus and say how big it is."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__.split("\n")[0])
    parser.add_argument("path", metavar="DIR", type=Path, help="a folder that does not exist yet")
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    size = make_corpus(options.path, options.documents, options.seed)
    print(f"{size.documents} documents in {size.folders} folders, {size.text_bytes / 1e6:.1f} MB of text")


if __name__ == "__main__":
    main()
