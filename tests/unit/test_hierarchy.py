"""What is part of what: each document once below its parent, groups by name, circles and absences said."""

import pytest

from archive.core.findings import Severity
from archive.services.catalog.index_reading import reading_index
from archive.services.description_profiles import built_in
from archive.services.holdings import hierarchy
from archive.services.holdings.completeness import CompletenessLook
from archive.services.holdings.hierarchy import Hierarchy
from tests.archives import MadeArchive, make_archive
from tests.changes import Changing


def made_of(folder: object, patch: pytest.MonkeyPatch, rows: dict[str, str]) -> MadeArchive:
    """Documents called after their references, with what they are part of."""
    made = make_archive(folder, patch)  # type: ignore[arg-type]
    lines = [f"{name}.txt,{name},Title {name},{above}\n" for name, above in rows.items()]
    table = "filename,reference,title,isPartOf\n" + "".join(lines)
    made.ingest({f"{name}.txt": name.encode() for name in rows} | {"metadata.csv": table.encode()})
    return made


def tree(made: MadeArchive) -> tuple[list[str], list[tuple[str, str]]]:
    """A line for each node, indented, and the findings."""
    with reading_index(made.opened) as reading:
        found = Hierarchy(reading.index)
        lines = [
            "." * node.depth + (node.row.reference if node.row else f"<{node.group}>") + "*" * node.repeated
            for node in found.nodes()
        ]
    return lines, [(finding.code, finding.place) for finding in found.findings]


def test_parts_stand_below_what_they_are_part_of(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"item": "file", "file": "series", "series": "fonds", "fonds": "", "other": "", "second": "series"}
    lines, findings = tree(made_of(tmp_path, monkeypatch, rows))
    assert lines == ["fonds", ".series", "..file", "...item", "..second", "other"]
    assert findings == []


def test_a_name_that_nobody_described_is_a_group(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"b": "Family papers", "a": "Family papers", "c": "a"}
    lines, findings = tree(made_of(tmp_path, monkeypatch, rows))
    assert lines == ["<Family papers>", ".b", ".a", "..c"]
    assert findings == []


def test_a_document_in_two_places_is_unfolded_once(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"x": "", "y": "", "both": "x||y", "below": "both"}
    lines, _ = tree(made_of(tmp_path, monkeypatch, rows))
    assert lines == ["x", ".both", "..below", "y", ".both*"]


def test_a_document_in_two_places_is_counted_once(changing: Changing) -> None:
    a, b, c = map(changing.reference, ("a.txt", "b.txt", "c.txt"))
    changing("describe", b, "--set", f"dcterms.isPartOf={a}", "--set", f"dcterms.isPartOf={c}")
    report = changing("list", "--tree")
    assert [node["document"]["reference"] for node in report["nodes"]] == [a, b, c, b]
    assert report["counts"] == {"documents": 3, "groups": 0}


