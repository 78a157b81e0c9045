"""Who may have a copy: the document's own statement first, then what it belongs to; unknown is never open."""

import hashlib
from pathlib import Path

import pytest

from archive.core.errors import ConfigurationError
from archive.services.access import Permission, effective_access, may_be_exported, may_be_published
from archive.services.catalog.index_reading import reading_index
from archive.services.surroundings import Surroundings, day_of
from archive.storage.settings import parse
from tests.archives import MadeArchive, make_archive, overwrite
from tests.changes import RARE_WORD, Changing

DAY = "2026-11-21"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeArchive:
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("access"), patch)
        settings = made.opened.layout.settings
        settings.write_text(
            settings.read_text() + '\n[accessions."A 7".defaults]\naccess = "embargoed until 2027-01-01"\n'
        )
        table = (
            "filename,reference,title,access,isPartOf\n"
            "series.txt,S,The series,restricted,\n"
            "silent.txt,silent,A,,S\n"
            "free.txt,free,B,open,S\n"
            "over.txt,over,C,embargoed until 2026-11-21,\n"
            "nobody.txt,nobody,D,,\n"
        )
        names = ["series", "silent", "free", "over", "nobody"]
        made.ingest({f"{name}.txt": name.encode() for name in names} | {"metadata.csv": table.encode()})
        made.ingest(
            {"x.txt": b"x", "metadata.csv": b"filename,reference,title\nx.txt,given,E\n"},
            name="later",
            accession="A 7",
        )
        return made


def permission(made: MadeArchive, reference: str, **options: object) -> Permission:
    archive = made.opened
    with reading_index(archive) as reading:
        row = reading.index.by_reference(reference)
        assert row is not None
        return may_be_exported(archive, reading.index, row, day=DAY, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reference", "allowed", "codes"),
    [
        ("S", False, ["ACCESS-RESTRICTED"]),
        ("silent", False, ["ACCESS-RESTRICTED"]),
        ("given", False, ["ACCESS-RESTRICTED"]),
        ("free", True, []),
        ("over", True, []),
        ("nobody", True, ["ACCESS-NOT-STATED"]),
    ],
)
def test_own_statement_first_then_what_it_belongs_to(
    made: MadeArchive, reference: str, *, allowed: bool, codes: list[str]
) -> None:
    found = permission(made, reference)
    assert (found.allowed, [one.code for one in found.findings]) == (allowed, codes)


def test_what_is_closed_stays_closed_where_the_bag_that_says_so_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    settings = made.opened.layout.settings
    settings.write_text(settings.read_text() + '\n[description.defaults]\naccess = "open"\n')
    table = b"filename,reference,title,access,isPartOf\ns.txt,S,Series,restricted,\na.txt,A,Silent,,S\n"
    made.ingest({"s.txt": b"s", "a.txt": b"a", "metadata.csv": table})
    assert not permission(made, "A").allowed
    description = made.bag("S") / "metadata" / "dublin-core.json"
    description.chmod(0o644)
    description.write_bytes(b"{}")
    assert not permission(made, "A").allowed


@pytest.mark.parametrize("said", ["restricted", "embargoed until 2040-01-01"])
def test_what_is_closed_stays_closed_where_the_series_that_says_so_is_withdrawn(
    changing: Changing, said: str
) -> None:
    changing.configure('[description.defaults]\naccess = "open"\n')
    changing("describe", changing.reference("c.txt"), "--set", f"access={said}")
    changing("describe", changing.reference("a.txt"), "--set", "dcterms.isPartOf=Box 3")
    changing("withdraw", "Box 3", "--reason", "moved")
    assert not permission(changing.made, changing.reference("a.txt")).allowed
    changing("catalog", "rebuild")
    assert not permission(changing.made, changing.reference("a.txt")).allowed


def test_a_series_that_is_withdrawn_opens_nothing(changing: Changing) -> None:
    changing("describe", changing.reference("c.txt"), "--set", "access=open")
    changing("describe", changing.reference("a.txt"), "--set", "dcterms.isPartOf=Box 3")
    assert permission(changing.made, changing.reference("a.txt")).access.access.status == "open"
    changing("withdraw", "Box 3", "--reason", "moved")
    assert permission(changing.made, changing.reference("a.txt")).access.access.status == "not stated"


def test_inherited_statement_says_from_where(made: MadeArchive) -> None:
    assert permission(made, "silent").access.source == "S (The series)"
    assert permission(made, "given").access.source == "accession A 7"


