"""A title that is to be hidden is in nothing that is shown or handed out; where it stands is written down."""

import gzip
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.frame import run
from tests.archives import MadeArchive, make_archive, overwrite

TITLE = "Quetzalcoatl"
OTHER_TITLE = "Xochimilco"
HIDE = "restricted, title hidden"
# Where the title stands in clear: docs/access.md names each.
OWN_STORES = ("bags/", "quarantine/")

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """A document whose title is hidden, one that is part of it, and one that nothing is to be said of."""
    archive = make_archive(tmp_path / "home", monkeypatch)
    table = (
        "filename,reference,title,dcterms.alternative,access,isPartOf,note\n"
        f'a.txt,H-1, The {TITLE} file ,"{OTHER_TITLE}","{HIDE}",,kept\n'
        "b.txt,P-1,A part,,restricted,H-1,\n"
        "c.txt,,Open to all,,open,,\n"
    )
    files = {"a.txt": b"a", "b.txt": b"b", "c.txt": b"c", "metadata.csv": table.encode()}
    archive.ingest(files, accession="2026-1")
    return archive


def commands(out: Path, source: Path, copy: Path) -> Iterator[list[str]]:
    """Everything that shows or hands out anything of a held document, one after another."""
    table = str(source / "metadata.csv")
    yield from (
        ["list"],
        ["list", "--tree"],
        ["list", "--access", "restricted"],
        ["list", "--incomplete", "--profile", "dacs-minimum"],
        ["show", "H-1"],
        ["show", "P-1"],
        *(["show", "H-1", "--as", form] for form in ("json", "oai_dc", "mets", "prov-json", "prov-n")),
        ["show", "H-1", "--report", str(out / "show.html")],
        ["search", TITLE],
        ["search", "kept"],
        ["search", "reference:H-1"],
        ["status"],
        ["history"],
        ["history", "H-1"],
        ["open", "H-1", "--to", str(out / "reading")],
        ["export", "H-1", "--to", str(out / "refused")],
        *(
            ["export", "--all", "--as", form, "--to", str(out / form)]
            for form in ("files", "mets", "ro-crate", "bag")
        ),
        ["receipt", "2026-1", "--to", str(out / "receipt.html")],
        ["receipt", "H-1", "--to", str(out / "receipt-1.html")],
        ["check", str(source), "--metadata", table],
        ["ingest", str(source), "--accession", "2026-1"],
        ["audit", "--report", str(out / "audit.html")],
        ["audit", "--report", str(out / "audit.csv")],
        ["audit", "--all-results"],
        ["coverage"],
        ["report", "--to", str(out / "report.html")],
        ["report", "--to", str(out / "report.json")],
        ["assess", "ndsa", "--to", str(out / "ndsa.html")],
        ["catalog", "export", "--to", str(out / "catalog.json")],
        ["catalog", "verify"],
        ["catalog", "rebuild"],
        ["ledger", "log"],
        ["ledger", "prove", "H-1", "--out", str(out / "proof")],
        ["ledger", "pack", "--out", str(out / "pack")],
        ["template", "--held", "--output", str(out / "held.csv")],
        ["describe", "H-1", "--set", "note=another", "--dry-run"],
        ["describe", "H-1", "--set", "note=another", "--reason", "a new note"],
        ["describe", "H-1", "--set", "dc.title=Another", "--dry-run"],
        ["copy", "--to", str(copy), "--yes"],
    )


def said(printed: Printed, made: MadeArchive, words: list[str]) -> str:
    """All that a command prints, for people and for programs."""
    told = ""
    for form in ("text", "json") if not {"--to", "--output", "--out"} & {*words} else ("text",):
        code = run(["-C", str(made.root), "--format", form, *words])
        caught = printed.readouterr()
        told += caught.out + caught.err
        wrong_use = 2 if form == "text" else 70  # what was done in the first round cannot be done again
        assert code not in (wrong_use, 70), (words, caught.out, caught.err)
    return told


def holding(folder: Path, *, but: tuple[str, ...] = ()) -> list[str]:
    """The files below a folder that hold the title or the other one."""
    return [
        name
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not (name := path.relative_to(folder).as_posix()).startswith(but)
        and any(word.encode() in content for content in contents(path) for word in (TITLE, OTHER_TITLE))
    ]