@pytest.mark.parametrize(
    ("rows", "place"),
    [({"a": "a"}, "a"), ({"a": "b", "b": "a"}, "a"), ({"tail": "a", "a": "b", "b": "c", "c": "a"}, "a")],
)
def test_a_circle_is_an_error_and_everything_in_it_is_shown_once(
    rows: dict[str, str], place: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines, findings = tree(made_of(tmp_path, monkeypatch, rows))
    assert findings == [("PART-CIRCLE", place)]
    shown = [line.strip(".*") for line in lines if not line.endswith("*")]
    assert sorted(shown) == sorted(rows)


def test_a_reference_that_nothing_held_has_is_a_warning(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = made_of(tmp_path, monkeypatch, {"a": "1999-000001", "b": "Box 1999"})
    lines, findings = tree(made)
    assert lines == ["<1999-000001>", ".a", "<Box 1999>", ".b"]
    assert findings == [("PART-PARENT-ABSENT", "a")]


def test_a_parent_may_be_named_by_its_id(changing: Changing) -> None:
    above, below = changing.row("a.txt"), changing.row("b.txt")
    changing("describe", below.reference, "--set", f"isPartOf=urn:uuid:{above.bag}")
    nodes = changing("list", "--tree")["nodes"]
    at = [node["document"]["reference"] for node in nodes].index(above.reference)
    assert nodes[at + 1]["document"]["reference"] == below.reference
    assert nodes[at + 1]["depth"] == 1


def test_the_id_of_a_parent_is_the_same_in_any_case(changing: Changing) -> None:
    above, below = changing.row("a.txt"), changing.row("b.txt")
    changing("describe", below.reference, "--set", f"isPartOf=URN:UUID:{above.bag.upper()}")
    report = changing("list", "--tree")
    assert report["findings"] == []
    assert [(one["depth"], one["document"]["id"]) for one in report["nodes"]][1] == (1, below.bag)


def test_a_parent_that_was_withdrawn_is_said(changing: Changing) -> None:
    above, below = changing.reference("a.txt"), changing.reference("b.txt")
    changing("describe", below, "--set", f"isPartOf={above}")
    changing("withdraw", above, "--reason", "asked for")
    report = changing("list", "--tree")
    assert [found["code"] for found in report["findings"]] == ["PART-PARENT-ABSENT"]
    assert "withdrawn" in report["findings"][0]["message"]


def test_the_command_ends_with_1_for_a_circle(changing: Changing) -> None:
    reference = changing.reference("a.txt")
    changing("describe", reference, "--set", f"isPartOf={reference}")
    report = changing("list", "--tree", code=1)
    assert report["findings"][0]["severity"] == Severity.ERROR


def test_completeness_counts_each_document_and_takes_in_what_is_inherited(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_archive(tmp_path, monkeypatch)  # type: ignore[arg-type]
    table = (
        "filename,reference,title,date,extent,language,description,access,isPartOf\n"
        "s.txt,S,Series,1918,1 box,de,About,open,\n"
        "p.txt,P,Part,1918,1 leaf,,About,,S\n"
        "q.txt,Q,Lacks extent and language,1918,,,About,open,\n"
        "r.txt,R,Lacks extent,1918,,,About,,S\n"
    )
    made.ingest({f"{name}.txt": name.encode() for name in "spqr"} | {"metadata.csv": table.encode()})
    archive = made.opened
    with reading_index(archive) as reading:
        look = CompletenessLook(archive, reading.index, built_in("dacs-minimum"))
        counts = look.counts()
        lacking = {
            row.reference: list(map(str, missing)) for row, missing in look.incomplete(reading.index.list())
        }
    assert (counts.documents, counts.complete) == (4, 2)
    assert {str(each): count for each, count in counts.missing if count} == {
        "dcterms.extent": 2,
        "dc.language": 1,
    }
    assert lacking == {"Q": ["dcterms.extent", "dc.language"], "R": ["dcterms.extent"]}


def test_list_of_what_is_incomplete_names_the_fields_and_status_counts_them(changing: Changing) -> None:
    changing.configure('[description]\nprofile = "dacs-minimum"\n')
    report = changing("list", "--incomplete")
    status = changing("status")["completeness"]
    assert report["counts"]["documents"] == status["documents"] - status["complete"] == 3
    assert all("dcterms.extent" in document["missing"] for document in report["documents"])
    assert "lacks" in changing.text("list", "--incomplete", "--limit", "1")
    changing("list", "--incomplete", "--profile", "no such", code=2)


def test_a_circle_behind_many_absences_is_an_error_all_the_same(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hierarchy, "HIERARCHY_FINDINGS", 2)
    rows = {"a": "2019-000001", "b": "2019-000002", "c": "2019-000003", "round": "round"}
    _, findings = tree(made_of(tmp_path, monkeypatch, rows))
    assert [code for code, _ in findings] == ["PART-PARENT-ABSENT"] * 2 + ["PART-CIRCLE"]
