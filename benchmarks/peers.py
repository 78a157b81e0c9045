"""What we are measured against: the scripts and tools that people use today.

    python -m benchmarks.peers PEER PATH…

Each peer in Python is a function here and, through `command`, a process of its own to be timed; each peer
that is a program is given as the command to run. All use SHA-512, as we do.
"""

import argparse
import hashlib
import json
import logging
import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import bagit

ROOT = Path(__file__).resolve().parent.parent
SCHEMA_FILE = ROOT / "schemas" / "dublin-core.schema.json"
SIDECAR_SUFFIX = ".dc.json"
PROCESSES = 2
_POOL_CHUNK = 64
_FILES_PER_SHA512SUM = 500  # of 100, 250, 500, 1000 and all that fit: the fastest, or within the noise of it

Judge = Callable[[Any], None]


class Tally(NamedTuple):
    """What a peer did: how many bags it made or read, and how many of those were not valid."""

    bags: int
    invalid: int = 0


# Descriptions


def _schema() -> tuple[dict[str, Any], Any]:
    """The description schema and a registry of the schemas beside it, so that nothing is fetched."""
    from referencing import Registry, Resource

    schemas = {path: json.loads(path.read_bytes()) for path in SCHEMA_FILE.parent.glob("*.json")}
    resources = [Resource.from_contents(schema) for schema in schemas.values() if "$id" in schema]
    return schemas[SCHEMA_FILE], resources @ Registry()


def compiled_judge() -> Judge:
    """Raises jsonschema.ValidationError for a bad description; the validator is built once."""
    from jsonschema import Draft202012Validator

    schema, registry = _schema()
    return Draft202012Validator(schema, registry=registry).validate


def per_call_judge() -> Judge:
    """The same verdicts from `jsonschema.validate`, which checks and compiles the schema on every call."""
    import jsonschema

    schema, registry = _schema()

    def judge(description: Any) -> None:
        jsonschema.validate(description, schema, registry=registry)

    return judge


# Making bags