def contents(path: Path) -> Iterator[bytes]:
    """What is in a file, and in what it packs."""
    data = path.read_bytes()
    yield data
    if data.startswith(b"\x1f\x8b"):
        yield gzip.decompress(data)
    elif data.startswith(b"PK"):
        with zipfile.ZipFile(path) as packed:
            yield from map(packed.read, packed.namelist())


def test_no_command_and_no_derived_file_tells_a_hidden_title(
    made: MadeArchive, tmp_path: Path, capsys: Printed
) -> None:
    out, copy = tmp_path / "out", tmp_path / "copy"
    out.mkdir()
    source = made.folder / "source"
    capsys.readouterr()
    told = {}
    for words in commands(out, source, copy):
        text = said(capsys, made, words)
        # What was typed is printed again: the word that is searched for, or a cell of the offered table.
        leaks = [word for word in (TITLE, OTHER_TITLE) if word in text and word not in words]
        if leaks:
            told[" ".join(words[:4])] = leaks
    assert told == {}
    assert holding(out) == []
    assert holding(made.root, but=OWN_STORES) == []
    assert holding(copy, but=OWN_STORES) == []
    assert holding(made.root) != []  # the word was there to be told


def test_damage_and_withdrawal_do_not_tell_it_either(
    made: MadeArchive, tmp_path: Path, capsys: Printed
) -> None:
    overwrite(made.bag("H-1") / "data/a.txt", b"x")
    report = tmp_path / "damaged.html"
    capsys.readouterr()
    for words in (
        ["audit", "--report", str(report)],
        ["incidents"],
        ["status"],
        ["repair", "--plan", "H-1"],
        ["withdraw", "H-1", "--reason", "asked for", "--yes"],
        ["list", "--withdrawn"],
        ["show", "H-1"],
        ["history", "H-1"],
        ["dispose", "H-1", "--authority", "the board", "--yes"],
        ["history"],
    ):
        text = said(capsys, made, words)
        assert TITLE not in text, words
        assert OTHER_TITLE not in text, words
    assert TITLE not in report.read_text()
    assert holding(made.root) == []  # disposed of: gone from everywhere


def test_it_is_told_where_it_is_asked_for_by_name(made: MadeArchive, tmp_path: Path, capsys: Printed) -> None:
    out = tmp_path / "out"
    out.mkdir()
    reason = ["--restricted-ok", "--reason", "the family asked"]
    assert TITLE in said(capsys, made, ["show", "H-1", "--reveal"])
    run(["-C", str(made.root), "export", "H-1", *reason, "--to", str(out / "copy")])
    run(["-C", str(made.root), "catalog", "export", "--what", "descriptions", "--to", str(out / "all.csv")])
    assert {name.partition("/")[0] for name in holding(out)} == {"copy", "all.csv"}
    assert "HELD-TITLE-HIDDEN" in capsys.readouterr().err


@pytest.fixture
def over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """A document whose embargo is over and whose title is still hidden, and one that hid its title before."""
    archive = make_archive(tmp_path / "home", monkeypatch)
    table = (
        "filename,reference,title,dcterms.alternative,access\n"
        f'a.txt,E-1, The {TITLE} file ,"{OTHER_TITLE}","embargoed until 2020-01-01, title hidden"\n'
        f'b.txt,B-1, About {TITLE} ,,"{HIDE}"\n'
    )
    archive.ingest({"a.txt": b"a", "b.txt": b"b", "metadata.csv": table.encode()})
    changes = ["--set", "access=open", "--set", "title=For all", "--reason", "agreed"]
    assert run(["-C", str(archive.root), "describe", "B-1", *changes]) == 0
    return archive


