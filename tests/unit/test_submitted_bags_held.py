"""A bag whose payload is held already: its other files are held too, or it is said that they are not."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.schemas import explain
from archive.storage.bags import held_bag
from tests.archives import MadeArchive, make_archive
from tests.conformance.bag_cases.bag import Bag, build, good, sealed

Printed = pytest.CaptureFixture[str]
FORM = "consent/form.txt"
BELOW = "metadata/submission/"
SEAL = f"{BELOW}tagmanifest-sha512.txt"


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """A new archive."""
    return make_archive(tmp_path, monkeypatch)


def bag(payload: dict[str, bytes] | None = None, **tags: bytes) -> Bag:
    """A valid bag with a form beside the payload; `info` is its bag-info.txt."""
    named = {FORM if name == "form" else "bag-info.txt": content for name, content in tags.items()}
    return sealed(good(payload, tags=named) if payload is not None else good(tags=named))


def brought(archive: MadeArchive, day: str, files: Bag) -> Path:
    """The bag as the folder `transfer` of that day."""
    folder = archive.folder / day
    folder.mkdir(exist_ok=True)
    build(files, folder / "transfer")
    (folder / "transfer/data").mkdir(exist_ok=True)  # of a bag without payload too
    return folder / "transfer"


def told(archive: MadeArchive, capsys: Printed, source: Path, *words: str, command: str = "ingest") -> Any:
    """Exit code and report of one command."""
    capsys.readouterr()
    given = [command, str(source), "--describe-later", *words]
    code = run(["-C", str(archive.root), "--format", "json", *given])
    report = json.loads(capsys.readouterr().out)
    assert explain(f"{command}-report", report) == []
    return code, report


def differs(report: Any) -> list[str]:
    (row,) = report["held"]
    return list(row["differs"])


@pytest.mark.parametrize("payload", [None, {}], ids=["payload", "no payload"])
def test_with_another_tag_file_it_is_not_called_held_without_a_word(
    archive: MadeArchive, capsys: Printed, payload: dict[str, bytes] | None
) -> None:
    assert told(archive, capsys, brought(archive, "day1", bag(payload, form=b"form 1")))[0] == 0
    second = brought(archive, "day2", bag(payload, form=b"form 2: the only copy"))
    for command in ("check", "ingest"):
        code, report = told(archive, capsys, second, command=command)
        assert (code, differs(report)) == (1, [BELOW + FORM, SEAL]), command
        assert (report["counts"]["held"], report["counts"]["held_differs"]) == (1, 1)
    assert run(["-C", str(archive.root), "ingest", str(second), "--describe-later"]) == 1
    said = capsys.readouterr().out
    assert f"{FORM}, tagmanifest-sha512.txt: not held; --accession" in said
    assert "everything is held already" not in said


def test_what_it_says_of_an_accession_of_its_own_keeps_it(archive: MadeArchive, capsys: Printed) -> None:
    told(archive, capsys, brought(archive, "day1", bag(form=b"form 1")))
    second = brought(archive, "day2", bag(form=b"form 2"))
    assert told(archive, capsys, second, "--accession", "second")[1]["counts"]["ingested"] == 1
    kept = {path.read_bytes() for path in archive.root.glob(f"bags/*/*/{BELOW}{FORM}")}
    assert kept == {b"form 1", b"form 2"}
    code, report = told(archive, capsys, second, "--accession", "second")
    assert (code, differs(report)) == (0, [])


def test_a_bag_info_that_was_corrected_is_told_and_what_is_left_away_is_not(
    archive: MadeArchive, capsys: Printed
) -> None:
    first = bag(form=b"form", info=b"Contact-Name: Ana\n")
    told(archive, capsys, brought(archive, "day1", first))
    code, report = told(
        archive, capsys, brought(archive, "day2", bag(form=b"form", info=b"Contact-Name: Bea\n"))
    )
    assert (code, differs(report)) == (1, [f"{BELOW}bag-info.txt", SEAL])
    code, report = told(archive, capsys, brought(archive, "day3", bag(info=b"Contact-Name: Ana\n")))
    assert (code, differs(report)) == (1, [SEAL])
    unsealed = {path: content for path, content in first.items() if not path.startswith("tagmanifest")}
    code, report = told(archive, capsys, brought(archive, "day4", unsealed))
    assert (code, differs(report)) == (0, [])


@pytest.mark.parametrize("names", [(), ("aux.txt", "notes/what?.txt", "notes/WHAT\u212b.txt")])
def test_the_very_same_bag_is_held_also_where_files_were_renamed(
    archive: MadeArchive, capsys: Printed, names: tuple[str, ...]
) -> None:
    files = sealed(good(tags={FORM: b"form", **{name: name.encode() for name in names}}))
    told(archive, capsys, brought(archive, "day1", files))
    (made,) = archive.root.glob("bags/*/*")
    assert (made / "metadata/names.json").exists()
    again = brought(archive, "day2", files)
    (again / ".DS_Store").write_bytes(b"somebody looked into the folder")
    code, report = told(archive, capsys, again)
    assert (code, differs(report)) == (0, [])


def test_of_two_that_came_together_each_is_held_as_itself(archive: MadeArchive, capsys: Printed) -> None:
    first = brought(archive, "day1", bag(form=b"form 1"))
    second = brought(archive, "day2", bag(form=b"form 2"))
    assert told(archive, capsys, first, str(second))[1]["counts"]["ingested"] == 2
    for source in (first, second):
        code, report = told(archive, capsys, source)
        assert (code, differs(report)) == (0, [])


def test_a_held_bag_that_cannot_be_read_is_neither_the_same_nor_another(
    archive: MadeArchive, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = brought(archive, "day1", bag(form=b"form 1"))
    told(archive, capsys, source)

    def broken(*_: Any) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(held_bag.HeldBag, "read", broken)
    for command in ("check", "ingest"):
        code, report = told(archive, capsys, source, command=command)
        assert (code, report["held"]) == (3, []), command
        found = [*report["findings"], *(x for each in report.get("rejected", ()) for x in each["findings"])]
        assert "BAG-UNREADABLE" in {each["code"] for each in found}


def test_a_held_bag_that_does_not_say_what_it_keeps_is_told_as_damaged(
    archive: MadeArchive, capsys: Printed
) -> None:
    source = brought(archive, "day1", bag(form=b"form 1"))
    told(archive, capsys, source)
    (made,) = archive.root.glob("bags/*/*")
    names = made / "metadata/names.json"
    names.chmod(0o644)
    names.write_bytes(b"{}")
    code, report = told(archive, capsys, source)
    assert (code, differs(report)) == (0, [])
    assert {each["code"] for each in report["findings"]} | {
        one["code"] for each in report["rejected"] for one in each["findings"]
    } >= {"DUP-DAMAGED"}