def test_restricted_goes_out_with_a_reason_and_not_without(made: MadeArchive) -> None:
    found = permission(made, "S", restricted_ok=True, reason="the family asked")
    assert (found.allowed, [one.code for one in found.findings]) == (True, ["ACCESS-OVERRIDDEN"])
    with pytest.raises(ConfigurationError, match="reason"):
        permission(made, "S", restricted_ok=True, reason="  ")


def test_only_what_is_stated_to_be_open_may_be_published(made: MadeArchive) -> None:
    archive = made.opened
    published = {}
    with reading_index(archive) as reading:
        for row in reading.index.list():
            published[row.reference] = may_be_published(
                effective_access(archive, reading.index, row).access, DAY
            )
    assert [reference for reference, public in published.items() if public] == ["free", "over"]


def test_a_circle_of_parts_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_archive(tmp_path, monkeypatch)
    table = b"filename,reference,title,isPartOf\na.txt,A,A,B\nb.txt,B,B,A\nc.txt,C,C,C\n"
    made.ingest({"a.txt": b"a", "b.txt": b"b", "c.txt": b"c", "metadata.csv": table})
    assert permission(made, "A").access.source is None
    assert permission(made, "C").access.source is None


def test_a_title_hidden_from_the_start_is_in_no_run_manifest_which_can_be_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    table = b'filename,title,access\na.txt,Unspeakable,"restricted, title hidden"\n'
    made.ingest({"a.txt": b"a", "metadata.csv": table})
    (manifest,) = made.opened.layout.runs.iterdir()
    written = manifest.read_bytes()
    assert b"Unspeakable" not in written
    manifest.unlink()
    made.rebuild()
    assert manifest.read_bytes() == written


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[description]\nprofile = 1", "profile must be"),
        ('[description.defaults]\ntitle = "x"', "own, and not inherited"),
        ('[accessions.7.defaults]\naccess = "restricted, title hidden"', "a title is hidden by"),
        ('[description.defaults]\nrigths = "x"', "no term"),
        ('[description.defaults]\naccess = "closed"', "no kind of access"),
        ("[description.defaults]\nrights = []", "text or a list"),
        ('[accessions]\n"A" = "x"', "must be a table"),
    ],
)
def test_a_default_that_is_none_is_refused_by_name(text: str, words: str, made: MadeArchive) -> None:
    good = made.opened.layout.settings.read_text().partition("[description]")[0]
    ledger = (
        "[ledger]" + made.opened.layout.settings.read_text().partition("\n[ledger]")[2].partition("\n[")[0]
    )
    with pytest.raises(ConfigurationError, match=words):
        parse(f"{good}\n{text}\n{ledger}".encode(), "archive.toml")


