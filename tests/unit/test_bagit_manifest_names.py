"""Names of manifests and of character sets that only look like those of a standard."""

import pytest

from archive.core.bagit.declaration import parse_declaration
from archive.core.bagit.names import ManifestName, manifest_name
from archive.core.digests import Algorithm
from archive.core.findings import Severity


@pytest.mark.parametrize("label", ["bla\u212ae2b", "\u017fha512", "sha\uff15\uff11\uff12"])
def test_a_letter_beyond_ascii_names_no_algorithm(label: str) -> None:
    assert manifest_name(f"manifest-{label}.txt") == ManifestName(False, label, None, True)


def test_capital_letters_are_those_of_ascii() -> None:
    named = ManifestName(False, "blake2b", Algorithm.BLAKE2B, False)
    assert manifest_name("manifest-BLAKE2b.txt") == named


@pytest.mark.parametrize("label", ["UTF 8", "UTF_8", "iso 8859-1", "windows_1252", "US ASCII"])
def test_a_character_set_that_is_not_spelled_as_iana_has_it_is_warned_of(label: str) -> None:
    declared = parse_declaration(f"BagIt-Version: 1.0\nTag-File-Character-Encoding: {label}\n".encode())
    assert declared.encoding is not None
    assert [(one.code, one.severity, one.found) for one in declared.findings] == [
        ("BAG-DECLARATION-SPELLING", Severity.WARNING, label)
    ]


@pytest.mark.parametrize(
    "label",
    ["UTF-8", "utf-8", "UTF8", "UTF-16LE", "ISO_8859-1", "ISO8859-1", "ISO-8859-1", "latin1", "Shift_JIS",
     "KOI8-R", "GB2312", "GB18030", "Big5-HKSCS", "EUC-KR", "IBM850", "TIS-620", "macintosh", "us-ascii"],
)  # fmt: skip
def test_usual_spellings_are_not_warned_of(label: str) -> None:
    declared = parse_declaration(f"BagIt-Version: 1.0\nTag-File-Character-Encoding: {label}\n".encode())
    assert (declared.encoding is not None, declared.findings) == (True, ())
