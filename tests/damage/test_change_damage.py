"""Damage to what later events wrote is found and named; what a writer has not finished is no damage."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.core.exit_codes import CONFLICT
from archive.services.catalog.index_reading import reading_index
from archive.storage.ledger.files import LedgerFiles
from tests.archives import overwrite
from tests.changes import Changing

TAG_MANIFEST = "tagmanifest-sha512.txt"
REVISION = "metadata/revisions/0002"


def revised(changing: Changing) -> Path:
    """A bag with two later descriptions."""
    for title in ("Second", "Third"):
        changing("describe", changing.reference("a.txt"), "--set", f"title={title}")
    return changing.bag("a.txt")


@pytest.mark.parametrize(
    "name", ["dublin-core.json", "dublin-core.xml", "premis.xml", "previous-tag-manifest.txt"]
)
def test_an_altered_file_of_a_revision_is_named(changing: Changing, name: str) -> None:
    path = revised(changing) / REVISION / name
    overwrite(path, path.read_bytes() + b" ")
    assert changing.audit(1) == [("FIX-ALTERED", f"{REVISION}/{name}")]


def test_a_missing_file_of_a_revision_is_named(changing: Changing) -> None:
    (revised(changing) / REVISION / "premis.xml").unlink()
    assert changing.audit(1) == [("FIX-MISSING", f"{REVISION}/premis.xml")]


def test_the_tag_manifest_of_an_earlier_revision_put_back_is_found(changing: Changing) -> None:
    bag = revised(changing)
    overwrite(bag / TAG_MANIFEST, (bag / "metadata/revisions/0003/previous-tag-manifest.txt").read_bytes())
    found = changing.audit(1)
    assert ("FIX-TAGMANIFEST", TAG_MANIFEST) in found


def test_a_withdrawn_bag_that_is_back_is_found(changing: Changing) -> None:
    row, bag = changing.row("a.txt"), changing.bag("a.txt")
    shutil.copytree(bag, changing.made.folder / "copy")
    changing("withdraw", row.bag, "--reason", "x")
    shutil.copytree(changing.made.folder / "copy", bag)
    assert changing.audit(1) == [("BAG-WITHDRAWN", f"bags/{row.bag[-2:]}/{row.bag}")]


@pytest.mark.parametrize("what", ["beside the one in quarantine", "not in quarantine", "disposed of"])
def test_a_bag_that_is_back_is_told_as_what_it_is_with_what_to_do(changing: Changing, what: str) -> None:
    row, bag = changing.row("a.txt"), changing.bag("a.txt")
    aside = changing.root / f"quarantine/withdrawn/{row.bag[-2:]}/{row.bag}"
    shutil.copytree(bag, changing.made.folder / "copy")
    changing("withdraw", row.bag, "--reason", "x")
    if what == "disposed of":
        changing("dispose", row.bag, "--authority", "x", "--yes")
    if what == "not in quarantine":
        bag.parent.mkdir(exist_ok=True)
        aside.chmod(0o755)
        aside.rename(bag)
    else:
        shutil.copytree(changing.made.folder / "copy", bag)
    report = changing("audit", "--read-only", code=1)
    (found,) = [one for one in report["findings"] if one["code"] == "BAG-WITHDRAWN"]
    assert what in found["message"]
    assert ("was withdrawn" in found["message"]) == (what != "disposed of")
    assert found["remedy"].startswith("find out who put it there, and ")
    if what == "not in quarantine":
        bag.rename(aside)
    else:
        shutil.move(bag, changing.made.folder / "moved out")
    assert changing.audit() == []


@pytest.mark.parametrize("kept", [True, False], ids=["beside quarantine", "in its stead"])
def test_no_disposal_is_signed_while_the_bag_lies_among_the_held_ones(changing: Changing, kept: bool) -> None:
    row, bag = changing.row("a.txt"), changing.bag("a.txt")
    aside = changing.root / f"quarantine/withdrawn/{row.bag[-2:]}/{row.bag}"
    shutil.copytree(bag, changing.made.folder / "copy")
    changing("withdraw", row.bag, "--reason", "x")
    if kept:
        shutil.copytree(changing.made.folder / "copy", bag)
    else:
        bag.parent.mkdir(exist_ok=True)
        aside.chmod(0o755)
        aside.rename(bag)
    dispose = ("dispose", row.bag, "--authority", "x", "--yes")
    refused = changing(*dispose, code=CONFLICT)
    assert refused["message"].startswith(f"bags/{row.bag[-2:]}/{row.bag}: ")
    assert changing.row("a.txt").state == "withdrawn"
    if kept:
        assert "destroy this one by hand" in refused["remedy"]
        shutil.rmtree(bag)
    else:
        assert str(aside.relative_to(changing.root)) in refused["remedy"]
        bag.rename(aside)
    changing(*dispose)
    assert not list(changing.root.rglob(row.bag))
    changing.require_whole()


@pytest.mark.parametrize("where", ["bags", "quarantine"])
def test_the_bytes_of_a_disposed_document_that_are_back_are_found(changing: Changing, where: str) -> None:
    row, bag = changing.row("a.txt"), changing.bag("a.txt")
    shutil.copytree(bag, changing.made.folder / "copy")
    changing("withdraw", row.bag, "--reason", "x")
    changing("dispose", row.bag, "--authority", "x", "--yes")
    places = {
        "bags": (bag, "BAG-WITHDRAWN"),
        "quarantine": (
            changing.root / f"quarantine/withdrawn/{row.bag[-2:]}/{row.bag}",
            "QUARANTINE-DISPOSED",
        ),
    }
    place, code = places[where]
    shutil.copytree(changing.made.folder / "copy", place)
    assert changing.audit(1) == [(code, str(place.relative_to(changing.root)))]


def _added(bag: Path) -> None:
    (bag / "data").chmod(0o755)
    (bag / "data/more.txt").write_bytes(b"slipped in")


IN_QUARANTINE: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "altered": (lambda bag: overwrite(bag / "data/a.txt", b"two"), "FIX-ALTERED", "/data/a.txt"),
    "gone": (shutil.rmtree, "QUARANTINE-MISSING", ""),
    "added": (_added, "FIX-UNLISTED", "/data/more.txt"),
}


@pytest.mark.parametrize("kind", IN_QUARANTINE)
def test_damage_to_withdrawn_bytes_is_found_and_named(changing: Changing, kind: str) -> None:
    row = changing.row("a.txt")
    changing("withdraw", row.bag, "--reason", "x")
    place = f"quarantine/withdrawn/{row.bag[-2:]}/{row.bag}"
    change, code, inner = IN_QUARANTINE[kind]
    change(changing.root / place)
    assert changing.audit(1) == [(code, place + inner)]
    report = changing("audit", "--read-only", code=1)
    assert {one["remedy"].split(" from ")[0] for one in report["findings"] if one["severity"] == "error"} == {
        "put the bag back by hand"  # archive repair refuses what is not held
    }


@pytest.mark.parametrize("what", ["gone", "link", "file"])
def test_a_quick_look_sees_that_a_withdrawn_bag_is_not_there(changing: Changing, what: str) -> None:
    row = changing.row("a.txt")
    changing("withdraw", row.bag, "--reason", "x")
    place = changing.root / f"quarantine/withdrawn/{row.bag[-2:]}/{row.bag}"
    place.chmod(0o755)
    place.rename(changing.made.folder / "elsewhere")
    if what == "link":
        place.symlink_to(changing.made.folder / "elsewhere")
    elif what == "file":
        place.write_bytes(b"")
    report = changing("audit", "--quick", code=1)
    found = [one["code"] for one in report["findings"] if one["severity"] == "error"]
    assert found == ["QUARANTINE-MISSING"]


def test_what_nobody_set_aside_in_quarantine_is_told(changing: Changing) -> None:
    (changing.root / "quarantine/mine").mkdir()
    assert changing.audit() == [("QUARANTINE-UNKNOWN", "quarantine/mine")]


def test_a_withdrawn_bag_is_evidence_for_a_rebuilt_catalog_and_its_loss_is_told(changing: Changing) -> None:
    changing("withdraw", changing.reference("a.txt"), "--reason", "x")
    shutil.rmtree(next(changing.root.glob("quarantine/withdrawn/*/*")))
    assert [one.code for one in changing.made.rebuild().findings] == ["CATALOG-BAG-DOUBTFUL"]


# -- unfinished ----------------------------------------------------------------------------------------------


def uncommitted(changing: Changing, monkeypatch: pytest.MonkeyPatch, *, in_force: bool) -> None:
    """What a describe leaves that was killed before its commit: its revision in the bag, and its intent."""

    def killed(*arguments: object, **options: object) -> None:
        raise SystemExit(137)

    with monkeypatch.context() as patch:
        if in_force:
            patch.setattr(LedgerFiles, "append", killed)
        else:
            patch.setattr("archive.storage.bags.bag_revision.put_in_force", killed)
        with pytest.raises(SystemExit):
            changing("describe", changing.reference("a.txt"), "--set", "title=Uncommitted")
    assert (changing.bag("a.txt") / REVISION).is_dir()


@pytest.mark.parametrize("in_force", [False, True], ids=["folder added", "tag manifest replaced"])
def test_a_revision_of_an_unfinished_command_is_pending_and_everything_reads_as_the_ledger_knows_it(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, *, in_force: bool
) -> None:
    uncommitted(changing, monkeypatch, in_force=in_force)
    report = changing("audit", "--read-only")
    assert report["outcome"] == "intact"
    assert [one["code"] for one in report["findings"]] == ["BAG-REVISION-PENDING"]
    assert changing("audit", "--quick", code=0)["outcome"] == "no-difference-seen"
    reference = changing.reference("a.txt")
    shown = changing("show", reference)
    assert shown["findings"] == []
    assert "Uncommitted" not in json.dumps(shown)
    with reading_index(changing.made.opened) as reading:
        assert reading.findings == ()


@pytest.mark.parametrize("in_force", [False, True], ids=["folder added", "tag manifest replaced"])
def test_damage_beside_an_unfinished_revision_is_found_all_the_same(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, *, in_force: bool
) -> None:
    uncommitted(changing, monkeypatch, in_force=in_force)
    overwrite(changing.bag("a.txt") / "data/a.txt", b"two")
    assert changing.audit(1) == [("FIX-ALTERED", "data/a.txt")]


@pytest.mark.parametrize("in_force", [False, True], ids=["folder added", "tag manifest replaced"])
def test_a_revision_that_neither_ledger_nor_intent_knows_is_found(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, *, in_force: bool
) -> None:
    uncommitted(changing, monkeypatch, in_force=in_force)
    for left in changing.root.glob("staging/0*"):
        shutil.rmtree(left)
    codes = {code for code, _ in changing.audit(1)}
    assert codes == ({"FIX-TAGMANIFEST"} if in_force else {"FIX-UNLISTED"})


def test_an_intent_excuses_no_other_change_of_the_tag_manifest(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    uncommitted(changing, monkeypatch, in_force=True)
    path = changing.bag("a.txt") / TAG_MANIFEST
    lines = path.read_bytes().splitlines(keepends=True)
    overwrite(path, b"".join(line for line in lines if b"premis.xml" not in line))
    assert ("FIX-TAGMANIFEST", TAG_MANIFEST) in changing.audit(1)


def state_of(bag: Path) -> dict[Path, tuple[bytes, int]]:
    """Content and mode of everything in a bag, and of the bag."""
    return {
        path: (path.read_bytes() if path.is_file() else b"", path.stat().st_mode)
        for path in (bag, *bag.rglob("*"))
    }


def leave_writable(bag: Path) -> None:
    """What a writer leaves that is killed between two calls."""
    for path in (bag, bag / "metadata", *(bag / "metadata").rglob("*")):
        if path.is_dir():
            path.chmod(0o755)


@pytest.mark.parametrize("in_force", [False, True], ids=["folder added", "tag manifest replaced"])
def test_the_next_writer_takes_it_back_byte_for_byte(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, *, in_force: bool
) -> None:
    before = state_of(changing.bag("a.txt"))
    uncommitted(changing, monkeypatch, in_force=in_force)
    leave_writable(changing.bag("a.txt"))
    changing("describe", changing.reference("b.txt"), "--set", "title=Bell")
    assert state_of(changing.bag("a.txt")) == before
    changing.require_whole()


def test_the_next_writer_finishes_what_was_committed(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*arguments: object) -> None:
        raise SystemExit(137)

    with monkeypatch.context() as patch:
        patch.setattr("archive.services.writing.Writing.publish", killed)
        with pytest.raises(SystemExit):
            changing("describe", changing.reference("a.txt"), "--set", "title=Committed")
    committed = state_of(changing.bag("a.txt"))
    leave_writable(changing.bag("a.txt"))
    assert changing.row("a.txt").title == "Committed"
    changing("describe", changing.reference("b.txt"), "--set", "title=Bell")
    assert state_of(changing.bag("a.txt")) == committed
    changing.require_whole()


def test_a_withdrawal_that_has_still_to_move_its_bag_is_no_alarm(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = changing.row("a.txt")

    def killed(*arguments: object) -> None:
        raise SystemExit(137)

    with monkeypatch.context() as patch:
        patch.setattr("archive.services.changes.withdrawal.set_aside", killed)
        with pytest.raises(SystemExit):
            changing("withdraw", row.bag, "--reason", "x")
    report = changing("audit", "--read-only")
    assert {one["code"] for one in report["findings"] if one["severity"] == "note"} >= {"BAG-LEAVING"}
    assert [one for one in report["findings"] if one["code"].startswith(("BAG-WITH", "QUAR"))] == []
    changing("describe", changing.reference("b.txt"), "--set", "title=Bell")
    assert changing.row("a.txt").state == "withdrawn"
    changing.require_whole()


@pytest.mark.parametrize("name", ["bags", "ledger", "notes", "runs", "audits", "quarantine"])
def test_a_link_in_place_of_a_whole_folder_is_found_though_every_byte_is_there(
    changing: Changing, name: str
) -> None:
    folder, elsewhere = changing.root / name, changing.made.folder / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    assert ("FIX-LINK", name) in changing.audit(code=1)


def test_an_audit_that_could_not_look_at_the_notes_is_not_fine_though_every_bag_is(
    changing: Changing,
) -> None:
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Known", "--reason", "a letter came")
    (changing.root / "notes").rename(changing.made.folder / "elsewhere")
    os.mkfifo(changing.root / "notes")
    report = changing("audit", "--read-only", code=3)
    assert report["outcome"] == "inconclusive"
    assert "NOTE-UNREADABLE" in [one["code"] for one in report["findings"]]


@pytest.mark.parametrize("which", ["newest", "all"])
def test_a_lost_bundle_accuses_neither_settings_nor_what_an_earlier_key_signed(
    changing: Changing, which: str
) -> None:
    changing("key", "rotate")
    changing("audit")
    bundles = sorted(changing.root.glob("ledger/tile/entries/000.p/*"), key=lambda path: int(path.name))
    for bundle in bundles if which == "all" else bundles[-1:]:
        bundle.unlink()
    report = changing("ledger", "verify", code=5)
    assert {one["code"] for one in report["findings"]} == {"LEDGER-BUNDLE-MISSING"}
