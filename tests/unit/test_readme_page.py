"""README.html: says what it must, and nothing in a name becomes markup."""

import subprocess
from html.parser import HTMLParser
from pathlib import Path

from lxml import etree, html

from archive.formats.readme_page import ReadmePage, readme_html

PAGE = ReadmePage(
    name="Letters of the harbour",
    institution="Village Archive",
    contact="archive@village.example",
    origin="village.example/letters",
    key="village.example/letters+12345678+AAAA",
    bags=10_000,
    files=10_001,
    bytes=106_000_000,
    checkpoint="village.example/letters\n3\nroot=\n\n— signature\n",
    example="bags/ee/0192",
)
HOSTILE = '<script>alert(1)</script>"&\x1b[2J\u202e$name ${key} \udcff'


class _Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def tags(page: ReadmePage) -> _Tags:
    parser = _Tags()
    parser.feed(readme_html(page).decode())
    return parser


def text_of(element: etree._Element) -> str:
    """What a reader sees of an element."""
    return "".join(str(text) for text in element.itertext())


def run(script: str, folder: Path) -> "subprocess.CompletedProcess[bytes]":
    """The script as a shell runs it."""
    return subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, check=False)


def hostile() -> ReadmePage:
    return ReadmePage(
        name=HOSTILE,
        institution=HOSTILE,
        contact=HOSTILE,
        origin=HOSTILE,
        key=HOSTILE,
        bags=1,
        files=1,
        bytes=1,
        checkpoint=HOSTILE,
        example=HOSTILE,
    )


def test_the_page_names_archive_keeper_holdings_key_and_checkpoint() -> None:
    text = text_of(html.document_fromstring(readme_html(PAGE)))
    for said in (
        "Letters of the harbour",
        "Village Archive",
        "archive@village.example",
        "10,000 documents in 10,001 files, 101.1 MiB",
        "village.example/letters+12345678+AAAA",
        "3\nroot=\n\n— signature",
        "cd bags/ee/0192",
        'cd "$bag" && sha512sum',
    ):
        assert said in text, said


def test_nothing_that_a_name_holds_becomes_markup_or_is_filled_in() -> None:
    assert tags(hostile()).tags == tags(PAGE).tags
    page = readme_html(hostile()).decode()
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert page.count("$name ${key}") == page.count("&lt;script&gt;alert")


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    found = tags(PAGE)
    assert not {"script", "link", "img", "iframe", "object", "form", "base"} & set(found.tags)
    assert not [
        name for name, _ in found.attributes if name in {"src", "href", "style"} or name.startswith("on")
    ]
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in found.attributes
    assert "url(" not in readme_html(PAGE).decode()


def test_the_page_is_the_same_for_the_same_archive() -> None:
    assert readme_html(PAGE) == readme_html(PAGE)


def test_an_archive_without_names_or_bags_still_has_a_page() -> None:
    empty = ReadmePage(
        name="", institution="", contact="", origin="o", key="k", bags=0, files=0, bytes=0, checkpoint=""
    )
    text = text_of(html.document_fromstring(readme_html(empty)))
    assert "0 documents in 0 files, 0 bytes" in text
    assert "Ask whoever gave you this folder" in text


def test_the_commands_of_the_page_find_a_changed_file(tmp_path: Path) -> None:
    bag = tmp_path / "bags/ee/0192"
    (bag / "data").mkdir(parents=True)
    for name in ("data/a.txt", "bagit.txt"):
        (bag / name).write_text(name)
    for manifest, name in (("manifest", "data/a.txt"), ("tagmanifest", "bagit.txt")):
        done = subprocess.run(["sha512sum", name], cwd=bag, capture_output=True, check=True)
        (bag / f"{manifest}-sha512.txt").write_bytes(done.stdout)
    document = html.document_fromstring(readme_html(PAGE))
    scripts = [text_of(each) for each in document.iter("pre") if "sha512sum" in text_of(each)][:2]
    intact = [run(script, tmp_path) for script in scripts]
    (bag / "data/a.txt").write_text("other")
    damaged = [run(script, tmp_path) for script in scripts]
    assert [each.returncode for each in intact] == [0, 0]
    assert b"LOOK AT" not in intact[1].stdout
    assert damaged[0].returncode != 0
    assert b"LOOK AT bags/ee/0192" in damaged[1].stdout
