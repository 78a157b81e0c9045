"""Stored names: kept where they are safe, portable where not, and never two alike."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.core.limits.values import STORED_NAME_BYTES
from archive.core.portable_names import is_portable, original_name, premis_original_name, stored_names

name_bytes = (
    st.one_of(st.binary(min_size=1, max_size=12), st.text(min_size=1, max_size=12).map(lambda t: t.encode()))
    .map(lambda raw: raw.replace(b"/", b"_").replace(b"\0", b"_"))
    .map(lambda raw: raw.decode("utf-8", "surrogateescape"))
)
path_names = st.lists(name_bytes, min_size=1, max_size=3).map("/".join)


@pytest.mark.parametrize(
    "name",
    [
        "letter.txt", "Letter 1918-11-11.txt", ".hidden", "-x", "~x", "Brief an Müller.pdf", "手紙", "a..b",
        "x" * STORED_NAME_BYTES, "console.txt", "bagit.txt", "manifest-sha512.txt", "a&b;c'd",
        "📜", "common", "é",
    ],
)  # fmt: skip
def test_a_portable_name_is_kept(name: str) -> None:
    assert stored_names([name]) == {name: name}


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("a\nb.txt", "a_b.txt"),
        ("100%.txt", "100_.txt"),
        ("a%0Ab", "a_0Ab"),
        (" lead.txt", "lead.txt"),
        ("trail ", "trail"),
        ("dots...", "dots"),
        ("CON", "CON_"),
        ("nul.tar.gz", "nul_.tar.gz"),
        ("com1.txt", "com1_.txt"),
        ('a<b>:"|?*\\c', "a_b_______c"),
        ("e\u0301.txt", "é.txt"),
        ("a\u202eb", "a_b"),
        ("a\u2028b", "a_b"),
        ("a\u200db", "a_b"),
        ("\udcff\udcfe.txt", "__.txt"),
        ("\x1b[31m", "_[31m"),
        ("...", "_"),
        (" ", "_"),
        ("tagmanifest-md5.txt", "tagmanifest_md5.txt"),
        ("x" * 300 + ".jpeg", "x" * 235 + ".jpeg"),
        ("ä" * 127 + ".tar.gz", "ä" * 116 + ".tar.gz"),
    ],
)
def test_an_awkward_name_becomes_a_readable_one_with_its_extension(name: str, stored: str) -> None:
    assert stored_names([name]) == {name: stored}


def test_names_that_some_file_system_takes_for_one_are_kept_apart() -> None:
    assert stored_names(["readme.txt", "README.txt", "é", "e\u0301"]) == {
        "README.txt": "README.txt",
        "readme.txt": "readme-2.txt",
        "e\u0301": "é-2",
        "é": "é",
    }


def test_an_awkward_name_gives_way_to_a_portable_one() -> None:
    assert stored_names(["a?b", "a_b", "a_b-2"]) == {"a?b": "a_b-3", "a_b": "a_b", "a_b-2": "a_b-2"}


def test_folders_are_renamed_once_for_all_that_is_in_them() -> None:
    assert stored_names(["a:b/x", "a:b/y?", "a_b/x"]) == {
        "a:b/x": "a_b-2/x",
        "a:b/y?": "a_b-2/y_",
        "a_b/x": "a_b/x",
    }


def test_ten_thousand_names_of_one_portable_form_are_told_apart_in_linear_time() -> None:
    names = [f"{'?' * (number % 100)}{chr(0xDC80 + number // 100)}" for number in range(10_000)]
    assert len({stored.lower() for stored in stored_names(names).values()}) == len(set(names))


@given(st.lists(path_names, max_size=8))
@example(["..", ".", "", "a//b"])
def test_stored_names_are_portable_distinct_and_depend_on_the_set_alone(paths: list[str]) -> None:
    stored = stored_names(paths)
    assert stored == stored_names(reversed(paths))
    assert set(stored) == set(paths)
    folded = [unicodedata.normalize("NFC", new.casefold()) for new in stored.values()]
    assert len(set(folded)) == len(folded)
    for old, new in stored.items():
        assert all(is_portable(component) for component in new.split("/"))
        assert len(new.split("/")) == len(old.split("/"))
        assert stored_names([new]) == {new: new}


@given(st.binary(max_size=40))
@example(b"%41\xff\r\n\x00\xed\xa0\x80")
def test_premis_gives_back_every_name(raw: bytes) -> None:
    name = raw.decode("utf-8", "surrogateescape")
    written = premis_original_name(name)
    assert original_name(written) == name
    assert all(char.isprintable() or ord(char) > 0x9F for char in written)
    assert written.encode().decode() == written


def test_premis_keeps_what_xml_can_carry() -> None:
    assert premis_original_name("Brief an Müller/100%\n\udcff") == "Brief an Müller/100%25%0A%FF"