@pytest.mark.parametrize("form", ["files", "mets", "ro-crate"])
def test_a_title_hidden_after_an_embargo_is_in_a_copy_only_where_it_was_asked_for(
    over: MadeArchive, tmp_path: Path, form: str
) -> None:
    export = ["-C", str(over.root), "export", "E-1", "--as", form, "--to"]
    assert run([*export, str(tmp_path / "plain")]) == 0
    assert holding(tmp_path / "plain") == []
    assert "[title hidden]" in (tmp_path / "plain" / "about.html").read_text()
    asked = ["--restricted-ok", "--reason", "the family asked"]
    assert run([*export, str(tmp_path / "asked"), *asked]) == 0
    assert {"about.html", "descriptions/E-1.json"} <= {*holding(tmp_path / "asked")}
    assert "Copied nevertheless" not in (tmp_path / "asked" / "about.html").read_text()  # it is open


def test_a_bag_that_hides_its_title_is_copied_only_where_it_was_asked_for(
    over: MadeArchive, tmp_path: Path, capsys: Printed
) -> None:
    export = ["-C", str(over.root), "export", "E-1", "--as", "bag", "--to", str(tmp_path / "bag")]
    assert run(export) == 1
    assert not (tmp_path / "bag").exists()
    assert "EXPORT-TITLE-HIDDEN" in capsys.readouterr().err
    assert run([*export, "--restricted-ok", "--reason", "the family asked"]) == 0
    assert "E-1/metadata/dublin-core.json" in holding(tmp_path / "bag")


def test_a_title_that_an_earlier_description_hid_goes_with_the_bag_alone_and_is_said(
    over: MadeArchive, tmp_path: Path, capsys: Printed
) -> None:
    said(capsys, over, ["show", "B-1"])
    for form in ("files", "mets", "ro-crate", "bag"):
        out = tmp_path / form
        assert run(["-C", str(over.root), "export", "B-1", "--as", form, "--to", str(out)]) == 0
        assert bool(holding(out)) is (form == "bag"), form
        assert ("EXPORT-EARLIER-TITLE" in capsys.readouterr().err) is (form == "bag"), form
    assert TITLE not in said(capsys, over, ["show", "B-1", "--as", "mets"])


def test_a_title_that_an_earlier_description_hid_is_shown_only_where_it_was_asked_for(
    over: MadeArchive, tmp_path: Path, capsys: Printed
) -> None:
    told = ["--set", "access=open", "--reason", "agreed"]
    once = ["describe", "C-1", *told, "--set", f"title={TITLE}"]
    over.ingest({"d.txt": b"d", "metadata.csv": b"filename,reference,title\nd.txt,C-1,Nothing\n"}, name="d")
    hidden = ["describe", "C-1", "--set", f"access={HIDE}", "--reason", "asked"]
    for words in (once, hidden, ["describe", "C-1", *told, "--set", "title=For all"]):
        assert run(["-C", str(over.root), *words]) == 0
    capsys.readouterr()
    for document in ("B-1", "C-1"):
        for words in ([], ["--format", "json"]):
            page = tmp_path / f"{document}{len(words)}.html"
            assert TITLE not in said(capsys, over, ["show", document, *words, "--report", str(page)])
            assert TITLE not in page.read_text()
        assert "[title hidden]" in page.read_text()
        assert TITLE in said(capsys, over, ["show", document, "--reveal", "--format", "json"])


def test_a_title_that_was_hidden_and_is_told_by_now_is_no_matter(
    over: MadeArchive, tmp_path: Path, capsys: Printed
) -> None:
    assert run(["-C", str(over.root), "describe", "E-1", "--set", "access=open", "--reason", "agreed"]) == 0
    assert TITLE in said(capsys, over, ["show", "E-1", "--format", "json"])
    export = ["-C", str(over.root), "export", "E-1", "--as", "bag", "--to", str(tmp_path / "bag")]
    assert run(export) == 0
    assert "EXPORT-" not in capsys.readouterr().err


def test_what_a_document_is_part_of_hides_no_title_of_it(
    over: MadeArchive, tmp_path: Path, capsys: Printed
) -> None:
    over.ingest(
        {"c.txt": b"c", "metadata.csv": b"filename,title,dcterms.isPartOf,reference\nc.txt,Child,E-1,C-1\n"}
    )
    export = ["-C", str(over.root), "export", "C-1", "--as", "bag", "--to", str(tmp_path / "bag")]
    assert run(export) == 0, capsys.readouterr().err
    assert (tmp_path / "bag").is_dir()
