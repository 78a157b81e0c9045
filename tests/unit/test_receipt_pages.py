"""What a receipt shows to people is what the proofs in it prove, in the form that receipts have."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.cli.frame import run
from tests.archives import MadeArchive, make_archive, overwrite
from tests.unit.test_cli_proofs import Printed, check, codes

FALSE = "f" * 128
ALBUM = ("_é&'_.txt", "2.txt")
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


def swapped(page: str, pattern: str) -> str:
    """The page with the first two places of a pattern exchanged."""
    first, second = list(re.finditer(pattern, page))[:2]
    between = page[first.end() : second.start()]
    return page[: first.start()] + second[0] + between + first[0] + page[second.end() :]


def digest_in(page: str) -> str:
    found = re.search("<br><code>([0-9a-f]{128})</code>", page)
    assert found is not None
    return found[1]


def first_article(page: str) -> str:
    return page[page.index("<article>") : page.index("</article>\n") + len("</article>\n")]


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
}


@pytest.mark.parametrize("alter", FORGERIES.values(), ids=FORGERIES.keys())
def test_what_a_receipt_shows_stands_with_its_own_proof_in_its_own_form(
    capsys: Printed, page: str, tmp_path: Path, alter: Callable[[str], str]
) -> None:
    altered = alter(page)
    assert altered != page
    code, found = judged(capsys, tmp_path, altered)
    assert (code, "PROOF-PAGE-DIFFERS" in found) == (5, True)


def test_a_mark_in_the_place_of_a_proof_is_none(capsys: Printed, page: str, tmp_path: Path) -> None:
    nested = '<pre class="payload-manifest"><pre class="tlog-proof"></pre></pre>'
    planted = page.replace(first_article(page), first_article(page) + nested)
    assert judged(capsys, tmp_path, planted)[0] == 5
    again = re.sub(r'(?s)<pre class="tlog-proof">.*?</pre>', nested, first_article(page))
    assert judged(capsys, tmp_path, page.replace(first_article(page), first_article(page) + again))[0] == 5
