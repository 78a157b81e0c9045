"""Held bags of a test, and what the audit says of one of them."""

import os

from archive.core.expectation import Expectation
from archive.services.audit.bag import BagResult, audit_bag, look_bag
from archive.storage.layout import bag_path
from tests.builders import HeldBag

SEVERAL = {"a.txt": b"first\n", "b/c.txt": b"second\n", "b/d.txt": b"third one\n"}
LETTER = "data/letter.txt"
TAG_FILES = ["bagit.txt", "bag-info.txt", "metadata/dublin-core.json", "metadata/premis.xml"]


def audit(bag: HeldBag, expectation: Expectation | None = None) -> BagResult:
    """What a full reading says, by what the ledger promises or by another promise."""
    descriptor = os.open(bag.path.parent, os.O_RDONLY)
    try:
        return audit_bag(descriptor, bag.path.name, expectation or bag.expectation)
    finally:
        os.close(descriptor)


def look(bag: HeldBag) -> BagResult:
    """What a look at names and sizes says."""
    descriptor = os.open(bag.path.parent, os.O_RDONLY)
    try:
        return look_bag(descriptor, bag.path.name, bag.expectation)
    finally:
        os.close(descriptor)


def named(result: BagResult) -> list[tuple[str, str]]:
    """(code, path) of each finding, the bag's own name taken off."""
    return [(f.code, "" if f.place == bag_path(result.bag) else f.place) for f in result.findings]
