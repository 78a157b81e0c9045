"""Laws of files of many records: what is well-formed is read, what is not is named, whatever it is."""

import io
import json

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.formats.descriptions import DescribedRow, read_descriptions

_DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
_MARKUP = "< > & &amp; <!-- --> <![CDATA[ ]]> <?x ?> </r> <r> <r/> <dc:date> </dc:date> ' é x"
_MARKS = st.sampled_from([*_MARKUP.split(), '"', " ", "\n"])
_INSIDE = st.lists(_MARKS, max_size=6).map("".join)


def _is_sound(record: str) -> bool:
    """True where the record is well-formed by itself, and is one element."""
    try:
        root = etree.fromstring(f"<all {_DC}>{record}</all>")
    except etree.XMLSyntaxError:
        return False
    return len(root) == 1 and not (root.text or "").strip() and not (root[0].tail or "").strip()


@given(st.lists(_INSIDE, max_size=5))
def test_no_record_is_lost_to_another(inside: list[str]) -> None:
    """Between records that are sound by themselves, whatever is broken costs none of them."""
    broken = [f"<r><dc:title>?</dc:title>{text}</r>" for text in inside]
    broken = [
        record for record in broken if not _is_sound(record) and "<!" not in record and "<?" not in record
    ]
    sound = [f"<r><dc:title>{n}</dc:title></r>" for n in range(2 * len(broken) + 2)]
    lines = [sound.pop(0), sound.pop(0)]
    for record in broken:
        lines += [record, sound.pop(0), sound.pop(0)]
    text = f"<all {_DC}>\n" + "\n".join(lines) + "\n</all>"
    read = list(read_descriptions("s.xml", io.BytesIO(text.encode())))
    titles = [item.description.title for item in read if isinstance(item, DescribedRow)]
    wanted = [str(n) for n in range(2 * len(broken) + 2)]
    # The record behind a broken one may be taken for a part of it; the one behind that never is.
    assert set(wanted[1::2]) <= set(titles)


@given(st.lists(_INSIDE, min_size=2, max_size=6))
def test_sound_records_are_all_read_whatever_is_in_them(inside: list[str]) -> None:
    records = [
        f"<r><dc:title>{n}</dc:title><dc:description>{text}</dc:description></r>"
        for n, text in enumerate(inside)
    ]
    records = [
        record
        for record in records
        if _is_sound(record) and "<r" not in record[2:] and "</r>" not in record[:-4]
    ]
    records += ["<r><dc:title>a</dc:title></r>", "<r><dc:title>b</dc:title></r>"]
    text = f"<all {_DC}>" + "".join(records) + "</all>"
    read = list(read_descriptions("s.xml", io.BytesIO(text.encode())))
    assert sum(isinstance(item, DescribedRow) for item in read) == len(records)


@given(st.binary(max_size=300), st.sampled_from(["xml", "json", "jsonl", "yaml"]))
def test_no_bytes_raise(data: bytes, kind: str) -> None:
    list(read_descriptions(f"m.{kind}", io.BytesIO(data)))


@given(st.lists(_MARKS, max_size=40).map("".join))
def test_no_markup_raises(text: str) -> None:
    list(
        read_descriptions(
            "m.xml", io.BytesIO(f"<all {_DC}><r><dc:title>a</dc:title></r>{text}</all>".encode())
        )
    )


@given(st.lists(st.text(max_size=8), min_size=1, max_size=5), st.text(max_size=12), st.integers(0, 4))
def test_json_lists_lose_no_record_to_a_broken_one_on_its_own_line(
    titles: list[str], broken: str, at: int
) -> None:
    titles = [f"t{title}" for title in titles if title.isprintable()]
    lines = [json.dumps({"filename": f"f{n}", "title": title}) for n, title in enumerate(titles)]
    spoiled = '{"filename": "x", "title": ' + broken.replace("\n", " ") + "}"
    try:
        json.loads(spoiled)
    except ValueError:
        lines.insert(min(at, len(lines)), spoiled)
    text = "[\n" + ",\n".join(lines) + "\n]"
    if not lines or any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in text.replace("\n", "")):
        return
    read = list(read_descriptions("m.json", io.BytesIO(text.encode())))
    found = [item.description.title for item in read if isinstance(item, DescribedRow)]
    assert [title.strip() for title in titles] == [title for title in found if title.startswith("t")] or (
        "{" in broken or "}" in broken or '"' in broken or "[" in broken or "]" in broken
    )
