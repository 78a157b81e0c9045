"""The manifests and tag files of the Library of Congress conformance suite, read where the suite lies."""

import os
from pathlib import Path

import pytest

from archive.core.bagit.declaration import parse_declaration
from archive.core.bagit.manifest import parse_manifest
from archive.core.bagit.names import manifest_name
from archive.core.bagit.tagfile import parse_tag_file
from archive.core.bagit.versions import V0_97
from archive.core.findings import Finding, Severity

_SUITE = os.environ.get("CONFORMANCE_SUITE_DIR")
_BAGS = sorted(path for path in Path(_SUITE).glob("v*/*/*") if path.is_dir()) if _SUITE else []

pytestmark = pytest.mark.skipif(not _SUITE, reason="CONFORMANCE_SUITE_DIR names no conformance suite")

# What the grammar alone must refuse; the suite's other invalid bags are wrong on disk or in fetch.txt.
_REFUSED = {
    "v0.97/invalid/baginfo-missing-encoding": "BAG-DECLARATION-SYNTAX",
    "v0.97/invalid/bom-in-bagit.txt": "BAG-DECLARATION-BOM",
    "v0.97/invalid/invalid-version-number": "BAG-VERSION-UNKNOWN",
    "v0.97/invalid/out-of-scope-file-paths-using-dot-notation": "BAG-PATH-TRAVERSAL",
    "v0.97/invalid/same-filename-listed-twice-with-different-hashes": "BAG-LINE-CONTRADICTS",
    "v0.97/linux-only/out-of-scope-file-paths-using-absolute-path": "BAG-PATH-ABSOLUTE",
    "v0.97/linux-only/out-of-scope-file-paths-using-shortcut": "BAG-PATH-HOME",
    "v0.97/linux-only/out-of-scope-file-paths-using-shortcut-username": "BAG-PATH-HOME",
    "v0.97/windows-only/out-of-scope-file-paths-using-absolute-path": "BAG-PATH-DRIVE",
    "v0.97/windows-only/out-of-scope-file-paths-using-shortcut": "BAG-PATH-OUTSIDE",
    "v0.97/windows-only/out-of-scope-file-paths-using-unc": "BAG-PATH-UNC",
    "v1.0/invalid/bagit-with-invalid-whitespace": "BAG-DECLARATION-SPACE",
    "v1.0/invalid/same-filename-listed-twice-with-different-hashes": "BAG-LINE-CONTRADICTS",
    "v1.0/invalid/same-filename-listed-twice-with-the-same-hash": "BAG-LINE-REPEATED",
}
_WARNED = {
    "made-with-md5sum-tools": "BAG-LINE-STAR",
    "relative-path": "BAG-PATH-DOT",
    "same-filename-listed-twice-with-the-same-hash": "BAG-LINE-REPEATED",
    "bag-with-leading-dot-slash-in-manifest": "BAG-PATH-DOT",
}


def _name(bag: Path) -> str:
    return str(bag.relative_to(_SUITE or "/"))


def _findings(bag: Path) -> list[Finding]:
    """What the grammar alone finds in the tag files of a bag."""
    findings: list[Finding] = []
    version, encoding = V0_97, "utf-8"
    if (bag / "bagit.txt").exists():
        declaration = parse_declaration((bag / "bagit.txt").read_bytes())
        findings += declaration.findings
        version, encoding = declaration.version or version, declaration.encoding or encoding
    for path in sorted(bag.glob("*.txt")):
        naming = manifest_name(path.name)
        if naming:
            findings += parse_manifest(
                path.read_bytes(), name=path.name, version=version, payload=not naming.tag, encoding=encoding
            ).findings
    tags = bag / version.tag_file_name
    if tags.exists():
        findings += parse_tag_file(
            tags.read_bytes(), name=tags.name, version=version, encoding=encoding
        ).findings
    return findings


def test_the_suite_is_whole() -> None:
    assert len(_BAGS) == 60


@pytest.mark.parametrize("bag", _BAGS, ids=_name)
def test_the_grammar_refuses_what_it_must_and_nothing_else(bag: Path) -> None:
    errors = {finding.code for finding in _findings(bag) if finding.severity is Severity.ERROR}
    refused = _REFUSED.get(_name(bag))
    assert (refused in errors) if refused else (errors == set())


@pytest.mark.parametrize("bag", [bag for bag in _BAGS if bag.parent.name in {"valid", "warning"}], ids=_name)
def test_the_grammar_warns_of_what_it_should_and_nothing_else(bag: Path) -> None:
    warned = {finding.code for finding in _findings(bag)}
    expected = _WARNED.get(bag.name)
    assert warned == ({expected} if expected else set())
