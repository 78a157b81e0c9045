"""Laws of making and mending bags: any files become a valid bag, and an update keeps every payload byte."""

import tempfile
from pathlib import Path

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from archive.core.bagit.tag_lines import TagEditError, TagLines, edited
from archive.core.bagit.tagfile import parse_tag_file, plain_value
from archive.core.bagit.verdicts import BagVerdict
from archive.core.bagit.versions import V0_97
from archive.core.findings import Severity
from archive.core.portable_names import is_portable
from archive.core.text import is_utf8
from tests.plain_bags import accepted, call, folder, judged, old_bag, tree

_AWKWARD = [
    "\n",
    "\r",
    "%",
    "%0A",
    "%25",
    " ",
    "\u2028",
    "\x85",
    "\x0b",
    ".",
    "*",
    "~",
    "é",
    "e\u0301",
    "\\",
    "-",
]
component = (
    st.lists(st.one_of(st.sampled_from(_AWKWARD), st.text(min_size=1, max_size=3)), min_size=1, max_size=4)
    .map("".join)
    .map(lambda name: name.replace("/", "_").replace("\0", "_"))
    .filter(lambda name: name not in {".", ".."} and is_utf8(name) and len(name.encode()) < 200)
)
path = st.lists(component, min_size=1, max_size=3).map("/".join)
contents = st.binary(max_size=40)


def _can_stand_together(paths: list[str]) -> bool:
    """True where no file is another one's folder."""
    return not any(other != one and other.startswith(one + "/") for one in paths for other in paths)


files = st.dictionaries(path, contents, min_size=1, max_size=5).filter(
    lambda found: _can_stand_together([*found])
)
algorithms = st.lists(
    st.sampled_from(["md5", "sha1", "sha256", "sha512", "sha3512", "blake2b"]), min_size=1, max_size=3
)


@settings(max_examples=25, deadline=None)
@given(files, algorithms)
def test_any_files_become_a_valid_bag_that_holds_them_byte_for_byte(
    found: dict[str, bytes], wanted: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as work:
        source, bag = folder(Path(work, "source"), found), Path(work, "bag")
        options = [part for one in wanted for part in ("--algorithm", one)]
        assert call("bag", source, "--to", bag, "--jobs", "1", *options).code == 0
        assert tree(bag / "data") == tree(source)
        report = judged(bag)
        assert report.verdict is BagVerdict.VALID, report.findings
        # bagit knows no manifest-sha3512.txt, and takes a bag with no other for one without manifests.
        if set(wanted) != {"sha3512"} and all(
            is_portable(part) for name in found for part in name.split("/")
        ):
            assert accepted(bag)


@settings(max_examples=20, deadline=None)
@given(files, st.sampled_from(["sha1", "sha256", "sha512"]), st.booleans())
@example({"100%": b"", "%0A": b"x"}, "sha512", True)
def test_an_update_of_an_old_bag_keeps_the_payload_and_gives_a_valid_bag(
    found: dict[str, bytes], added: str, upgrade: bool
) -> None:
    # Before 1.0 nothing in a path is encoded: such a name cannot be listed at all.
    assume(not any(char in name for name in found for char in "\r\n"))
    with tempfile.TemporaryDirectory() as work:
        bag = old_bag(Path(work, "bag"), payload=found)
        if judged(bag).verdict is not BagVerdict.VALID:
            return  # a name that no old manifest can list, such as one with a star at its beginning
        payload = tree(bag / "data")
        options = ["--to-version", "1.0"] if upgrade else []
        assert call("bag", "update", bag, "--add-algorithm", added, *options, "--jobs", "1").code == 0
        assert tree(bag / "data") == payload
        report = judged(bag)
        assert report.verdict is BagVerdict.VALID, report.findings


label = st.from_regex(r"[A-Za-z][A-Za-z -]{0,6}[A-Za-z]", fullmatch=True)
value = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(["word", " ", "\n", "\r\n", "Tag: x", "\u2028"])).map("".join),
).map(plain_value)
line = st.one_of(
    st.sampled_from(["A: 1", "a:1", "A : 2", " folded", "\tfolded ", "", "B: x", "Note:  y"]),
    st.tuples(label, st.text("ab ü%:", max_size=12)).map(": ".join),
)
lines = st.lists(st.tuples(line, st.sampled_from(["\n", "\r\n", "\r"])).map("".join), max_size=8).map("".join)
cut = st.booleans()


@given(lines, cut, label, value)
def test_other_tags_keep_their_values_and_the_edited_one_has_the_new_one(
    text: str, ended: bool, name: str, new: str
) -> None:
    data = (text if ended else text.rstrip("\r\n")).encode()
    before = parse_tag_file(data, name="", version=V0_97)
    assume(not any(finding.severity is Severity.ERROR for finding in before.findings))
    after = parse_tag_file(edited(data, encoding="utf-8", changed=[(name, new)]), name="", version=V0_97)
    assert after.values(name) == [new]
    others = [tag for tag in before.tags if tag[0].lower() != name.lower()]
    assert [tag for tag in after.tags if tag[0].lower() != name.lower()] == others


@given(lines, cut, label, value)
def test_adding_a_tag_only_adds_bytes(text: str, ended: bool, name: str, new: str) -> None:
    data = (text if ended else text.rstrip("\r\n")).encode()
    assert edited(data, encoding="utf-8", added=[(name, new)]).startswith(data)


@given(
    st.one_of(st.binary(max_size=60), lines.map(str.encode)), st.sampled_from(["utf-8", "utf-16", "ascii"])
)
def test_lines_that_are_not_edited_are_written_as_they_were_read(data: bytes, encoding: str) -> None:
    try:
        kept = TagLines(data, encoding=encoding)
    except TagEditError:
        return
    assert kept.render() == data
