"""Bags that were made to hurt, offered to the installed command."""

from pathlib import Path

import pytest

from tests.conformance.bag_cases.bag import LETTER, Bag, Fifo, Link, build, good, line, sealed
from tests.e2e.command import Command
from tests.hostile.submission import bags, codes, ingest, payloads, require_plain, require_sound

REFUSED = 4


def _listing(extra: bytes) -> Bag:
    bag = good()
    listed = bag["manifest-sha512.txt"]
    assert isinstance(listed, bytes)
    return bag | {"manifest-sha512.txt": listed + extra}


HOSTILE: dict[str, tuple[Bag, str]] = {
    "pipes everywhere": (
        good() | {"data/p": Fifo(), "bag-info.txt": Fifo(), "fetch.txt": Fifo(), "p": Fifo()},
        "BAG-FILE-SPECIAL",
    ),
    "links out of the bag": (
        good() | {"data/l": Link("../../outside"), "notes": Link("../outside"), "loop": Link("loop")},
        "BAG-FILE-LINK",
    ),
    "paths out of the bag": (
        _listing(b"".join(line(path, b"x") for path in ("../x", "/etc/passwd", "~/x", "data/../../x"))),
        "BAG-PATH-TRAVERSAL",
    ),
    "bogus lines": (_listing(b"bogus\n" * 20_000), "BAG-LINE-SYNTAX"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_bag_is_refused_within_seconds_and_nothing_is_held(
    archive: Command, tmp_path: Path, kind: str
) -> None:
    bag, code = HOSTILE[kind]
    (tmp_path / "outside").write_bytes(b"secret\n")
    build(bag, tmp_path / "transfer")
    report = ingest(archive, tmp_path / "transfer", "--describe-later", code=REFUSED)
    assert [judged["verdict"] for judged in report["bags"]] == ["invalid"]
    assert {code, "SRC-BAG-REFUSED"} <= codes(report)
    assert bags(archive) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [("d/" * 250 + "deep.txt", "SRC-DEPTH"), (f"{'d' * 200}/" * 18 + "deep.txt", "SRC-PATH")],
)
def test_a_valid_bag_that_no_archive_could_hold_is_refused_and_not_called_changed(
    archive: Command, tmp_path: Path, path: str, code: str
) -> None:
    bag = good({f"data/{path}": LETTER})
    build(bag, tmp_path / "transfer")
    report = ingest(archive, tmp_path / "transfer", "--describe-later", code=REFUSED)
    assert [judged["verdict"] for judged in report["bags"]] == ["valid"]
    errors = {
        one["code"] for each in report["rejected"] for one in each["findings"] if one["severity"] == "error"
    }
    assert errors == {code}
    assert bags(archive) == []


def test_awkward_names_of_a_bag_keep_their_bytes_and_move_no_cursor(archive: Command, tmp_path: Path) -> None:
    names = ["\x1b[2Jred.txt", "a\u202etxt.exe", "con", "tagmanifest-md5.txt", " lead", "\udcff.txt", "=1+1"]
    payload = {f"data/{name}": name.encode("utf-8", "surrogateescape") for name in names}
    bag = sealed(good(payload, tags={"\x1b[31mnotes\u202e.txt": b"n", "tagmanifest-notes/a": b"a"}))
    build(bag, tmp_path / "trans\x1bfer")
    done = archive("ingest", tmp_path / "trans\x1bfer", "--describe-later", "--no-identify")
    require_plain(done.out, done.err)
    assert sorted(payloads(archive).values()) == sorted(payload.values())
    require_sound(archive, 1)


def test_a_bag_becomes_one_document_that_audits_as_intact(archive: Command, tmp_path: Path) -> None:
    build(sealed(good(version="0.97", algorithms=("md5",)), "md5"), tmp_path / "transfer")
    report = ingest(archive, tmp_path / "transfer", "--describe-later")
    assert [(judged["verdict"], judged["version"]) for judged in report["bags"]] == [("valid", "0.97")]
    assert payloads(archive) == {"letter.txt": LETTER, "plates/1.txt": b"one\n"}
    require_sound(archive, 1)


def test_a_dry_run_shows_the_verdict_and_writes_nothing(archive: Command, tmp_path: Path) -> None:
    build(good(), tmp_path / "transfer")
    done = archive("ingest", tmp_path / "transfer", "--describe-later", "--dry-run")
    assert "transfer/ is a bag (BagIt 1.0, 2 files, 31 bytes): valid" in done.out
    assert bags(archive) == []
