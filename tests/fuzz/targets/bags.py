"""Whole bags in folders, through `archive verify`."""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random

import bagit

from archive.core.bagit.verdicts import BagReport, BagVerdict
from archive.core.bagit_judge import Policy
from archive.core.findings import Severity
from archive.core.second_opinion.comparison import compare
from archive.services.second_opinion import bagit_process, guarded
from archive.services.surroundings import SilentProgress
from archive.services.verify.lanes import ProcessLanes
from archive.services.verify.run import judge_path
from tests.conformance.bag_cases import CASES
from tests.conformance.bag_cases.bag import Bag, Fifo, Folder, Link, build, good, info, sealed
from tests.fuzz.bag_values import buildable, changed, packed, unpacked
from tests.fuzz.laws import reportable
from tests.fuzz.mutation import mutated
from tests.fuzz.strict_reading import objections
from tests.fuzz.target import Target

_POLICIES = (Policy(), Policy(strict=True), Policy(present_only=True))
_MOST = 1 << 16  # bytes of an example


@cache
def examples() -> tuple[Bag, ...]:
    """Good bags several times over, and every small case of ours."""
    cases = [case.bag() for case in CASES if not case.slow and not case.root_reads_it]
    plain = [
        bag
        for bag in cases
        if all(isinstance(each, bytes | Link | Fifo | Folder) for each in bag.values())
        and sum(len(each) for each in bag.values() if isinstance(each, bytes)) < _MOST
    ]
    honest = [
        good(),
        sealed(good()),
        sealed(good(version="0.97", algorithms=("md5", "sha256")), "md5"),
        sealed(info("Contact-Name: Ana", "Payload-Oxum: 30.2")),
        good({"data/a\nb": b"x", "data/100%": b""} | {"data/é": b"y"}, algorithms=("sha1",)),
    ]
    return (*plain, *honest * (len(plain) // len(honest)))


@contextmanager
def built(bag: Bag) -> Iterator[Path | None]:
    """The bag in a room of its own, None where the disk refuses it; the room has a file beside the bag."""
    room = Path(tempfile.mkdtemp(prefix="fuzz-"))
    try:
        (room / "outside.txt").write_bytes(b"outside")
        try:
            build(bag, room / "bag")
        except OSError:
            yield None
        else:
            yield room / "bag"
    finally:
        shutil.rmtree(room)


def judge(path: Path, policy: Policy = _POLICIES[0]) -> BagReport:
    """The report, whose own laws hold."""
    report = judge_path(str(path), policy, ProcessLanes(1), (), SilentProgress())
    assert report.verdict in BagVerdict
    reportable(report.findings)
    keys = [(each.code == "BAG-FINDINGS-MORE", each.sort_key()) for each in report.findings]
    assert keys == sorted(keys), "findings out of order"
    errors = any(each.severity is Severity.ERROR for each in report.findings)
    assert errors == (report.verdict is not BagVerdict.VALID), "verdict and findings differ"
    return report


def names_below(path: Path) -> list[str]:
    """Everything below a folder, links not followed."""
    return sorted(
        os.path.join(where, name) for where, folders, files in os.walk(path) for name in (*folders, *files)
    )


def check_bag(data: bytes) -> None:
    """Nothing raises or writes; what is valid is so to a second reading, and to bagit or we know why not."""
    bag = buildable(unpacked(data))
    with built(bag) as path:
        if path is None:
            return
        before = names_below(path.parent)
        report = judge(path)
        for policy in _POLICIES[1:]:
            judge(path, policy)
        assert names_below(path.parent) == before, "verify wrote"
        if report.verdict is BagVerdict.VALID:
            files = {os.fsencode(name): each for name, each in bag.items() if isinstance(each, bytes)}
            assert objections(files) == [], "valid, but a second reading objects"
            assert not any(
                isinstance(each, Link | Fifo) and name.startswith("data/") for name, each in bag.items()
            ), "valid with a link or pipe in the payload"
            _require_explained(path, report)


def _require_explained(path: Path, report: BagReport) -> None:
    bagit.LOGGER.handlers = [logging.NullHandler()]
    bagit.LOGGER.propagate = False
    said = bagit_process._unnamed(bagit_process._judged(str(path)), str(path))
    differences = compare(report, guarded._answer(said)).differences
    # bagit takes a * at the beginning of every name for md5sum's mark.
    unexplained = [each for each in differences if not each.why and not (path / f"*{each.place}").exists()]
    assert not unexplained, f"bagit refuses: {unexplained}"


def draw_payload(chance: Random) -> bytes:
    """A valid bag; only what is below data/ is changed."""
    bag = dict(chance.choice(_sealed()))
    path = chance.choice([each for each in bag if each.startswith("data/")])
    content = bag[path]
    assert isinstance(content, bytes)
    match chance.randrange(5):
        case 0:
            del bag[path]
        case 1:
            bag[path] = Link(chance.choice(("/nonexistent", "letter.txt", "../bagit.txt")))
        case 2:
            bag["data/" + os.fsdecode(chance.randbytes(3)).replace("/", "_").replace("\0", "_")] = content
        case _:
            bag[path] = mutated(chance, content)
    return packed(bag)


@cache
def _sealed() -> tuple[Bag, ...]:
    return (
        good(),
        sealed(good(algorithms=("md5", "sha512"))),
        sealed(good(version="0.97", algorithms=("sha1",)), "md5"),
    )


def check_payload(data: bytes) -> None:
    """A bag whose payload is not the one that its manifests list is never called valid."""
    bag = buildable(unpacked(data))
    with built(bag) as path:
        if path is None:
            return
        same = any(_payload(bag) == _payload(each) for each in _sealed())
        assert (judge(path).verdict is BagVerdict.VALID) <= same, "valid with another payload"


def _payload(bag: Mapping[str, object]) -> dict[str, object]:
    return {path: content for path, content in bag.items() if path.startswith("data/")}


TARGETS: tuple[Target, ...] = (
    Target(
        name="bag",
        family="verify",
        draw=lambda chance: packed(changed(chance, chance.choice(examples()), examples())),
        check=check_bag,
    ),
    Target(name="payload", family="verify", draw=draw_payload, check=check_payload),
)
