"""Bags as submissions: judged first, one document each, with what the depositor said kept beside it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit
import pytest

from archive.formats.premis.reader import read_premis
from archive.schemas import explain
from archive.services.ingest import submitted_bags
from tests.archives import MadeArchive, make_archive
from tests.conformance.bag_cases.bag import (
    LETTER,
    Bag,
    Fifo,
    Link,
    build,
    digest,
    good,
    info,
    line,
    sealed,
    without,
)
from tests.submitted import held_bag, ingest, offered

REFUSED = 4
MUSEUM: dict[str, Any] = {
    "BagIt-Profile-Info": {
        "BagIt-Profile-Identifier": "https://museum.example/profile.json",
        "BagIt-Profile-Version": "1.4.0",
        "Source-Organization": "The Museum",
        "External-Description": "What the museum takes.",
        "Version": "1.0",
    },
    "Bag-Info": {"Contact-Email": {"required": True}},
    "Manifests-Required": [],
    "Allow-Fetch.txt": False,
    "Serialization": "optional",
    "Accept-Serialization": ["application/zip"],
    "Accept-BagIt-Version": ["1.0"],
}


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """A new archive."""
    return make_archive(tmp_path, monkeypatch)


def bags(archive: MadeArchive) -> list[Path]:
    """All bags of the archive."""
    return list(archive.root.glob("bags/*/*"))


def test_a_valid_bag_becomes_one_document_with_its_payload(archive: MadeArchive) -> None:
    told = ingest(archive, offered(archive, sealed(good())))
    assert (told.code, told.verdicts, told.ingested) == (0, {"transfer/": "valid"}, ["transfer/"])
    payload = held_bag(archive) / "data"
    assert {str(path.relative_to(payload)): path.read_bytes() for path in payload.rglob("*.txt")} == {
        "letter.txt": LETTER,
        "plates/1.txt": b"one\n",
    }


def test_every_other_file_of_the_bag_is_kept_below_metadata_submission_and_vouched_for(
    archive: MadeArchive,
) -> None:
    bag = sealed(good(tags={"bag-info.txt": b"Contact-Name: Ana\n", "notes/a.bin": b"\xff\0"}))
    ingest(archive, offered(archive, bag))
    made = held_bag(archive)
    kept = made / "metadata" / "submission"
    names = {"tagmanifest_sha512.txt": "tagmanifest-sha512.txt"}
    assert {
        names.get(path.name, str(path.relative_to(kept))): path.read_bytes()
        for path in kept.rglob("*")
        if path.is_file()
    } == {path: content for path, content in bag.items() if not path.startswith("data/")}
    listed = (made / "tagmanifest-sha512.txt").read_text()
    assert all(f"metadata/submission/{path.relative_to(kept)}" in listed for path in kept.rglob("*.*"))
    bagit.Bag(str(made)).validate()


def test_the_digests_of_its_manifests_are_the_depositors(archive: MadeArchive) -> None:
    ingest(archive, offered(archive, good(algorithms=("md5", "sha256"))), received_from="Mill Office")
    premis = read_premis((held_bag(archive) / "metadata" / "premis.xml").read_bytes())
    letter = next(file for file in premis.files if file.original == "data/letter.txt")
    assert {(name, value) for name, value, who in letter.digests if who == "Mill Office"} == {
        ("MD5", digest(LETTER, "md5")),
        ("SHA-256", digest(LETTER, "sha256")),
    }


def test_premis_says_that_the_bag_was_validated(archive: MadeArchive) -> None:
    ingest(archive, offered(archive, good(version="0.97", algorithms=("md5",))))
    premis = read_premis((held_bag(archive) / "metadata" / "premis.xml").read_bytes())
    said = [(event.outcome, event.details) for event in premis.events if "RFC 8493" in "".join(event.details)]
    assert said == [("warning", ("the bag in which the document came, BagIt 0.97, against RFC 8493",))]


def test_the_runs_manifest_names_the_bag_and_its_manifests(archive: MadeArchive) -> None:
    bag = sealed(good())
    ingest(archive, offered(archive, bag))
    (path,) = archive.root.glob("runs/*.json")
    manifest = json.loads(path.read_bytes())
    assert explain("run-manifest", manifest) == []
    (row,) = manifest["bags"]
    kept = {"manifest-sha512.txt": "manifest-sha512.txt", "tagmanifest_sha512.txt": "tagmanifest-sha512.txt"}
    assert row["source"] == "transfer/"
    assert row["submission"] == [
        {"path": f"metadata/submission/{stored}", "sha512": digest(bytes(bag[original]))}  # type: ignore[arg-type]
        for stored, original in kept.items()
    ]


def test_a_lost_run_manifest_is_written_again_with_its_bags(archive: MadeArchive) -> None:
    ingest(archive, offered(archive, sealed(good())))
    (path,) = archive.root.glob("runs/*.json")
    before = path.read_bytes()
    path.unlink()
    archive.rebuild()
    assert path.read_bytes() == before


def test_the_same_bag_again_is_held(archive: MadeArchive) -> None:
    source = offered(archive, sealed(good()))
    ingest(archive, source)
    told = ingest(archive, source)
    assert (told.code, told.ingested, told.held) == (0, [], ["transfer/"])


def test_a_warning_about_a_bag_is_said_and_refuses_nothing(archive: MadeArchive) -> None:
    told = ingest(archive, offered(archive, good(algorithms=("md5",))))
    assert (told.code, told.ingested) == (0, ["transfer/"])
    assert "BAG-ALGORITHM-WEAK" in told.codes
    assert "sha512" in {path.name[9:15] for path in held_bag(archive).glob("manifest-*.txt")}


REFUSALS: dict[str, tuple[Callable[[], Bag], str, str]] = {
    "altered": (lambda: good() | {"data/letter.txt": b"other"}, "invalid", "BAG-FILE-ALTERED"),
    "unlisted": (lambda: good() | {"data/more": b"m"}, "invalid", "BAG-FILE-UNLISTED"),
    "missing": (lambda: without(good(), "data/letter.txt"), "incomplete", "BAG-FILE-MISSING"),
    "unknown algorithm": (
        lambda: good() | {"tagmanifest-crc32.txt": b"00000000  bagit.txt\n00000000  manifest-sha512.txt\n"},
        "unverifiable",
        "BAG-ALGORITHM-UNKNOWN",
    ),
    "link in the payload": (lambda: good() | {"data/l": Link("letter.txt")}, "invalid", "BAG-FILE-LINK"),
    "pipe in the payload": (lambda: good() | {"data/p": Fifo()}, "invalid", "BAG-FILE-SPECIAL"),
    "pipe for a declaration": (
        lambda: good() | {"bagit.txt": Fifo()},
        "invalid",
        "BAG-DECLARATION-MISSING",
    ),
    "path out of the bag": (
        lambda: good() | {"manifest-sha512.txt": line("../first.txt", b"x")},
        "invalid",
        "BAG-PATH-TRAVERSAL",
    ),
    "damaged declaration": (lambda: good() | {"bagit.txt": b"torn"}, "invalid", "BAG-DECLARATION-SYNTAX"),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_a_bag_that_is_not_valid_is_refused_with_its_findings_and_nothing_is_held(
    archive: MadeArchive, why: str
) -> None:
    bag, verdict, code = REFUSALS[why]
    told = ingest(archive, offered(archive, bag()))
    assert (told.code, told.verdicts, told.ingested) == (REFUSED, {"transfer/": verdict}, [])
    assert {code, "SRC-BAG-REFUSED"} <= told.errors
    assert bags(archive) == []


def test_a_registered_profile_that_the_bag_names_is_asked(
    archive: MadeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home := tmp_path / "profiles").mkdir()
    monkeypatch.setenv("ARCHIVE_PROFILE_DIR", str(home))
    (home / "museum.json").write_text(json.dumps(MUSEUM))
    named = f"BagIt-Profile-Identifier: {MUSEUM['BagIt-Profile-Info']['BagIt-Profile-Identifier']}\n"

    told = ingest(archive, offered(archive, sealed(good(tags={"bag-info.txt": named.encode()}))))

    assert told.code == REFUSED
    assert "PRO-TAG-REQUIRED" in told.codes
    assert bags(archive) == []


def test_with_continue_the_valid_bag_is_taken_and_the_other_reported(archive: MadeArchive) -> None:
    from archive.services.ingest.request import OnError

    whole = offered(archive, good(), "whole")
    torn = offered(archive, good() | {"data/letter.txt": b"other"}, "torn")
    told = ingest(archive, torn, whole, on_error=OnError.CONTINUE)
    assert (told.code, told.ingested) == (REFUSED, ["whole/"])
    assert "torn/data/letter.txt" in told.places


CHANGES: dict[str, Callable[[Path], None]] = {
    "payload altered": lambda bag: _write(bag / "data" / "letter.txt", b"other bytes\n"),
    "payload added": lambda bag: _write(bag / "data" / "more.txt", b"more\n"),
    "payload removed": lambda bag: (bag / "data" / "letter.txt").unlink(),
    "manifest emptied": lambda bag: _write(bag / "manifest-sha512.txt", b""),
    "tag file altered": lambda bag: _write(bag / "bag-info.txt", b"Contact-Name: Bob\n"),
    "payload a link": lambda bag: _link(bag / "data" / "letter.txt"),
}


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("plates/1.txt")


@pytest.mark.parametrize("change", CHANGES)
def test_a_bag_that_changes_after_it_was_judged_is_refused(
    archive: MadeArchive, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    source = offered(archive, sealed(info("Contact-Name: Ana")))
    judgement = submitted_bags._judgement

    def judged_then_changed(*arguments: Any) -> Any:
        report = judgement(*arguments)
        CHANGES[change](source)
        return report

    monkeypatch.setattr(submitted_bags, "_judgement", judged_then_changed)
    told = ingest(archive, source)
    assert (told.code, told.verdicts) == (REFUSED, {"transfer/": "valid"})
    assert told.errors
    assert bags(archive) == []


@pytest.mark.parametrize("name", ["data/letter.txt", "bag-info.txt"])
def test_a_bag_that_changes_before_it_is_stored_is_refused(
    archive: MadeArchive, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    source = offered(archive, info("Contact-Name: Ana"))
    attach = submitted_bags.SubmittedBags.attach_digests

    def attached_then_changed(self: submitted_bags.SubmittedBags, files: Any) -> None:
        attach(self, files)
        content = (source / name).read_bytes()
        (source / name).write_bytes(content.swapcase())

    monkeypatch.setattr(submitted_bags.SubmittedBags, "attach_digests", attached_then_changed)
    told = ingest(archive, source)
    assert (told.code, told.errors) == (REFUSED, {"SUM-MISMATCH"})
    assert set(told.places_of("SUM-MISMATCH")) == {f"transfer/{name}"}
    assert bags(archive) == []


def test_a_bag_without_a_description_is_refused(archive: MadeArchive) -> None:
    told = ingest(archive, offered(archive, good()), describe_later=False)
    assert (told.code, told.errors) == (REFUSED, {"PAIR-UNDESCRIBED"})


def test_a_sidecar_beside_the_folder_describes_the_bag(archive: MadeArchive) -> None:
    source = offered(archive, good())
    (archive.folder / "transfer.dc.json").write_text('{"title": "Letters of the mill"}')
    assert ingest(archive, source, describe_later=False).code == 0
    kept = json.loads((held_bag(archive) / "metadata" / "dublin-core.json").read_bytes())
    assert "Letters of the mill" in json.dumps(kept)


@pytest.mark.parametrize("name", ["transfer", "transfer/", ""])
def test_a_row_that_names_the_folder_or_nothing_describes_the_bag(archive: MadeArchive, name: str) -> None:
    source = offered(archive, good())
    table = archive.folder / "table.json"
    table.write_text(json.dumps({"title": "Letters", **({"filename": name} if name else {})}))
    told = ingest(archive, source, describe_later=False, metadata=str(table))
    assert (told.code, told.ingested) == (0, ["transfer/"])


def test_a_row_that_names_a_file_inside_the_bag_is_an_error(archive: MadeArchive) -> None:
    table = archive.folder / "table.json"
    table.write_text(json.dumps({"title": "A letter", "filename": "data/letter.txt"}))
    told = ingest(archive, offered(archive, good()), metadata=str(table))
    assert told.code == REFUSED
    assert "PAIR-IN-BAG" in told.errors


def test_nothing_of_bag_info_becomes_the_description(archive: MadeArchive) -> None:
    ingest(archive, offered(archive, info("Title: Forged", "External-Description: Forged too")))
    assert b"Forged" not in (held_bag(archive) / "metadata" / "dublin-core.json").read_bytes()


def test_a_bag_of_an_archive_can_be_ingested_by_another(
    archive: MadeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(archive, offered(archive, sealed(good())))
    first = held_bag(archive)
    (tmp_path / "second").mkdir()
    second = make_archive(tmp_path / "second", monkeypatch)
    told = ingest(second, first)
    assert (told.code, told.ingested) == (0, [f"{first.name}/"])
    bagit.Bag(str(held_bag(second))).validate()


def test_nothing_in_a_bag_counts_as_litter(archive: MadeArchive) -> None:
    ingest(archive, offered(archive, good({"data/.DS_Store": b"x", "data/__MACOSX/y": b"y"})))
    payload = held_bag(archive) / "data"
    assert sorted(path.name for path in payload.rglob("*") if path.is_file()) == [".DS_Store", "y"]


def test_an_empty_folder_in_a_bag_is_not_left_out_without_a_word(archive: MadeArchive) -> None:
    bag = offered(archive, good())
    (bag / "data/hollow").mkdir()
    told = ingest(archive, bag)
    assert (told.ingested, told.left_out) == (["transfer/"], ["transfer/data/hollow"])


def test_a_document_called_bagit_txt_makes_no_bag(archive: MadeArchive) -> None:
    source = archive.folder / "letters"
    source.mkdir()
    (source / "bagit.txt").write_bytes(b"My notes on BagIt\n")
    told = ingest(archive, source)
    assert (told.code, told.ingested, told.verdicts) == (0, ["bagit.txt"], {})


def test_a_bag_inside_a_folder_is_warned_of_and_its_files_are_taken_one_by_one(archive: MadeArchive) -> None:
    build(good(), archive.folder / "shelf" / "transfer")
    told = ingest(archive, archive.folder / "shelf")
    assert (told.code, told.verdicts) == (0, {})
    assert "SRC-BAG-INSIDE" in told.codes
    assert "transfer/data/letter.txt" in told.ingested


def test_without_its_declaration_a_bag_is_a_folder_of_documents(archive: MadeArchive) -> None:
    told = ingest(archive, offered(archive, good()), exclude=("bagit.txt",))
    assert (told.code, told.verdicts) == (0, {})
    assert sorted(told.ingested) == ["data/letter.txt", "data/plates/1.txt"]
    assert told.places_of("SRC-BAG-APART") == ["transfer/"]


@pytest.mark.parametrize("pattern", ["*.txt", "bagit.*", "*", "?agit.txt"])
def test_a_pattern_that_happens_to_cover_the_declaration_does_not_keep_a_bag_from_being_judged(
    archive: MadeArchive, pattern: str
) -> None:
    bad = good() | {"data/letter.txt": b"not as the manifest has it"}
    told = ingest(archive, offered(archive, bad), exclude=(pattern,))
    assert (told.code, told.verdicts, told.ingested) == (4, {"transfer/": "invalid"}, [])
    assert "SRC-EXCLUDES-NOTHING" in told.codes


def test_a_name_in_another_unicode_form_than_listed_is_matched(archive: MadeArchive) -> None:
    listed, there = "data/Gr\u00fc\u00dfe.txt", "data/Gru\u0308\u00dfe.txt"
    bag = good({there: LETTER}) | {"manifest-sha512.txt": line(listed, LETTER)}
    told = ingest(archive, offered(archive, bag))
    assert (told.code, told.ingested) == (0, ["transfer/"])


def test_a_name_in_another_unicode_form_is_matched_beside_a_bag_that_spells_it_as_listed(
    archive: MadeArchive,
) -> None:
    listed, there = "data/caf\u00e9.txt", "data/cafe\u0301.txt"
    manifest = {"manifest-sha512.txt": line(listed, LETTER)}
    first = offered(archive, without(good({listed: LETTER}), "tagmanifest-sha512.txt"), "first")
    bag = without(good({there: LETTER}), "tagmanifest-sha512.txt") | manifest
    told = ingest(archive, first, offered(archive, bag, "second"))
    assert (told.code, told.errors, len(told.ingested)) == (0, set(), 2)


def test_the_sources_are_only_read(archive: MadeArchive) -> None:
    source = offered(archive, sealed(good()))
    before = {path: (path.lstat().st_mtime_ns, path.lstat().st_mode) for path in source.rglob("*")}
    ingest(archive, source)
    assert {path: (path.lstat().st_mtime_ns, path.lstat().st_mode) for path in source.rglob("*")} == before
