"""`archive bag update` in encodings that have one byte for two characters: what is written reads back."""

from pathlib import Path

import pytest

from archive.core.bagit.manifest import Entry
from archive.core.bagit.tag_lines import TagEditError, edited
from archive.core.bagit.verdicts import BagVerdict
from archive.core.bagit.versions import Version
from archive.core.digests import Algorithm
from archive.services.bagging.manifest_text import manifest_pieces
from tests.crash.checks import snapshot
from tests.plain_bags import call, judged, old_bag

# Python writes these as bytes that are read as another character, or as none.
CHANGED = [
    ("Shift_JIS", "shift_jis", "\u00a5"),
    ("Shift_JIS", "shift_jis", "\u203e"),
    ("EUC-JP", "euc_jp", "\u00a5"),
    ("EUC-JP", "euc_jp", "\u203e"),
    ("windows-31j", "cp932", "\u301c"),
    ("windows-31j", "cp932", "\u2212"),
    ("EUC-KR", "euc_kr", "\u3164"),
    ("ISO-2022-JP", "iso2022_jp", "\x1b"),
]
changed = pytest.mark.parametrize(("label", "codec", "char"), CHANGED)


@changed
def test_a_name_that_would_read_back_as_another_is_refused_and_nothing_changes(
    tmp_path: Path, label: str, codec: str, char: str
) -> None:
    bag = old_bag(tmp_path / "bag", encoding=label, codec=codec, tagged=False)
    (bag / f"n{char}.txt").write_text("x")
    assert judged(bag).verdict is BagVerdict.VALID
    before = snapshot(bag)
    ended = call("bag", "update", bag, "--add-algorithm", "sha256")
    assert ended.code == 2
    assert "cannot write the name of a file" in ended.report["message"]
    assert snapshot(bag) == before


@pytest.mark.parametrize(("label", "codec", "char"), [one for one in CHANGED if one[2] != "\x1b"])
def test_a_value_that_would_read_back_as_another_is_refused_and_nothing_changes(
    tmp_path: Path, label: str, codec: str, char: str
) -> None:
    bag = old_bag(tmp_path / "bag", encoding=label, codec=codec, tagged=False)
    before = snapshot(bag)
    ended = call("bag", "update", bag, "--set", f"Contact-Name: {char}100")
    assert (ended.code, repr(char) in ended.report["message"]) == (2, True)
    assert snapshot(bag) == before


@changed
def test_in_1_0_such_a_name_and_such_a_value_are_written_as_they_are(
    tmp_path: Path, label: str, codec: str, char: str
) -> None:
    bag = old_bag(tmp_path / "bag", encoding=label, codec=codec, tagged=False)
    (bag / f"n{char}.txt").write_text("x")
    asked = ("--to-version", "1.0", "--add-algorithm", "sha256")
    assert call("bag", "update", bag, *asked).code == 0
    assert f"  n{char}.txt\n" in (bag / "tagmanifest-sha256.txt").read_text("utf-8")
    assert judged(bag).verdict is BagVerdict.VALID


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("Shift_JIS", "shift_jis", "\u9752\\\u7a7a~"),
        ("windows-31j", "cp932", "\u9752\u7a7a\uff5e\u2460"),
        ("EUC-KR", "euc_kr", "\ud3b8\uc9c0"),
        ("ISO-2022-JP", "iso2022_jp", "\u9752\u7a7a"),
        ("Big5-HKSCS", "big5hkscs", "\u00ca\u0304\u9752"),
        ("UTF-16", "utf-16", "\u9752\U0001f4dc"),
    ],
)
def test_names_and_values_that_the_encoding_keeps_are_written(
    tmp_path: Path, label: str, codec: str, text: str
) -> None:
    name = text.replace("\\", "")
    bag = old_bag(tmp_path / "bag", encoding=label, codec=codec, payload={f"{name}.txt": b"1"}, tagged=False)
    (bag / f"n{name}.txt").write_text("x")
    assert call("bag", "update", bag, "--add-algorithm", "sha256", "--set", f"Note: {text}").code == 0
    assert (bag / "bag-info.txt").read_bytes().decode(codec).endswith(f"Note: {text}\n")
    assert (bag / "manifest-sha256.txt").read_bytes().decode(codec).endswith(f"  data/{name}.txt\n")
    assert judged(bag).verdict is BagVerdict.VALID


def test_every_block_of_a_manifest_is_read_back() -> None:
    entries: list[Entry] = [(f"data/{number:05}", "0" * 128) for number in range(5000)]
    pieces = list(manifest_pieces(Algorithm.SHA512, entries, version=Version(0, 97), encoding="utf-16"))
    assert len(pieces) > 1
    entries.append(("data/\u00a5", "0" * 128))
    with pytest.raises(TagEditError, match="cannot write the name"):
        list(manifest_pieces(Algorithm.SHA512, entries, version=Version(0, 97), encoding="shift_jis"))


def test_a_value_is_named_by_the_character_that_would_be_lost() -> None:
    with pytest.raises(TagEditError, match="'\u203e'"):
        edited(b"A: ~\n", encoding="shift_jis", added=[("B", "a\u203eb")])


@pytest.mark.parametrize(("label", "codec"), [("UTF-16", "utf-16"), ("UTF-32", "utf-32")])
def test_a_new_bag_info_has_the_byte_order_mark_that_manifests_have(
    tmp_path: Path, label: str, codec: str
) -> None:
    bag = old_bag(tmp_path / "bag", encoding=label, codec=codec, tagged=False, tags=None)
    assert call("bag", "update", bag, "--set", "Contact-Name: Ana", "--add-algorithm", "sha256").code == 0
    written = (bag / "bag-info.txt").read_bytes()
    assert (written.decode(codec), written.startswith("\ufeff".encode(f"{codec}-le"))) == (
        "Contact-Name: Ana\n",
        True,
    )
    assert judged(bag).verdict is BagVerdict.VALID


@pytest.mark.parametrize("data", [b"", "\ufeff".encode("utf-16-be")])
def test_where_nothing_is_written_no_mark_is(data: bytes) -> None:
    assert edited(data, encoding="utf-16") == data
