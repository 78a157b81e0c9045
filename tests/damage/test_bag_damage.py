"""Every kind of damage in every class of file of a held bag is found, named and classed; nothing else is."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.core.findings import Severity
from archive.core.outcomes import BagOutcome
from archive.core.portable_names import stored_names
from archive.services.audit.bag import BagResult
from tests.builders import DAMAGES, MANIFEST, TAG_MANIFEST, damage, digest, make_bag
from tests.held_bags import LETTER, SEVERAL, TAG_FILES, audit, look, named


def code_for(kind: str) -> str:
    special = {"delete": "FIX-MISSING", "folder": "FIX-MISSING", "link": "FIX-LINK", "fifo": "FIX-SPECIAL"}
    return special.get(kind, "FIX-ALTERED")


@pytest.mark.parametrize("payload", [{"letter.txt": b"x"}, {}, SEVERAL, {"empty": b""}], ids=len)
def test_an_undamaged_bag_is_intact_and_has_no_findings(shard: Path, payload: dict[str, bytes]) -> None:
    bag = make_bag(shard, payload)
    result = audit(bag)
    files = [path for path in bag.path.rglob("*") if path.is_file()]
    assert result == BagResult(
        bag.path.name, 7, BagOutcome.INTACT, len(files), sum(path.stat().st_size for path in files), ()
    )
    assert look(bag)[2:3] + look(bag)[5:6] == (BagOutcome.INTACT, ())


@pytest.mark.parametrize(
    "payload",
    [
        {"100%.txt": b"x", "a\nb": b"y"},
        {"/".join(["deep"] * 100): b"x"},
        {f"{number}/a/b/c/d/letter": b"x" for number in range(300)},
    ],
    ids=["names", "deep", "folders"],
)
def test_an_undamaged_bag_of_an_unusual_shape_is_intact(shard: Path, payload: dict[str, bytes]) -> None:
    result = audit(make_bag(shard, payload))
    assert (result.outcome, result.findings) == (BagOutcome.INTACT, ())


def test_a_revised_description_is_intact(shard: Path) -> None:
    bag = make_bag(shard, tags={"metadata/revisions/0002/dublin-core.json": b"{}\n"})
    assert audit(bag).outcome is BagOutcome.INTACT


def test_manifests_in_another_order_and_case_are_intact_where_the_ledger_promises_them(shard: Path) -> None:
    bag = make_bag(shard)
    path = bag.path / TAG_MANIFEST
    lines = [line[:128].upper() + line[128:] for line in path.read_bytes().splitlines(keepends=True)]
    path.write_bytes(b"".join(reversed(lines)))
    promised = bag.expectation._replace(tag_manifest=digest(path.read_bytes()))
    assert audit(bag, promised)[2:3] + audit(bag, promised)[5:6] == (BagOutcome.INTACT, ())


@pytest.mark.parametrize("kind", DAMAGES)
@pytest.mark.parametrize("name", [LETTER, *TAG_FILES])
def test_damage_to_a_file_is_named_and_to_that_file_alone(shard: Path, name: str, kind: str) -> None:
    bag = make_bag(shard)
    damage(bag.path / name, kind)
    result = audit(bag)
    assert result.outcome is BagOutcome.DAMAGED
    assert named(result) == [(code_for(kind), name)]


@pytest.mark.parametrize("kind", DAMAGES)
@pytest.mark.parametrize("name", ["a.txt", "b/d.txt"])
def test_damage_to_one_of_several_payload_files_is_named(shard: Path, name: str, kind: str) -> None:
    bag = make_bag(shard, SEVERAL)
    damage(bag.path / "data" / name, kind)
    result = audit(bag)
    assert result.outcome is BagOutcome.DAMAGED
    assert named(result) == [(code_for(kind), f"data/{name}")]


@pytest.mark.parametrize("kind", DAMAGES)
@pytest.mark.parametrize("payload", [{"letter.txt": b"x" * 99}, SEVERAL], ids=len)
def test_damage_to_the_tag_manifest_leaves_the_files_it_lists_proven(
    shard: Path, kind: str, payload: dict[str, bytes]
) -> None:
    bag = make_bag(shard, payload)
    damage(bag.path / TAG_MANIFEST, kind)
    result = audit(bag)
    code = code_for(kind)
    assert result.outcome is BagOutcome.DAMAGED
    assert named(result) == [(code if code != "FIX-ALTERED" else "FIX-TAGMANIFEST", TAG_MANIFEST)]


@pytest.mark.parametrize("kind", DAMAGES)
@pytest.mark.parametrize("payload", [{"letter.txt": b"x" * 99}, SEVERAL], ids=len)
def test_damage_to_the_payload_manifest_leaves_the_payload_proven(
    shard: Path, kind: str, payload: dict[str, bytes]
) -> None:
    bag = make_bag(shard, payload)
    damage(bag.path / MANIFEST, kind)
    result = audit(bag)
    assert result.outcome is BagOutcome.DAMAGED
    assert {path for _, path in named(result)} == {MANIFEST}
    assert (code_for(kind), MANIFEST) in named(result)


@pytest.mark.parametrize("payload", [{"letter.txt": b"old" * 99}, SEVERAL], ids=len)
def test_a_consistently_forged_bag_is_altered_against_the_ledger(
    shard: Path, payload: dict[str, bytes]
) -> None:
    bag = make_bag(shard, payload)
    name = next(iter(payload))
    forged = b"forged" + payload[name][6:]
    (bag.path / "data" / name).write_bytes(forged)
    bag.rewrite_manifests()
    result = audit(bag)
    found = {(f.at.file, f.code): f for f in result.findings}
    assert result.outcome is BagOutcome.DAMAGED
    assert found[TAG_MANIFEST, "FIX-TAGMANIFEST"].expected == bag.expectation.tag_manifest
    if len(payload) == 1:
        altered = found[f"data/{name}", "FIX-ALTERED"]
        assert (altered.expected, altered.found) == (bag.expectation.payload, digest(forged))
    else:
        rewritten = found[MANIFEST, "FIX-MANIFEST"]
        assert rewritten.expected == bag.expectation.payload_manifest


def test_a_description_forged_with_its_tag_manifest_is_found_by_the_ledger(shard: Path) -> None:
    bag = make_bag(shard)
    (bag.path / "metadata/dublin-core.json").write_bytes(b"{}\n")
    bag.rewrite_manifests()
    assert named(audit(bag)) == [("FIX-TAGMANIFEST", TAG_MANIFEST)]


def test_another_valid_bag_in_its_place_is_damage(shard: Path) -> None:
    bag = make_bag(shard)
    other = make_bag(shard, {"other.txt": b"other"}, name="other")
    shutil.rmtree(bag.path)
    other.path.rename(bag.path)
    result = audit(bag)
    assert result.outcome is BagOutcome.DAMAGED
    assert ("FIX-TAGMANIFEST", TAG_MANIFEST) in named(result)
    assert ("FIX-ALTERED", "data/other.txt") in named(result)


def test_two_files_that_changed_places_are_both_altered(shard: Path) -> None:
    bag = make_bag(shard, SEVERAL)
    first, second = bag.path / "data/a.txt", bag.path / "data/b/c.txt"
    contents = first.read_bytes(), second.read_bytes()
    first.write_bytes(contents[1])
    second.write_bytes(contents[0])
    assert named(audit(bag)) == [("FIX-ALTERED", "data/a.txt"), ("FIX-ALTERED", "data/b/c.txt")]


def test_a_renamed_file_is_missing_and_its_bytes_are_found_again(shard: Path) -> None:
    bag = make_bag(shard)
    (bag.path / LETTER).rename(bag.path / "data/other.txt")
    result = audit(bag)
    assert sorted(named(result)) == [("FIX-MISSING", LETTER), ("FIX-UNLISTED", "data/other.txt")]
    assert [f.expected for f in result.findings if f.code == "FIX-UNLISTED"] == [LETTER]


def test_a_payload_that_the_ledger_does_not_promise_is_altered_whatever_the_manifests_say(
    shard: Path,
) -> None:
    bag = make_bag(shard)
    promised = digest(b"another letter")
    result = audit(bag, bag.expectation._replace(payload=promised))
    assert result.outcome is BagOutcome.DAMAGED
    assert named(result) == [("FIX-ALTERED", LETTER), ("FIX-MANIFEST", MANIFEST)]
    assert (result.findings[0].expected, result.findings[0].found) == (promised, bag.expectation.payload)


def test_the_payload_folder_of_an_empty_document_must_be_there(shard: Path) -> None:
    bag = make_bag(shard, {})
    (bag.path / "data").rmdir()
    assert named(audit(bag)) == [("FIX-MISSING", "data/")]


def test_a_bag_that_is_not_there_is_missing(shard: Path) -> None:
    bag = make_bag(shard)
    shutil.rmtree(bag.path)
    result = audit(bag)
    assert result.outcome is BagOutcome.MISSING
    assert named(result) == [("FIX-BAG-MISSING", "")]
    assert look(bag).outcome is BagOutcome.MISSING


def test_a_name_that_forges_manifest_lines_is_found(shard: Path) -> None:
    bag = make_bag(shard, SEVERAL)
    first, second = SEVERAL["a.txt"], SEVERAL["b/c.txt"]
    third = digest(SEVERAL["b/d.txt"])
    shutil.rmtree(bag.path / "data")
    forged = bag.path / f"data/a.txt\n{digest(second)}  data/b/c.txt\n{third}  data/b/d.txt"
    forged.parent.mkdir(parents=True)
    forged.write_bytes(first)
    promised = bag.expectation._replace(files=1, bytes=len(first))
    assert ("FIX-MISSING", "data/b/c.txt") in named(audit(bag, promised))


def test_a_repeated_manifest_line_is_found(shard: Path) -> None:
    bag = make_bag(shard)
    manifest = bag.path / MANIFEST
    manifest.write_bytes(manifest.read_bytes() * 2)
    assert named(audit(bag)) == [("FIX-ALTERED", MANIFEST)]


def test_stripped_manifests_leave_the_payload_judged_by_the_ledger(shard: Path) -> None:
    bag = make_bag(shard)
    (bag.path / MANIFEST).unlink()
    (bag.path / TAG_MANIFEST).unlink()
    damage(bag.path / LETTER, "flip")
    result = audit(bag)
    errors = [f for f in result.findings if f.severity is Severity.ERROR]
    assert sorted((f.code, f.at.file) for f in errors) == [
        ("FIX-ALTERED", LETTER),
        ("FIX-MISSING", MANIFEST),
        ("FIX-MISSING", TAG_MANIFEST),
    ]


def test_digests_compare_without_regard_to_case(shard: Path) -> None:
    bag = make_bag(shard)
    promised = bag.expectation
    upper = promised._replace(
        tag_manifest=promised.tag_manifest.upper(), payload=(promised.payload or "").upper()
    )
    assert audit(bag, upper).outcome is BagOutcome.INTACT


def test_large_files_are_read_in_full(shard: Path) -> None:
    bag = make_bag(shard, {"big": os.urandom(3 << 20), "small": b"x"}, tags={"metadata/big": bytes(2 << 20)})
    assert audit(bag).outcome is BagOutcome.INTACT
    damage(bag.path / "data/big", "flip")
    damage(bag.path / "metadata/big", "zero")
    (bag.path / "metadata/big").write_bytes(bytes((2 << 20) - 1) + b"\1")
    assert named(audit(bag)) == [("FIX-ALTERED", "data/big"), ("FIX-ALTERED", "metadata/big")]


def test_everything_wrong_is_named_in_one_run_in_the_order_of_path_bytes(shard: Path) -> None:
    bag = make_bag(shard, SEVERAL)
    damage(bag.path / "data/b/d.txt", "flip")
    damage(bag.path / "data/a.txt", "delete")
    damage(bag.path / "bagit.txt", "append")
    (bag.path / "z").write_bytes(b"")
    (bag.path / "data/\u00e9").write_bytes(b"")
    assert named(audit(bag)) == [
        ("FIX-ALTERED", "bagit.txt"),
        ("FIX-MISSING", "data/a.txt"),
        ("FIX-ALTERED", "data/b/d.txt"),
        ("FIX-UNLISTED", "data/é"),
        ("FIX-UNLISTED", "z"),
    ]


@pytest.mark.parametrize("kind", ["truncate", "empty", "append", "delete", "folder", "link", "fifo"])
def test_a_look_sees_names_and_sizes(shard: Path, kind: str) -> None:
    bag = make_bag(shard)
    damage(bag.path / LETTER, kind)
    assert look(bag).outcome is BagOutcome.DAMAGED
    assert {path for _, path in named(look(bag))} == {LETTER}


def test_a_look_does_not_see_a_flipped_bit(shard: Path) -> None:
    bag = make_bag(shard)
    damage(bag.path / LETTER, "flip")
    assert look(bag).outcome is BagOutcome.INTACT


names = st.binary(min_size=1, max_size=10).map(
    lambda raw: raw.replace(b"/", b"_").replace(b"\0", b"_").decode("utf-8", "surrogateescape")
)
payloads = st.dictionaries(
    st.lists(names, min_size=1, max_size=2).map("/".join), st.binary(max_size=50), max_size=4
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(payloads, st.data())
def test_random_bags_are_intact_until_one_bit_turns(
    tmp_path: Path, payload: dict[str, bytes], data: st.DataObject
) -> None:
    stored = stored_names(payload)
    shard = tmp_path / "random"
    shutil.rmtree(shard, ignore_errors=True)
    shard.mkdir()
    bag = make_bag(shard, {stored[name]: content for name, content in payload.items()})
    assert audit(bag).outcome is BagOutcome.INTACT
    assert audit(bag).findings == ()
    files = sorted(path for path in bag.path.rglob("*") if path.is_file() and path.stat().st_size)
    victim = data.draw(st.sampled_from(files))
    content = bytearray(victim.read_bytes())
    bit = data.draw(st.integers(0, len(content) * 8 - 1))
    content[bit // 8] ^= 1 << bit % 8
    victim.write_bytes(content)
    result = audit(bag)
    assert result.outcome is BagOutcome.DAMAGED
    assert {path for _, path in named(result)} == {victim.relative_to(bag.path).as_posix()}
