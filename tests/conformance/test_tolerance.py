"""Whatever is tolerated: a bag is valid only where every digest that a manifest lists was compared."""

import re
from pathlib import Path

import pytest

from archive.core.bagit.verdicts import BagVerdict
from archive.core.bagit_judge import Policy
from archive.core.bagit_judge.policy import intolerable
from archive.core.finding_codes import FINDING_CODES, bags
from archive.core.findings import Severity
from tests.bags import judged
from tests.conformance.bag_cases import CASES
from tests.conformance.bag_cases.bag import Bag, Folder, Link, build, good, line, sealed, without
from tests.conformance.bag_cases.case import Case

_MANIFEST = re.compile(r"(?:tag)?manifest-[^/]*\.txt")
_DIGEST = re.compile(rb"^(?!#)[ \t]*([^ \t\r\n]+)(?=[ \t])", re.MULTILINE)
_LONGEST = 1 << 20  # bytes of a manifest that is altered in each of its lines
_LETTER = "data/letter.txt"

TOLERANT = Policy(tolerated=frozenset(code for code in FINDING_CODES if intolerable(code) is None))


def _listing(bag: Bag, name: str, extra: bytes) -> Bag:
    listed = bag[name]
    assert isinstance(listed, bytes)
    return bag | {name: listed + extra}


def _spoilt(bag: Bag) -> Bag:
    """The digest of bag-info.txt in the tag manifest is none."""
    listed = bag["tagmanifest-sha512.txt"]
    assert isinstance(listed, bytes)
    spoilt = re.sub(rb"(?m)^..(?=.*  bag-info\.txt$)", b"zz", listed)
    return bag | {"tagmanifest-sha512.txt": spoilt, "bag-info.txt": b"Title: another\n"}


_TAGGED = sealed(good(tags={"bag-info.txt": b"Title: one\n", "~$l.docx": b"own"}))
_TWO = good(version="0.97", algorithms=("sha512", "sha256"))
UNCOMPARED: dict[str, tuple[str, Bag]] = {
    "a path listed again, with another digest": (
        "BAG-LINE-CONTRADICTS",
        _listing(good(), "manifest-sha512.txt", line(_LETTER, b"another")),
    ),
    "a line without a digest": ("BAG-LINE-DIGEST", _spoilt(without(_TAGGED, "~$l.docx"))),
    "a path that is not opened": ("BAG-PATH-HOME", _TAGGED | {"~$l.docx": b"altered"}),
    "a line that is not read": (
        "BAG-LINE-LONG",
        _listing(_TWO, "manifest-sha256.txt", line("data/" + "x" * 70_000, b"x", "sha256")),
    ),
    "a link for a file": ("BAG-FILE-LINK", good() | {_LETTER: Link("plates/1.txt")}),
    "a folder for a file": ("BAG-FILE-FOLDER", good() | {_LETTER: Folder()}),
    "a link for a manifest": ("BAG-FILE-LINK", _TWO | {"manifest-sha256.txt": Link("manifest-sha512.txt")}),
    "nothing for a file": ("BAG-FILE-MISSING", without(good(), _LETTER)),
}


@pytest.mark.parametrize("what", UNCOMPARED)
def test_what_leaves_a_listed_digest_uncompared_is_refused_by_name(tmp_path: Path, what: str) -> None:
    code, bag = UNCOMPARED[what]
    build(bag, tmp_path / "bag")
    report = judged(tmp_path / "bag", TOLERANT)
    assert code in {one.code for one in report.findings if one.severity is Severity.ERROR}
    assert intolerable(code) is not None
    assert report.verdict is not BagVerdict.VALID


def _manifests(bag: Bag) -> list[tuple[str, bytes]]:
    """The manifests of a bag; those that are no files have no line, and are none that may be passed over."""
    named = [(path, content) for path, content in bag.items() if _MANIFEST.fullmatch(path)]
    assert all(isinstance(content, bytes) for _, content in named)
    return [(path, content) for path, content in named if isinstance(content, bytes)]


_QUICK = [case for case in CASES if case.errors and not case.slow and not case.root_reads_it]


@pytest.mark.parametrize("case", _QUICK, ids=lambda case: case.name)
def test_where_all_that_may_be_is_tolerated_an_altered_digest_is_found_in_every_line(
    case: Case, tmp_path: Path
) -> None:
    bag = case.bag()
    folder = tmp_path / case.folder
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside.txt").write_bytes(b"x")
    build(bag, folder)
    if judged(folder, TOLERANT).verdict is not BagVerdict.VALID:
        return
    for name, content in _manifests(bag):
        assert len(content) < _LONGEST
        lines = [match for match in _DIGEST.finditer(content) if b"\0" not in match[0]]
        for match in lines:
            other = b"1" if match[1][-1:] == b"0" else b"0"
            (folder / name).write_bytes(content[: match.end(1) - 1] + other + content[match.end(1) :])
            found = judged(folder, TOLERANT).findings
            number = len(re.findall(b"\r\n|\n|\r", content[: match.start()])) + 1
            wrong = {one.at for one in found if one.severity is Severity.ERROR}
            assert (name, number) in {(at.file, at.line) for at in wrong}
        (folder / name).write_bytes(content)


def test_the_cases_show_every_error_that_may_be_tolerated() -> None:
    shown = {code for case in CASES for code in case.errors}
    # A tag file of that size has a test among the holes.
    known = {**bags.DECLARATION, **bags.FILES, **bags.LINES, **bags.NAMES, **bags.PATHS}
    errors = {code for code, of in known.items() if of.severity is Severity.ERROR}
    assert {code for code in errors - shown if intolerable(code) is None} == {
        "BAG-TAG-SIZE"
    }  # see test_holes
