"""What a receipt shows to people is what the proofs in it prove, in the form that receipts have."""

import hashlib
import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.ledger.note import VerifierKey
from archive.formats.pages.receipt.page import KNOWN_STYLES, RECEIPT_STYLE
from archive.formats.pages.style import content_policy
from tests.archives import MadeArchive, make_archive, overwrite
from tests.proofs import Printed, check, codes

FALSE = "f" * 128
ALBUM = ("_é&'_.txt", "2.txt")
OTHER_KEY = str(VerifierKey("other.example/letters", bytes(32)))
SHOWN = "(?<=signed-note\\):</p>\n<pre>)"  # before the checkpoint
RECORDED = '<dt>Recorded</dt><dd><time datetime="'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """Letters and an album of one accession; one letter was withdrawn, of another the bag is damaged."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("receipts"), patch)
        settings = made.root / "archive.toml"
        text = settings.read_text()
        for name in ("institution", "contact"):
            text = re.sub(f'^{name} = ".*"$', f'{name} = "The <{name}> & more"', text, flags=re.MULTILINE)
        overwrite(settings, text.encode())
        table = b"filename,title\na.txt,\"<A> & 'b'\"\nalbum,Album\n"
        pages = {f"album/{name}": name.encode() for name in ALBUM}
        letters = {"a.txt": b"a", "gone.txt": b"gone", "lost.txt": b"lost"}
        files = {**letters, **pages, "metadata.csv": table}
        made.ingest(files, accession="2026-004", received_from="Ben <Donor>", received="2026-11-01")
        (gone,) = (path.parents[1].name for path in made.root.glob("bags/*/*/data/gone.txt"))
        (lost,) = (path.parents[1] for path in made.root.glob("bags/*/*/data/lost.txt"))
        assert run(["-q", "-C", str(made.root), "withdraw", gone, "--reason", "x"]) == 0
        overwrite(lost / "manifest-sha512.txt", b"torn")
        receipt = made.folder / "receipt.html"
        assert run(["-q", "-C", str(made.root), "receipt", "2026-004", "--to", str(receipt)]) == 0
        yield made


@pytest.fixture
def page(made: MadeArchive) -> str:
    return (made.folder / "receipt.html").read_text("utf-8")


def judged(printed: Printed, folder: Path, page: str) -> tuple[int, set[str]]:
    """Exit code and codes of the findings about a page."""
    (folder / "r.html").write_text(page, "utf-8")
    code, document = check(printed, folder / "r.html")
    return code, set(codes(document)) - {"PROOF-NO-KEY"}


def test_a_receipt_of_every_kind_of_document_is_accepted_as_it_is_written(
    capsys: Printed, page: str, tmp_path: Path
) -> None:
    assert page.count("<article>") == 4
    assert page.count("<dt>Since then</dt>") == 1
    assert page.count("<dt>SHA-512</dt>") == 2  # of the damaged bag, and of the one that is not in its place
    for row in ("Kept by", "Contact", "Accession", "Received from", "Received", "Ledger", "Its key"):
        assert page.count(f"<dt>{row}</dt>") == 1
    assert judged(capsys, tmp_path, page) == (0, set())


def test_a_checkpoint_is_shown_as_it_is_and_as_earlier_releases_showed_it(
    capsys: Printed, page: str, tmp_path: Path
) -> None:
    shown = re.search(f"(?s){SHOWN}.+?(?=</pre>)", page)
    assert shown is not None
    assert f"{html.escape(shown[0])}" in page[: page.index("</article>")]  # in the first proof, too
    earlier = page[: shown.start()] + shown[0].replace("\n", "\\x0a") + page[shown.end() :]
    assert judged(capsys, tmp_path, earlier) == (0, set())


def test_a_receipt_gives_no_size_of_what_was_damaged_since(
    made: MadeArchive, capsys: Printed, tmp_path: Path
) -> None:
    (payload,) = made.root.glob("bags/*/*/data/a.txt")
    overwrite(payload, b"longer")
    target = tmp_path / "r.html"
    assert run(["-q", "-C", str(made.root), "receipt", "2026-004", "--to", str(target)]) == 0
    overwrite(payload, b"a")
    page = target.read_text("utf-8")
    assert "a.txt</bdi></dt><dd>SHA-512<br>" in page
    assert judged(capsys, tmp_path, page) == (0, set())


def test_a_receipt_gives_no_size_of_a_document_of_which_an_empty_file_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    made = make_archive(tmp_path / "empty", monkeypatch)
    table = b"filename,title\nalbum,Album\n"
    made.ingest({"album/1.txt": b"1", "album/2.txt": b"", "metadata.csv": table}, accession="1")
    words = ["-q", "-C", str(made.root), "receipt", "1", "--to"]
    assert run([*words, str(tmp_path / "whole.html")]) == 0
    (empty,) = (made.root / "bags").rglob("2.txt")
    empty.unlink()
    assert run([*words, str(tmp_path / "missing.html")]) == 0
    page = (tmp_path / "missing.html").read_text("utf-8")
    assert " bytes, SHA-512" not in page
    earlier = (tmp_path / "whole.html").read_text("utf-8").replace("<dd>0 bytes, ", "<dd>")
    for each in (page, earlier):  # an earlier release gave the sizes of the others
        assert judged(capsys, tmp_path, each) == (0, set())


def swapped(page: str, pattern: str) -> str:
    """The page with the first two places of a pattern exchanged."""
    first, second = list(re.finditer(pattern, page))[:2]
    between = page[first.end() : second.start()]
    return page[: first.start()] + second[0] + between + first[0] + page[second.end() :]


def digest_in(page: str) -> str:
    found = re.search("<br><code>([0-9a-f]{128})</code>", page)
    assert found is not None
    return found[1]


def key_in(page: str) -> str:
    found = re.search("--key '([^']+)'", page)
    assert found is not None
    return found[1]


def first_article(page: str) -> str:
    return page[page.index("<article>") : page.index("</article>\n") + len("</article>\n")]


def spelt_otherwise(row: str, other: str, what: str = "key") -> Callable[[str], str]:
    """The page with another key, in a row of another spelling."""

    def alter(page: str) -> str:
        command = "archive ledger check-proof RECEIPT.html --document FILE --key '{}'"
        form = command if what == "command" else "{}"
        ours = row.format(form.format(key_in(page)))
        return page.replace(ours, other.format(form.format(OTHER_KEY)))

    return alter


def twice(text: str) -> str:
    return f"{text[:64]}<wbr>{text[64:]}"


def inserted(before: str, text: str) -> Callable[[str], str]:
    return lambda page: page.replace(before, f"{text}\n{before}", 1)


def instead_of_a_digest(text: str) -> Callable[[str], str]:
    return lambda page: page.replace(f"<code>{digest_in(page)}", f"<code>{text}", 1)


def without_its_proof(page: str) -> str:
    article = first_article(page)
    return page.replace(article, re.sub("(?s)<details>.*</details>\n", "", article))


def recorded(name: str) -> Callable[[str], str]:
    """The page with another year in a row that is spelt so."""
    return lambda page: re.sub(f"{RECORDED}[0-9]{{4}}", f'{name}<dd><time datetime="1999', page, count=1)


# What is proven is not seen, and something else is, in two pieces.
SHOWS_OTHERS = (
    "article code, article time { font-size: 0 } article code::before, article code::after { font-size: 1rem;"
    f" content: '{FALSE[:64]}' }} article time::after {{ font-size: 1rem; content: '1999' }}"
)


def sheet_of(page: str) -> str:
    return page[page.index("<style>") : page.index("</style>") + len("</style>")]


def with_the_policy_of(more: str) -> Callable[[str], str]:
    """The page with a longer style sheet, and the policy of that one."""

    def alter(page: str) -> str:
        style = sheet_of(page).removeprefix("<style>").removesuffix("</style>")
        old, new = (html.escape(content_policy(each)) for each in (style, style + more))
        old, new = (each.replace("&#x27;", "&#39;") for each in (old, new))
        assert old in page
        return page.replace(style, style + more).replace(old, new)

    return alter


FORGERIES: dict[str, Callable[[str], str]] = {
    "digests of two documents exchanged": lambda page: swapped(page, "(?<=<code>)[0-9a-f]{128}"),
    "names of two files exchanged": lambda page: swapped(page, "(?<=<dt><bdi>)(_|2)[^<]*.txt(?=</bdi>)"),
    "proofs exchanged": lambda page: swapped(page, "(?s)(?<=<details>).*?(?=</details>)"),
    "digest in two pieces": instead_of_a_digest(twice(FALSE)),
    "digest emptied": instead_of_a_digest("</code><code>"),
    "digest followed by more": instead_of_a_digest("0"),
    "row with a space": recorded("<dt>Recorded </dt>"),
    "row with a comment": recorded("<dt>Recorded<!-- --></dt>"),
    "row on two lines": recorded("<dt>Recorded</dt>\n"),
    "row before it": inserted("<dt>Reference</dt>", "<dt>Reference</dt><dd>1</dd>"),
    "size of a file": lambda page: re.sub("[0-9] bytes, SHA", "9,999 bytes, SHA", page, count=1),
    "sizes of an album": lambda page: re.sub("(2.txt</bdi></dt><dd>)[0-9]+", r"\g<1>1,234", page),
    "size of one of two files, the other's left out": lambda page: re.sub(
        "[0-9]+ bytes, (SHA[^\n]+\n.+<dd>)[0-9]+ bytes, ", r"9 bytes, \1", page, count=1
    ),
    "sizes of two files given to one": lambda page: re.sub(
        "[0-9]+ bytes, (SHA[^\n]+\n.+<dd>)[0-9]+ bytes, ",
        rf"{len(''.join(ALBUM).encode())} bytes, \1",
        page,
        count=1,
    ),
    "size that is spelt otherwise": lambda page: re.sub(
        "([0-9]) bytes, SHA", r"0,\1 bytes, SHA", page, count=1
    ),
    "number of documents": lambda page: page.replace("has taken in 4 ", "has taken in 5 "),
    "document left out with its proof": lambda page: page.replace(first_article(page), ""),
    "size of the checkpoint": lambda page: re.sub(f"{SHOWN}(.+\n)", r"\g<1>9", page, count=1),
    "words for the checkpoint": lambda page: re.sub(f"(?s){SHOWN}.+?(?=</pre>)", "x", page, count=1),
    "key of another": lambda page: page.replace(f"<bdi>{key_in(page)}", f"<bdi>{OTHER_KEY}"),
    "key in the command": lambda page: page.replace(f"'{key_in(page)}", f"'{OTHER_KEY}"),
    **{
        f"key of another, {how}": spelt_otherwise('Its key</dt><dd class="mono"><bdi>{}</bdi>', other)
        for how, other in {
            "of no class": "Its key</dt><dd><bdi>{}</bdi>",
            "on a line of its own": 'Its key</dt>\n<dd class="mono"><bdi>{}</bdi>',
            "not set apart": 'Its key</dt><dd class="mono">{}',
            "in other letters": 'Its key</DT><dd class="mono"><bdi>{}</bdi>',
            "in a row spelt with an entity": 'Its&#32;key</dt><dd class="mono"><bdi>{}</bdi>',
        }.items()
    },
    "key in a command of another spelling": spelt_otherwise(
        "<pre>{}</pre>", "<pre><code>{}</code></pre>", "command"
    ),
    "second key above": inserted("</dl>\n</header>", f"<dt>Its key</dt><dd><bdi>{OTHER_KEY}</bdi></dd>"),
    "name of the ledger in a row of no class": lambda page: re.sub(
        "<dt>Ledger</dt><dd class=.mono.><bdi>[^<]", "<dt>Ledger</dt><dd><bdi>Z", page
    ),
    "words for the checkpoint in a block of another spelling": lambda page: re.sub(
        f"(?s){SHOWN}.+?(?=</pre>)", "<code>x</code>", page, count=1
    ),
    "explanation of another": lambda page: page.replace("should come to you by", "need not come to you by"),
    "name that turns round what follows": lambda page: page.replace(" has taken in", "&#x202e; has taken in"),
    "number of documents with a blank": lambda page: page.replace("has taken in 4 ", "has taken in 4 000 "),
    "number of documents in words": lambda page: page.replace("has taken in 4 ", "has taken in five "),
    "number of documents as an entity": lambda page: page.replace("has taken in 4 ", "has taken in &#53; "),
    "no key at all": lambda page: page.replace(f"<bdi>{key_in(page)}", "<bdi>x"),
    "name of the ledger": lambda page: re.sub("(?<=<dt>Ledger</dt><dd class=.mono.><bdi>)[^<]", "Z", page),
    "row left out": lambda page: re.sub("<dt>Recorded</dt>.*\n", "", page, count=1),
    "file left out": lambda page: re.sub("<dt><bdi>2.txt</bdi></dt>.*\n", "", page),
    "other elements": lambda page: page.replace("<article>", "<div>").replace("</article>", "</div>"),
    "other heading": lambda page: page.replace("received</h2>", "received </h2>"),
    "document without its proof": without_its_proof,
    "digest in two pieces above": inserted("</header>", f"<p>SHA-512 {twice(FALSE)}</p>"),
    "digest of two elements above": inserted("</header>", f"<p>{FALSE[:64]} <code>{FALSE[64:]}</code></p>"),
    "row above": inserted("</header>", "<dt>Recorded</dt><dd>1999</dd>"),
    "element below": inserted("</main>", "<div>Recorded 1999</div>"),
    "comment around all": inserted("<main>", "<!--"),
    "title around what is below": inserted('<section aria-labelledby="documents">', "<title>"),
    "element with a style": lambda page: page.replace("<main>", '<main style="display:none">'),
    "class of another": lambda page: page.replace("<main>", '<main class="facts">'),
    "class of another in a row": lambda page: page.replace('class="mono"', 'class="facts"', 1),
    "style sheet from elsewhere": inserted(
        "</head>", '<link rel="stylesheet" href="https://x.example/s.css">'
    ),
    "base": inserted("</head>", '<base href="https://x.example/">'),
    "script": inserted("</head>", "<script>0</script>"),
    "style sheet with more": inserted("</style>", SHOWS_OTHERS),
    "second style sheet": inserted("</head>", f"<style>{SHOWS_OTHERS}</style>"),
    "style sheet among what is shown": inserted("</main>", f"<style>{SHOWS_OTHERS}</style>"),
    "style sheet of ours twice": lambda page: page.replace("</head>", f"{sheet_of(page)}\n</head>"),
    "no style sheet": lambda page: page.replace(f"{sheet_of(page)}\n", ""),
    "style sheet that the policy fits": with_the_policy_of(SHOWS_OTHERS),
    "policy that lets any style sheet apply": lambda page: re.sub("&#39;sha256-[^ ;]*", "*", page),
    "page that goes elsewhere": inserted(
        "</head>", '<meta http-equiv="refresh" content="0; url=https://x.example">'
    ),
    "other description of the page": inserted("</head>", '<meta name="description" content="0">'),
}


@pytest.mark.parametrize("alter", FORGERIES.values(), ids=FORGERIES.keys())
def test_what_a_receipt_shows_stands_with_its_own_proof_in_its_own_form(
    capsys: Printed, page: str, tmp_path: Path, alter: Callable[[str], str]
) -> None:
    altered = alter(page)
    assert altered != page
    code, found = judged(capsys, tmp_path, altered)
    assert (code, "PROOF-PAGE-DIFFERS" in found) == (5, True)


def test_whoever_changes_the_style_sheet_of_receipts_lists_the_new_one_beside_the_old_ones() -> None:
    assert hashlib.sha256(RECEIPT_STYLE.encode()).hexdigest() in KNOWN_STYLES


def test_a_mark_in_the_place_of_a_proof_is_none(capsys: Printed, page: str, tmp_path: Path) -> None:
    nested = '<pre class="payload-manifest"><pre class="tlog-proof"></pre></pre>'
    planted = page.replace(first_article(page), first_article(page) + nested)
    assert judged(capsys, tmp_path, planted)[0] == 5
    again = re.sub(r'(?s)<pre class="tlog-proof">.*?</pre>', nested, first_article(page))
    assert judged(capsys, tmp_path, page.replace(first_article(page), first_article(page) + again))[0] == 5


NAME = "0123456789abcdef" * 8


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The receipt of a scan and of a folder that are called by digests of something else."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("called"), patch)
        table = f"filename,title\nbox/{NAME}.tar.gz,{NAME}\n".encode()
        made.ingest({f"box/{NAME}.tar.gz": b"x", "metadata.csv": table}, accession="1")
        receipt = made.folder / "receipt.html"
        assert run(["-q", "-C", str(made.root), "receipt", "1", "--to", str(receipt)]) == 0
        yield receipt.read_text()


def test_a_document_may_be_called_by_a_digest(capsys: Printed, called: str, tmp_path: Path) -> None:
    assert called.count(NAME) == 3  # title, path and name of the file
    assert judged(capsys, tmp_path, called) == (0, set())


def test_a_document_without_a_title_may_be_called_by_one_too(
    capsys: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_archive(tmp_path / "undescribed", monkeypatch)
    made.ingest({f"box/{NAME}.tif": b"x"}, accession="1", describe_later=True)
    receipt = tmp_path / "given.html"
    assert run(["-q", "-C", str(made.root), "receipt", "1", "--to", str(receipt)]) == 0
    page = receipt.read_text()
    assert f"[{NAME}.tif]" in page
    assert judged(capsys, tmp_path, page) == (0, set())
    other = page.replace(f"[{NAME}.tif]", f"[{FALSE}.tif]")
    assert judged(capsys, tmp_path, other) == (5, {"PROOF-PAGE-DIFFERS"})


@pytest.mark.parametrize(
    "alter",
    [
        instead_of_a_digest(NAME),
        inserted("</header>", f"<p>{NAME}</p>"),
        lambda page: page.replace("<h3><bdi>", "<h3><bdi>SHA-512: "),
        lambda page: page.replace("<h3><bdi>", f"<h3><bdi>{FALSE} "),
        lambda page: page.replace("<h3><bdi>", "<h3><bdi>SHA-512:").replace(f"/{NAME}", f"/{FALSE}"),
        lambda page: page.replace("<h3><bdi>", "<h3><bdi>SHA-512/").replace(f"/{NAME}", f"/{FALSE}"),
        lambda page: page.replace(f"<bdi>{NAME}.tar", f"<bdi>{FALSE}.tar"),
        lambda page: page.replace("<title>Receipt", f"<title>{NAME} Receipt"),
    ],
    ids=[
        "digest",
        "above",
        "words before it",
        "two",
        "words without a blank",
        "folder in the title",
        "file alone",
        "title of the page",
    ],
)
def test_what_a_document_is_called_never_stands_for_its_digest(
    capsys: Printed, called: str, tmp_path: Path, alter: Callable[[str], str]
) -> None:
    altered = alter(called)
    assert altered != called
    assert judged(capsys, tmp_path, altered) == (5, {"PROOF-PAGE-DIFFERS"})
