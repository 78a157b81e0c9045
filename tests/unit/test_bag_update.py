"""`archive bag update`: verified first, changed together, payload never touched."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from archive.core.bagit.verdicts import BagVerdict
from archive.core.exit_codes import UNREADABLE
from tests.crash.checks import snapshot
from tests.plain_bags import TEXTS, call, folder, judged, new_bag, old_bag, require_valid


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """A bag of ours: see `new_bag`."""
    return new_bag(tmp_path)


def changes(report: Any) -> dict[str, str]:
    return {one["file"]: one["change"] for one in report["changes"]}


def test_a_digest_is_added_and_another_removed_in_one_go(bag: Path) -> None:
    payload = snapshot(bag / "data")
    ended = call("bag", "update", bag, "--add-algorithm", "sha3-256", "--remove-algorithm", "sha512")
    assert ended.code == 0
    assert changes(ended.report) == {
        "manifest-sha3256.txt": "added",
        "manifest-sha512.txt": "removed",
        "tagmanifest-sha3256.txt": "added",
        "tagmanifest-sha512.txt": "removed",
    }
    assert judged(bag).verdict is BagVerdict.VALID
    assert snapshot(bag / "data") == payload


def test_an_added_manifest_has_the_digests_of_every_file(bag: Path) -> None:
    call("bag", "update", bag, "--add-algorithm", "md5")
    expected = {f"{hashlib.md5(content).hexdigest()}  data/{name}" for name, content in TEXTS.items()}  # noqa: S324
    assert set((bag / "manifest-md5.txt").read_text().splitlines()) == expected
    require_valid(bag)


def test_the_last_manifest_is_never_removed(bag: Path) -> None:
    before = snapshot(bag)
    ended = call("bag", "update", bag, "--remove-algorithm", "sha512")
    assert (ended.code, "one at least" in ended.report["message"]) == (2, True)
    assert snapshot(bag) == before


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("data/a.txt", "BAG-FILE-ALTERED"),
        ("bag-info.txt", "BAG-FILE-ALTERED"),
        ("manifest-sha512.txt", "BAG-FILE-ALTERED"),
    ],
)
def test_a_bag_that_is_not_valid_is_never_changed(bag: Path, name: str, code: str) -> None:
    target = bag / name
    target.chmod(0o644)
    content = target.read_bytes()
    target.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    before = snapshot(bag)
    ended = call("bag", "update", bag, "--add-algorithm", "sha256", "--set", "Note: two")
    assert ended.code == 1
    assert code in {finding["code"] for finding in ended.report["findings"]}
    assert snapshot(bag) == before


def test_a_bag_with_missing_files_is_never_changed(bag: Path) -> None:
    (bag / "data/a.txt").unlink()
    before = snapshot(bag)
    assert call("bag", "update", bag, "--set", "Note: two").code == 1
    assert snapshot(bag) == before


def test_a_bag_that_cannot_be_verified_is_never_changed(bag: Path) -> None:
    (bag / "manifest-what.txt").write_text("00  data/a.txt\n")
    before = snapshot(bag)
    assert call("bag", "update", bag, "--set", "Note: two").code in {1, 3}
    assert snapshot(bag) == before


def test_tags_are_edited_and_every_other_byte_is_kept(bag: Path) -> None:
    before = (bag / "bag-info.txt").read_bytes()
    ended = call("bag", "update", bag, "--set", "Note: two", "--add", "X: y", "--remove", "Bag-Size")
    assert ended.code == 0
    after = before.replace(b"Note: one", b"Note: two").replace(b"Bag-Size: 17 B\n", b"") + b"X: y\n"
    assert (bag / "bag-info.txt").read_bytes() == after
    assert changes(ended.report) == {"bag-info.txt": "replaced", "tagmanifest-sha512.txt": "replaced"}
    require_valid(bag)


def test_what_is_so_already_changes_nothing(bag: Path) -> None:
    before = snapshot(bag)
    ended = call(
        "bag", "update", bag, "--set", "Note: one", "--add-algorithm", "sha512", "--to-version", "1.0"
    )
    assert (ended.code, ended.report["changes"]) == (0, [])
    assert [one["code"] for one in ended.report["findings"]] == ["BAGGING-UNCHANGED"]
    assert snapshot(bag) == before


def test_a_dry_run_says_the_same_and_writes_nothing(bag: Path) -> None:
    before = snapshot(bag)
    asked = ("--add-algorithm", "md5", "--set", "Note: two")
    dry = call("bag", "update", bag, *asked, "--dry-run")
    assert snapshot(bag) == before
    assert dry.report["changes"] == call("bag", "update", bag, *asked).report["changes"]


def test_a_file_no_tag_manifest_vouched_for_is_not_vouched_for_now(bag: Path) -> None:
    (bag / "stray.txt").write_text("whose?")
    assert call("bag", "update", bag, "--set", "Note: two").code == 0
    assert "stray.txt" not in (bag / "tagmanifest-sha512.txt").read_text()


def test_a_tag_file_listed_in_another_unicode_form_stays_vouched_for(tmp_path: Path) -> None:
    bag = old_bag(tmp_path / "bag")
    (bag / "re\u0301sume\u0301.txt").write_text("x")
    with open(bag / "tagmanifest-md5.txt", "a", encoding="utf-8") as manifest:
        manifest.write(f"{hashlib.md5(b'x').hexdigest()}  r\xe9sum\xe9.txt\n")  # noqa: S324
    assert call("bag", "update", bag, "--set", "Note: x").code == 0
    assert "re\u0301sume\u0301.txt" in (bag / "tagmanifest-md5.txt").read_text("utf-8")
    assert judged(bag).verdict is BagVerdict.VALID


def test_a_tag_file_that_cannot_be_read_is_not_left_out_of_a_first_tag_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = old_bag(tmp_path / "bag", tagged=False)
    (bag / "extra.txt").write_text("x")
    before = snapshot(bag)
    real = os.open

    def refusing(path: str, *arguments: Any, **options: Any) -> int:
        if str(path).endswith("extra.txt"):
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refusing)
    assert call("bag", "update", bag, "--add-algorithm", "sha256", "--jobs", "1").code == 3
    monkeypatch.undo()
    assert snapshot(bag) == before


UNLISTABLE = pytest.mark.parametrize("name", [" x", "\tx", "~x", "C:x", "\\\\x"])


@UNLISTABLE
def test_a_file_that_no_first_tag_manifest_can_list_is_named_and_nothing_changes(
    bag: Path, name: str
) -> None:
    (bag / "tagmanifest-sha512.txt").unlink()
    (bag / name).write_text("odd\n")
    before = snapshot(bag)
    ended = call("bag", "update", bag, "--add-algorithm", "md5")
    assert (ended.code, repr(name) in ended.report["message"]) == (2, True)
    assert snapshot(bag) == before


def test_before_1_0_no_tag_manifest_lists_a_name_with_a_line_end(tmp_path: Path) -> None:
    bag = old_bag(tmp_path / "bag", tagged=False)
    (bag / "a\nb").write_text("odd\n")
    before = snapshot(bag)
    assert call("bag", "update", bag, "--add-algorithm", "sha256").code == 2
    assert snapshot(bag) == before
    assert call("bag", "update", bag, "--to-version", "1.0").code == 0
    require_valid(bag)


def test_a_file_listed_by_the_star_of_md5sum_alone_is_not_dropped_from_the_list(bag: Path) -> None:
    """Behind two spaces, as we write, the white space of its name would be lost."""
    (bag / " x").write_text("odd\n")
    digest = hashlib.sha512(b"odd\n").hexdigest()
    with (bag / "tagmanifest-sha512.txt").open("a") as lines:
        lines.write(f"{digest} * x\n")
    assert judged(bag).verdict is BagVerdict.VALID
    before = snapshot(bag)
    assert call("bag", "update", bag, "--set", "Note: two").code == 2
    assert snapshot(bag) == before


def test_modes_of_replaced_files_are_kept(bag: Path) -> None:
    (bag / "bag-info.txt").chmod(0o640)
    call("bag", "update", bag, "--set", "Note: two")
    assert (bag / "bag-info.txt").stat().st_mode & 0o777 == 0o640


def test_payload_oxum_is_stated_where_it_was_not(tmp_path: Path) -> None:
    bag = old_bag(tmp_path / "bag", version="1.0", tags="A: 1\n")
    assert call("bag", "update", bag, "--payload-oxum").code == 0
    assert (bag / "bag-info.txt").read_text() == "A: 1\nPayload-Oxum: 17.4\n"
    require_valid(bag)


def test_tags_are_added_to_a_bag_that_has_none(tmp_path: Path) -> None:
    bag = old_bag(tmp_path / "bag", version="1.0", tags=None)
    assert changes(call("bag", "update", bag, "--add", "A: 1").report)["bag-info.txt"] == "added"
    require_valid(bag)


# -- 0.9x to 1.0 -------------------------------------------------------------------------------------------


def test_an_old_bag_becomes_one_of_1_0(tmp_path: Path) -> None:
    payload = {"100%.txt": b"1", "%0A": b"2", "a.txt": b"3"}
    bag = old_bag(tmp_path / "bag", version="0.97", payload=payload, tags="Tag    :   5\nNote:x\n y\n")
    before = snapshot(bag / "data")
    ended = call("bag", "update", bag, "--to-version", "1.0")
    assert (ended.code, ended.report["bagit_version"]) == (0, {"before": "0.97", "after": "1.0"})
    assert (bag / "bag-info.txt").read_text() == "Tag: 5\nNote: x\n y\n"
    assert "data/100%25.txt" in (bag / "manifest-md5.txt").read_text()
    assert "data/%250A" in (bag / "manifest-md5.txt").read_text()
    report = judged(bag)
    assert (report.verdict, str(report.version)) == (BagVerdict.VALID, "1.0")
    assert snapshot(bag / "data") == before


def test_package_info_becomes_bag_info(tmp_path: Path) -> None:
    bag = old_bag(tmp_path / "bag", version="0.95", tags="Package-Size : 1\n")
    ended = call("bag", "update", bag, "--to-version", "1.0", "--add", "Note: x")
    assert changes(ended.report)["package-info.txt"] == "removed"
    assert (bag / "bag-info.txt").read_text() == "Package-Size: 1\nNote: x\n"
    require_valid(bag)


def test_package_info_does_not_take_the_place_of_another_bag_info(tmp_path: Path) -> None:
    bag = old_bag(tmp_path / "bag", version="0.95", tagged=False)
    (bag / "bag-info.txt").write_text("mine\n")
    before = snapshot(bag)
    assert call("bag", "update", bag, "--to-version", "1.0").code == 6
    assert snapshot(bag) == before


def test_a_bag_info_that_meant_nothing_does_not_become_the_bag_s_own(tmp_path: Path) -> None:
    """In 0.95 the file of tags has another name; under 1.0 this one would make the bag invalid."""
    bag = old_bag(tmp_path / "bag", version="0.95", tags=None, tagged=False)
    (bag / "bag-info.txt").write_text("mine : own\nPayload-Oxum: 1.1\n")
    before = snapshot(bag)
    assert call("bag", "update", bag, "--to-version", "1.0").code == 6
    assert snapshot(bag) == before


def test_what_a_tag_manifest_of_a_draft_lists_of_the_payload_stays_listed(tmp_path: Path) -> None:
    bag = old_bag(tmp_path / "bag")
    digest = hashlib.sha512(TEXTS["a.txt"]).hexdigest()
    vouching = [
        f"{hashlib.sha512(one.read_bytes()).hexdigest()}  {one.name}" for one in bag.glob("[bm]*.txt")
    ]
    (bag / "tagmanifest-sha512.txt").write_text("\n".join([*vouching, f"{digest}  data/a.txt", ""]))
    assert call("bag", "update", bag, "--set", "Note: x").code == 0
    lines = (bag / "tagmanifest-sha512.txt").read_text().splitlines()
    assert f"{digest}  data/a.txt" in lines
    assert judged(bag).verdict is BagVerdict.VALID


def test_a_file_in_a_folder_named_like_a_tag_manifest_stays_listed(tmp_path: Path) -> None:
    bag = old_bag(tmp_path / "bag")
    (bag / "tagmanifest-old").mkdir()
    (bag / "tagmanifest-old/notes.txt").write_text("x")
    line = f"{hashlib.md5(b'x').hexdigest()}  tagmanifest-old/notes.txt"  # noqa: S324
    with (bag / "tagmanifest-md5.txt").open("a") as manifest:
        manifest.write(f"{line}\n")
    assert call("bag", "update", bag, "--set", "Note: x").code == 0
    assert line in (bag / "tagmanifest-md5.txt").read_text().splitlines()


@pytest.mark.parametrize(("label", "codec"), [("UTF-16", "utf-16"), ("ISO-8859-1", "iso8859-1")])
def test_tag_files_of_another_encoding_become_utf_8(tmp_path: Path, label: str, codec: str) -> None:
    bag = old_bag(tmp_path / "bag", encoding=label, codec=codec, payload={"ü.txt": b"1"}, tags="Né : ü\n")
    assert judged(bag).verdict is BagVerdict.VALID
    assert call("bag", "update", bag, "--to-version", "1.0").code == 0
    assert (bag / "bag-info.txt").read_text() == "Né: ü\n"
    assert "data/ü.txt" in (bag / "manifest-md5.txt").read_text()
    require_valid(bag)


@pytest.mark.parametrize(("label", "codec"), [("UTF-16", "utf-16"), ("ISO-8859-1", "iso8859-1")])
def test_new_manifests_are_in_the_encoding_that_the_bag_declares(
    tmp_path: Path, label: str, codec: str
) -> None:
    bag = old_bag(tmp_path / "bag", encoding=label, codec=codec, payload={"ü.txt": b"1"})
    assert call("bag", "update", bag, "--add-algorithm", "sha256", "--set", "Note: é").code == 0
    assert (bag / "manifest-sha256.txt").read_bytes().decode(codec).endswith("  data/ü.txt\n")
    require_valid(bag)


def test_a_manifest_that_listed_only_some_files_lists_all_from_1_0_on(tmp_path: Path) -> None:
    bag = old_bag(tmp_path / "bag", algorithms=("md5", "sha1"), tagged=False)
    md5, sha1 = bag / "manifest-md5.txt", bag / "manifest-sha1.txt"
    md5.write_text("".join(md5.read_text().splitlines(keepends=True)[:2]))
    sha1.write_text("".join(sha1.read_text().splitlines(keepends=True)[2:]))
    assert judged(bag).verdict is BagVerdict.VALID
    assert call("bag", "update", bag, "--to-version", "1.0").code == 0
    assert [len(one.read_text().splitlines()) for one in (md5, sha1)] == [4, 4]
    require_valid(bag)


def test_fetch_txt_is_brought_to_1_0_too(tmp_path: Path) -> None:
    bag = old_bag(tmp_path / "bag", payload={"100%": b"1"}, tagged=False)
    (bag / "fetch.txt").write_text("http://example.org/x\t1   data/100%\n")
    assert call("bag", "update", bag, "--to-version", "1.0").code == 0
    assert (bag / "fetch.txt").read_text() == "http://example.org/x 1 data/100%25\n"
    assert judged(bag).verdict is BagVerdict.VALID


def test_a_tag_manifest_with_an_odd_name_is_replaced_by_one_with_a_plain_name(tmp_path: Path) -> None:
    bag = old_bag(tmp_path / "bag")
    (bag / "tagmanifest-md5.txt").rename(bag / "tagmanifest-MD5.txt")
    assert call("bag", "update", bag, "--set", "Note: x").code == 0
    assert {name for name in os.listdir(bag) if name.startswith("tag")} == {"tagmanifest-md5.txt"}
    require_valid(bag)


# -- wrong use ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--remove", "No-Such"],
        ["--remove", "A: b"],
        ["--set", "Payload-Oxum: 1.1"],
        ["--set", "no colon"],
        ["--add-algorithm", "md5", "--remove-algorithm", "md5"],
        ["--to-version", "0.97"],
    ],
    ids=" ".join,
)
def test_wrong_use_changes_nothing(bag: Path, arguments: list[str]) -> None:
    before = snapshot(bag)
    assert call("bag", "update", bag, *arguments).code == 2
    assert snapshot(bag) == before


def test_what_is_no_bag_is_wrong_use(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path, folder(tmp_path / "source") / "a.txt"):
        assert call("bag", "update", path, "--set", "A: 1").code == 2


def test_a_held_bag_is_never_updated(bag: Path, tmp_path: Path) -> None:
    held = tmp_path / "bags/0f/01a1fc31-b30d-7004-be91-df14518aa60f"
    held.parent.mkdir(parents=True)
    bag.rename(held)
    before = snapshot(held)
    for name in ("", "archive.toml"):
        if name:
            (tmp_path / name).touch()
        ended = call("bag", "update", held, "--set", "Note: two")
        assert (ended.code, "archive describe" in ended.report["remedy"]) == (2, True)
    assert snapshot(held) == before


# -- interrupted -------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_looked_into_is_not_called_no_bag(
    bag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = os.lstat

    def refuse(path: Any, **named: Any) -> os.stat_result:
        if str(path).endswith("bagit.txt"):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path, **named)

    monkeypatch.setattr(os, "lstat", refuse)
    ended = call("bag", "update", bag, "--add-algorithm", "md5")
    assert ended.code == UNREADABLE
    assert "Permission denied" in ended.report["message"]
