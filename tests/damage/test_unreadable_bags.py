"""What cannot be read of a held bag is unreadable: never damaged, and never intact."""

import errno
import os
from collections.abc import Callable
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest

from archive.core.outcomes import BagOutcome
from archive.services.audit.bag import BagResult
from archive.storage.bags.bag_files import AT_ONCE
from tests.builders import MANIFEST, TAG_MANIFEST, HeldBag, damage, make_bag
from tests.held_bags import LETTER, SEVERAL, TAG_FILES, audit, look, named

PAYLOADS = {
    "one": {"letter.txt": b"Dear Sir"},
    "several": SEVERAL,
    "large": {"a.bin": bytes(AT_ONCE + 1), "b.txt": b"b"},
    "none": {},
}


def _refuse(monkeypatch: pytest.MonkeyPatch, *names: str, call: str = "open") -> None:
    really = getattr(os, call)

    def refusing(target: Any, *arguments: Any, **options: Any) -> Any:
        if call == "open" and target in names:
            raise OSError(errno.EIO, "Input/output error", target)
        if call != "open" and os.path.basename(os.readlink(f"/proc/self/fd/{target}")) in names:
            raise OSError(errno.EIO, "Input/output error")
        return really(target, *arguments, **options)

    monkeypatch.setattr(os, call, refusing)


@pytest.mark.parametrize("call", ["open", "read", "fstat"])
@pytest.mark.parametrize("name", [LETTER, *TAG_FILES])
def test_what_cannot_be_read_is_unreadable_and_never_damaged(
    shard: Path, monkeypatch: pytest.MonkeyPatch, name: str, call: str
) -> None:
    bag = make_bag(shard)
    _refuse(monkeypatch, name.rpartition("/")[2], call=call)
    result = audit(bag)
    assert result.outcome is BagOutcome.UNREADABLE
    assert named(result) == [("FIX-UNREADABLE", name)]


@pytest.mark.parametrize("name", [MANIFEST, TAG_MANIFEST])
def test_an_unreadable_manifest_is_unreadable_and_nothing_else(
    shard: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for bag in (make_bag(shard), make_bag(shard, SEVERAL, name="several")):
        with monkeypatch.context() as patch:
            _refuse(patch, name)
            result = audit(bag)
        assert result.outcome is BagOutcome.UNREADABLE
        assert named(result) == [("FIX-UNREADABLE", name)]


@pytest.mark.parametrize("how", [audit, look])
@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_several_that_cannot_be_read_are_unreadable_and_nothing_else(
    shard: Path,
    monkeypatch: pytest.MonkeyPatch,
    payload: dict[str, bytes],
    how: Callable[[HeldBag], BagResult],
) -> None:
    bag = make_bag(shard, payload)
    names = sorted({path.name for path in bag.path.rglob("*")})
    for refused in chain.from_iterable(combinations(names, count) for count in (1, 2, 3)):
        with monkeypatch.context() as patch:
            _refuse(patch, *refused)
            result = how(bag)
        assert result.outcome is BagOutcome.UNREADABLE, (refused, named(result))
        assert {code for code, _ in named(result)} <= {"FIX-UNREADABLE", "FIX-UNVOUCHED"}, refused


@pytest.mark.parametrize(
    "more", [{"more.txt": b""}, {"a.txt": b"first\n" * 10}], ids=["one too many", "too large"]
)
def test_a_payload_that_cannot_be_the_promised_one_is_damaged_where_not_all_of_it_can_be_read(
    shard: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, bytes]
) -> None:
    bag = make_bag(shard, SEVERAL)
    for name, content in more.items():
        (bag.path / "data" / name).write_bytes(content)
    _refuse(monkeypatch, MANIFEST, "c.txt")
    result = audit(bag)
    assert result.outcome is BagOutcome.DAMAGED
    assert ("FIX-ALTERED", "data/") in named(result)


@pytest.mark.parametrize("call", ["open", "scandir"])
def test_an_unreadable_folder_makes_all_in_it_unreadable(
    shard: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    bag = make_bag(shard)
    _refuse(monkeypatch, "metadata", call=call)
    result = audit(bag)
    assert result.outcome is BagOutcome.UNREADABLE
    assert [path for _, path in named(result)] == [
        "metadata", "metadata/dublin-core.json", "metadata/premis.xml"
    ]  # fmt: skip


@pytest.mark.parametrize("call", ["open", "scandir"])
def test_a_bag_that_cannot_be_opened_is_unreadable(
    shard: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    bag = make_bag(shard)
    _refuse(monkeypatch, bag.path.name, call=call)
    result = audit(bag)
    assert result.outcome is BagOutcome.UNREADABLE
    assert [code for code, _ in named(result)] == ["FIX-UNREADABLE"]


def test_damage_outweighs_what_could_not_be_read(shard: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = make_bag(shard)
    damage(bag.path / LETTER, "flip")
    _refuse(monkeypatch, "premis.xml")
    result = audit(bag)
    assert result.outcome is BagOutcome.DAMAGED
    assert named(result) == [("FIX-ALTERED", LETTER), ("FIX-UNREADABLE", "metadata/premis.xml")]