def _documents(source: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(source):
        folders.sort()
        yield from (Path(folder, name) for name in sorted(names) if not name.endswith(SIDECAR_SUFFIX))


def bag_each(source: Path, target: Path, judge: Judge) -> Tally:
    """The obvious script: one bag per document below `target`, the description checked and put in bag-info.

    Keeps less than an ingest does: no PREMIS, no read-back, no sync, no ledger, no catalog.
    """
    bags = 0
    target.mkdir(parents=True)
    for document in _documents(source):
        description = json.loads(document.with_name(document.name + SIDECAR_SUFFIX).read_bytes())
        judge(description)
        bag = target / f"bag-{bags:07d}"
        bag.mkdir()
        shutil.copy2(document, bag / document.name)
        bagit.make_bag(
            str(bag), bag_info={"External-Identifier": document.name, **description}, checksums=["sha512"]
        )
        bags += 1
    return Tally(bags)


def bag_whole(source: Path, target: Path) -> Tally:
    """Everything as one bag: a copy, bagged in place with two processes."""
    shutil.copytree(source, target)
    bagit.make_bag(str(target), checksums=["sha512"], processes=PROCESSES)
    return Tally(1)


# Reading bags


def bags_below(folder: Path) -> list[str]:
    """Every bag in or below the folder, in order of its path; bags inside bags are payload."""
    found: list[str] = []
    for path, folders, names in os.walk(folder):
        folders.sort()
        if "bagit.txt" in names:
            found.append(path)
            folders.clear()
    return found


def _is_valid(bag: str) -> bool:
    try:
        bagit.Bag(bag).validate()
    except bagit.BagError:
        return False
    return True


def _tally(verdicts: Iterable[bool]) -> Tally:
    bags = invalid = 0
    for valid in verdicts:
        bags += 1
        invalid += not valid
    return Tally(bags, invalid)


def validate_each(folder: Path) -> Tally:
    """bagit in one process, a loop over the bags."""
    return _tally(map(_is_valid, bags_below(folder)))


def validate_pool(folder: Path) -> Tally:
    """bagit in a pool of two processes."""
    with multiprocessing.Pool(PROCESSES) as pool:
        return _tally(pool.imap_unordered(_is_valid, bags_below(folder), chunksize=_POOL_CHUNK))


def _is_read(bag: str) -> bool:
    """Every file of a bag read and digested as a program in Python does it soonest; nothing is compared."""
    for folder, _, names in os.walk(bag):
        for name in names:
            descriptor = os.open(f"{folder}/{name}", os.O_RDONLY)
            try:
                size = os.fstat(descriptor).st_size
                hashlib.sha512(os.read(descriptor, size)).hexdigest()
            finally:
                os.close(descriptor)
    return True


def digest_pool(folder: Path) -> Tally:
    """Bare digests by a pool of two processes: the least that an audit in Python has to do."""
    with multiprocessing.Pool(PROCESSES) as pool:
        return _tally(pool.imap_unordered(_is_read, bags_below(folder), chunksize=_POOL_CHUNK))


# Peers as commands

PEERS: dict[str, Callable[..., Tally]] = {
    "bag-each": lambda source, target: bag_each(source, target, compiled_judge()),
    "bag-each-schema-per-call": lambda source, target: bag_each(source, target, per_call_judge()),
    "bag-whole": bag_whole,
    "validate-each": validate_each,
    "validate-pool": validate_pool,
    "digest-pool": digest_pool,
}


def command(peer: str, *paths: Path) -> list[str]:
    """The command that runs a peer of `PEERS` in a process of its own, from the project's root."""
    if peer not in PEERS:
        raise KeyError(f"no peer {peer!r}; there are {', '.join(PEERS)}")
    return [sys.executable, "-m", "benchmarks.peers", peer, *map(str, paths)]


def copy_command(source: Path, target: Path) -> list[str]:
    """`cp -r`, which neither digests nor describes: the least that any ingest has to do."""
    return ["cp", "-r", str(source), str(target)]


def durable_copy_command(source: Path, target: Path) -> list[str]:
    """`cp -r`, and then one sync of the file system that holds the copy."""
    return ["sh", "-c", 'cp -r "$1" "$2" && sync -f "$2"', "sh", str(source), str(target)]


def download_check_command(source: Path, target: Path) -> list[str]:
    """`rclone check --download`: every byte of both sides read and compared."""
    return ["rclone", "check", "--download", "--quiet", str(source), str(target)]


def rsync_check_command(source: Path, target: Path) -> list[str]:
    """`rsync -rcn`: every file of both sides digested and compared, nothing written."""
    return ["rsync", "-rcn", f"{source}/", f"{target}/"]


def copy_then_compare_command(tool: str, source: Path, target: Path) -> list[str]:
    """A copy by rclone or rsync, then the comparison of both sides by the same tool."""
    if tool == "rclone":
        both = 'rclone copy --quiet "$1" "$2" && rclone check --download --quiet "$1" "$2"'
    else:
        both = 'rsync -a "$1/" "$2/" && rsync -rcn "$1/" "$2/"'
    return ["sh", "-c", both, "sh", str(source), str(target)]


def digest_command(folder: Path, processes: int = PROCESSES, files: int = _FILES_PER_SHA512SUM) -> list[str]:
    """`find | xargs sha512sum` over every file, `files` a process: the least that any audit has to do."""
    script = 'find "$1" -type f -print0 | xargs -0 -P "$2" -n "$3" sha512sum >/dev/null'
    return ["sh", "-c", script, "sh", str(folder), str(processes), str(files)]


def read_command(folder: Path, processes: int, files: int = _FILES_PER_SHA512SUM) -> list[str]:
    """`find | xargs cat` over every file: the least that a disk has to do for any audit."""
    script = 'find "$1" -type f -print0 | xargs -0 -P "$2" -n "$3" cat >/dev/null'
    return ["sh", "-c", script, "sh", str(folder), str(processes), str(files)]


def bagit_command(bag: Path, processes: int = 1) -> list[str]:
    """`bagit.py --validate` on one bag, process start included."""
    return [sys.executable, "-m", "bagit", "--quiet", "--validate", f"--processes={processes}", str(bag)]


def copy_and_bag_command(source: Path, target: Path, processes: int = 1) -> list[str]:
    """`cp -r` and then `bagit.py` in place, for bagit bags a folder where it lies."""
    script = 'cp -r "$1" "$2" && exec "$3" -m bagit --quiet --sha512 --processes="$4" "$2"'
    return ["sh", "-c", script, "sh", str(source), str(target), sys.executable, str(processes)]


def main() -> int:
    """Run one peer; exit 1 where a bag was not valid."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__.split("\n", 1)[0])
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="source and target, or the bags")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)  # bagit logs a line per file; nobody reads it here
    tally = PEERS[options.peer](*(path.absolute() for path in options.paths))
    print(f"{tally.bags} bags, {tally.invalid} not valid")
    return 1 if tally.invalid else 0


if __name__ == "__main__":
    sys.exit(main())