class TestCommands:
    def test_describe_sets_access_of_an_accession_at_once(self, changing: Changing) -> None:
        changing.made.ingest({"d.txt": b"d", "e.txt": b"e"}, name="gift", accession="A 9")
        report = changing("describe", "--accession", "A 9", "--set", "access=restricted, title hidden")
        assert report["counts"]["changed"] == 2
        fields = {field["field"] for change in report["changed"] for field in change["fields"]}
        assert fields == {"access"}
        listed = changing("list", "--access", "restricted")["documents"]
        assert [(one["source"], one["title"]) for one in listed] == [
            ("d.txt", "[title hidden]"),
            ("e.txt", "[title hidden]"),
        ]
        changing.require_whole()

    def test_describe_changes_what_a_search_finds_and_nothing_else(self, changing: Changing) -> None:
        report = changing("describe", "--where", RARE_WORD, "--set", "access=open")
        found = changing("search", RARE_WORD)["counts"]["found"]
        assert report["counts"]["changed"] == found >= 1
        assert len(changing("list", "--access", "open")["documents"]) == found

    @pytest.mark.parametrize("arguments", [["--accession", "no such"], ["--where", "xyzzyqwert"]])
    def test_a_bulk_change_of_nothing_is_wrong_use(self, changing: Changing, arguments: list[str]) -> None:
        report = changing("describe", *arguments, "--set", "access=open", code=2)
        assert report["kind"] == "error"

    def test_a_misspelt_access_is_refused_with_the_words_that_are_known(self, changing: Changing) -> None:
        report = changing("describe", changing.reference("a.txt"), "--set", "access=closed", code=4)
        (refused,) = report["refused"]
        assert refused["findings"][0]["code"] == "DESC-ACCESS-UNREADABLE"
        assert "embargoed until" in refused["findings"][0]["expected"]

    def test_a_table_that_is_exported_and_read_again_changes_nothing_of_it(
        self, changing: Changing, tmp_path: Path
    ) -> None:
        changing("describe", changing.reference("a.txt"), "--set", "access=embargoed until 2040-01-01")
        table = tmp_path / "all.csv"
        changing("list", "--table", str(table))
        assert changing("describe", "--metadata", str(table))["counts"]["changed"] == 0

    def test_a_reading_copy_of_a_restricted_document_is_made_with_a_warning(
        self, changing: Changing, tmp_path: Path
    ) -> None:
        reference = changing.reference("a.txt")
        changing("describe", reference, "--set", "access=restricted")
        report = changing("open", reference, "--to", str(tmp_path / "copy"))
        assert [(found["code"], found["severity"]) for found in report["findings"]] == [
            ("ACCESS-RESTRICTED", "warning")
        ]
        assert report["files"] == ["a.txt"]

    def test_a_statement_that_nobody_vouches_for_opens_nothing(
        self, changing: Changing, tmp_path: Path
    ) -> None:
        reference, bag = changing.reference("a.txt"), changing.bag("a.txt")
        changing("describe", reference, "--set", "access=restricted")
        (path,) = bag.glob("metadata/revisions/*/dublin-core.json")
        manifest, before = bag / "tagmanifest-sha512.txt", path.read_bytes()
        overwrite(path, before.replace(b'"restricted"', b'"open"'))
        old, new = (hashlib.sha512(data).hexdigest().encode() for data in (before, path.read_bytes()))
        overwrite(manifest, manifest.read_bytes().replace(old, new))
        report = changing("export", reference, "--to", str(tmp_path / "copy"), code=1)
        assert {one["finding"]["code"] for one in report["refused"]} == {"ACCESS-RESTRICTED"}
        changing("open", reference, "--to", str(tmp_path / "copy"), code=1)
        assert list(tmp_path.rglob("a.txt")) == []

    def test_embargoes_that_end_soon_are_in_status_and_far_ones_are_not(self, changing: Changing) -> None:
        soon = day_of(Surroundings().now(), later=20)
        changing("describe", changing.reference("a.txt"), "--set", f"access=embargoed until {soon}")
        changing("describe", changing.reference("b.txt"), "--set", "access=embargoed until 2140-01-01")
        report = changing("status")
        assert [one["source"] for one in report["embargoes"]] == ["a.txt"]
        assert report["access"]["embargoed"] == 2
        assert report["access"]["embargoes_over"] == 0
        assert f"embargo ends {soon}" in changing.text("status")
        changing("describe", changing.reference("a.txt"), "--set", "access=embargoed until 2001-01-01")
        assert "embargo ended 2001-01-01" in changing.text("status")

    def test_embargoes_that_status_does_not_name_are_counted(self, changing: Changing) -> None:
        soon, rows = day_of(Surroundings().now(), later=20), ["filename,title,access"]
        rows += [f"{number}.txt,Old {number},embargoed until 2001-01-01" for number in range(21)]
        rows += [f"soon.txt,Soon,embargoed until {soon}", ""]
        changing.made.ingest(
            {f"{number}.txt": str(number).encode() for number in range(21)}
            | {"soon.txt": b"soon", "metadata.csv": "\n".join(rows).encode()},
            name="closed",
        )
        report = changing("status")
        assert [one["source"] for one in report["embargoes"]][:2] == ["soon.txt", "0.txt"]
        counts = report["access"]
        assert (counts["embargoes_over"], counts["embargoes_soon"], len(report["embargoes"])) == (21, 1, 20)
        assert "… and 2 more embargoes that end soon or have ended" in changing.text("status")

    def test_a_hidden_title_is_in_no_report_and_no_derived_file(self, changing: Changing) -> None:
        reference = changing.reference("a.txt")
        changing(
            "describe", reference, "--set", "title=Unspeakable", "--set", "access=restricted, title hidden"
        )
        for command in (["list"], ["search", "Unspeakable"], ["status"], ["show", reference]):
            assert "Unspeakable" not in changing.text(*command)
        for name in ("catalog.json", "holdings.csv", "README.html"):
            assert "Unspeakable" not in (changing.root / name).read_text()
        assert "Unspeakable" in changing.text("show", reference, "--reveal")
