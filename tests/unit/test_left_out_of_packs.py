"""What a pack with names cannot have is named in it, and by whoever makes or checks it; nothing hides so."""

import errno
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive import schemas
from archive.cli.frame import run
from archive.core.findings import Finding
from archive.services.evidence import pack_names, packing
from archive.services.evidence.pack_check import check_pack
from archive.services.evidence.packing import Packing
from archive.services.opened import open_archive
from archive.services.surroundings import Surroundings
from archive.storage.layout import bag_path
from tests.archives import MadeArchive, make_archive, overwrite
from tests.packs import Members, Printed, check, command, first, rewrite

LEFT_OUT = "PACK-LEFT-OUT"
UNKNOWN = "runs/01a205b0-0000-7000-8000-0000000000ff.json"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """Two runs of a letter each, the second with the longer name; an audit."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("left-out"), patch)
        made.ingest({"a.txt": b"a"}, name="one")
        made.ingest({f"{'b' * 200}.txt": b"b"}, name="two")
        command(made, "audit")
        command(made, "ledger", "pack", "--names", "--out", str(made.folder / "p.zip"))
        yield made


def told(findings: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(each["code"], each["place"]) for each in findings]


def in_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [each.to_json() for each in findings]


def packed(made: MadeArchive, printed: Printed, target: Path) -> dict[str, Any]:
    """The report of `ledger pack`."""
    printed.readouterr()
    words = ["ledger", "pack", "--names", "--out", str(target), "--format", "json"]
    assert run(["-C", str(made.root), *words]) == 0
    document: dict[str, Any] = json.loads(printed.readouterr().out)
    assert schemas.explain("ledger-pack", document) == []
    return document


def facts_of(pack: Path) -> dict[str, Any]:
    with zipfile.ZipFile(pack) as opened:
        facts: dict[str, Any] = json.loads(opened.read("pack.json"))
    return facts


def test_the_manifest_of_a_run_that_is_larger_than_any_in_a_pack_is_named(
    made: MadeArchive, capsys: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    smaller, larger = sorted(made.root.glob("runs/*.json"), key=os.path.getsize)
    for module in (packing, pack_names):
        monkeypatch.setattr(module, "RUN_MANIFEST_BYTES", smaller.stat().st_size)
    path = f"runs/{larger.name}"
    assert told(packed(made, capsys, tmp_path / "p.zip")["findings"]) == [(LEFT_OUT, path)]
    assert facts_of(tmp_path / "p.zip")["left_out_parts"] == [path]
    code, document = check(capsys, tmp_path / "p.zip")
    assert (code, document["outcome"], told(document["findings"])) == (0, "proven", [(LEFT_OUT, path)])
    command(made, "ledger", "pack", "--names", "--out", str(tmp_path / "q.zip"))
    assert path in capsys.readouterr().out
    assert run(["ledger", "check-pack", str(tmp_path / "q.zip")]) == 0
    assert path in capsys.readouterr().out


def test_results_that_are_larger_than_any_in_a_pack_are_left_out_as_those_of_an_audit(
    made: MadeArchive, capsys: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "RESULTS_CHUNK_BYTES", 10)
    (folder,) = made.root.glob("audits/*")
    assert packed(made, capsys, tmp_path / "p.zip")["left_out"] == [folder.name]
    code, document = check(capsys, tmp_path / "p.zip")
    assert (code, document["findings"]) == (0, [])
    assert document["self_checks"] == {"recorded": 1, "checked": 0, "left_out": {"intact": 1}}
    command(made, "ledger", "pack", "--names", "--out", str(tmp_path / "q.zip"))
    assert "larger than any in a pack" in capsys.readouterr().out


@pytest.mark.parametrize("disposed", [False, True], ids=["withdrawn", "disposed of"])
def test_a_document_that_goes_while_a_pack_is_made_accuses_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, disposed: bool
) -> None:
    made = make_archive(tmp_path / "archive", monkeypatch)
    made.ingest({"a.txt": b"a", "b.txt": b"b"})
    (bag,) = (path.parents[1].name for path in made.root.glob("bags/*/*/data/a.txt"))
    begun = Packing(open_archive(made.root), Surroundings(), names=True)
    command(made, "withdraw", bag, "--reason", "x", "--yes")
    if disposed:
        command(made, "dispose", bag, "--authority", "y", "--yes")
    expected = [(LEFT_OUT, bag_path(bag))] if disposed else []
    assert told(in_json(begun.write(tmp_path / "p.zip").findings)) == expected
    report = check_pack(tmp_path / "p.zip")
    assert report.outcome == "proven"
    assert [each for each in told(in_json(report.findings)) if each[0] != "LEDGER-BEHIND"] == expected


def test_a_manifest_that_is_lost_in_the_archive_is_not_left_out(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_archive(tmp_path / "archive", monkeypatch)
    made.ingest({"a.txt": b"a"})
    (bag,) = made.root.glob("bags/*/*")
    bag.chmod(0o755)
    (bag / "manifest-sha512.txt").unlink()
    (manifest,) = made.root.glob("runs/*.json")
    manifest.unlink()
    assert packed(made, capsys, tmp_path / "p.zip")["findings"] == []
    code, document = check(capsys, tmp_path / "p.zip")
    places = [f"runs/{manifest.name}", f"{bag_path(bag.name)}/manifest-sha512.txt"]
    assert (code, told(document["findings"])) == (5, [("PACK-MEMBER", place) for place in places])


def leaving_out(*parts: str) -> Callable[[Members], None]:
    """The list of what was left out says so."""

    def edit(members: Members) -> None:
        facts = json.loads(members["pack.json"])
        members["pack.json"] = json.dumps({**facts, "left_out_parts": list(parts)}).encode()

    return edit


def test_what_somebody_takes_out_of_a_pack_and_calls_left_out_is_named(capsys: Printed, pack: Path) -> None:
    gone: list[str] = []

    def edit(members: Members) -> None:
        gone.append(first(members, "runs/", ".json"))
        gone.append(first(members, "bags/", "/manifest-sha512.txt").rpartition("/")[0])
        for name in [each for each in members if each.startswith(tuple(gone))]:
            del members[name]
        leaving_out(*gone)(members)

    rewrite(pack, edit, listed=True)
    code, document = check(capsys, pack)
    assert (code, told(document["findings"])) == (0, [(LEFT_OUT, place) for place in gone])
    assert {each["severity"] for each in document["findings"]} == {"warning"}


@pytest.mark.parametrize("names", [False, True], ids=["without names", "with names"])
def test_what_is_called_left_out_and_is_not_breaks_a_pack(capsys: Printed, pack: Path, names: bool) -> None:
    claimed: list[str] = []

    def edit(members: Members) -> None:
        claimed.append(first(members, "bags/", "/manifest-sha512.txt").rpartition("/")[0])
        del members[first(members, "bags/", "/tagmanifest-sha512.txt")]
        claimed.extend([UNKNOWN, first(members, "runs/", ".json"), "../../x"])
        leaving_out(*claimed)(members)
        if not names:
            members["pack.json"] = members["pack.json"].replace(b'"names": true', b'"names": false')

    rewrite(pack, edit, listed=True)
    code, document = check(capsys, pack)
    lost = [f"{claimed[0]}/tagmanifest-sha512.txt"] if names else []
    expected = [("PACK-MEMBER", place) for place in sorted([*lost, *claimed])]
    assert (code, sorted(told(document["findings"]))) == (5, expected)


@pytest.mark.parametrize("wrong", [5, [5], {"runs": []}])
def test_a_list_of_what_was_left_out_that_is_none_makes_no_pack(pack: Path, wrong: object) -> None:
    def edit(members: Members) -> None:
        members["pack.json"] = json.dumps(
            {**json.loads(members["pack.json"]), "left_out_parts": wrong}
        ).encode()

    rewrite(pack, edit)
    assert run(["ledger", "check-pack", str(pack)]) == 2


def silently_packed(made: MadeArchive, printed: Printed, target: Path) -> tuple[dict[str, Any], str]:
    """The report of a pack without names, and what people are told of another such pack."""
    printed.readouterr()
    words = ["-C", str(made.root), "ledger", "pack", "--out"]
    assert run([*words, str(target), "--format", "json"]) == 0
    document: dict[str, Any] = json.loads(printed.readouterr().out)
    assert schemas.explain("ledger-pack", document) == []
    assert run([*words, f"{target}.second.zip"]) == 0
    return document, printed.readouterr().out


@pytest.mark.parametrize("part", ["000001.jsonl.gz", "results-1.json"])
def test_results_that_storage_refuses_are_not_called_ones_that_name_files(
    made: MadeArchive, capsys: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    (path,) = made.root.glob(f"audits/*/{part}")
    opened = os.open

    def refusing(name: Any, *rest: Any, **options: Any) -> int:
        if str(name) == str(path):
            raise OSError(errno.EIO, "Input/output error")
        return opened(name, *rest, **options)

    monkeypatch.setattr(os, "open", refusing)
    document, said = silently_packed(made, capsys, tmp_path / "p.zip")
    place = f"audits/{path.parent.name}/{part}"
    assert (document["left_out"], told(document["findings"])) == ([path.parent.name], [(LEFT_OUT, place)])
    assert "Input/output error" in document["findings"][0]["message"]
    assert "left out, since they cannot be read: the results of 1 self-check\n" in said
    assert "name files" not in said
    assert check(capsys, tmp_path / "p.zip")[0] == 0


@pytest.mark.parametrize(("bytes_of", "why"), [(b"no gzip", "not a results file"), (b"", "larger")])
def test_results_that_are_none_or_too_large_are_not_called_ones_that_name_files(
    made: MadeArchive,
    capsys: Printed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    bytes_of: bytes,
    why: str,
) -> None:
    shutil.copytree(made.root, tmp_path / "archive", symlinks=True)
    other = MadeArchive(tmp_path)
    if bytes_of:
        (path,) = other.root.glob("audits/*/000001.jsonl.gz")
        overwrite(path, bytes_of)
    else:
        monkeypatch.setattr(packing, "RESULTS_CHUNK_BYTES", 10)
    document, said = silently_packed(other, capsys, tmp_path / "p.zip")
    assert len(document["left_out"]) == 1
    assert "name files" not in said
    assert why in said
