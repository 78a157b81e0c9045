"""`archive verify --profile` and `--cross-check` as a person and a program meet them."""

import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from archive import schemas
from archive.cli.frame import run
from tests.archives import described, make_archive
from tests.builders import damage, make_bag
from tests.profiles import IDENTIFIER, PLAIN

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder of profiles, empty."""
    home = tmp_path / "profiles"
    home.mkdir()
    monkeypatch.setenv("ARCHIVE_PROFILE_DIR", str(home))
    return home


def profile(path: Path, **keys: Any) -> Path:
    path.write_text(json.dumps({**PLAIN, **keys}), encoding="utf-8")
    return path


def bag(tmp_path: Path, *lines: str) -> Path:
    """A valid bag, with these lines in its bag-info.txt and no tag manifest."""
    path = make_bag(tmp_path).path
    (path / "tagmanifest-sha512.txt").unlink()
    (path / "bag-info.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def report(printed: Printed, *arguments: object) -> tuple[int, Any]:
    """The exit code and the report, which follows its schema."""
    code = run(["verify", *map(str, arguments), "--format", "json"])
    document = json.loads(printed.readouterr().out)
    assert schemas.explain(document["kind"], document) == []
    return code, document


def codes(document: Any) -> list[str]:
    return [finding["code"] for finding in document["bags"][0]["findings"]]


def test_a_bag_that_keeps_the_named_profile_is_valid(tmp_path: Path, capsys: Printed) -> None:
    path = bag(tmp_path, f"BagIt-Profile-Identifier: {IDENTIFIER}")
    code, document = report(capsys, path, "--profile", profile(tmp_path / "p.json"))
    assert (code, document["bags"][0]["verdict"]) == (0, "valid")
    assert "PRO-JUDGED" in codes(document)


def test_a_bag_that_breaks_the_named_profile_is_invalid_with_every_violation(
    tmp_path: Path, capsys: Printed
) -> None:
    asked = {
        "Bag-Info": {"Contact-Name": {"required": True}},
        "Manifests-Allowed": ["md5"],
        "Data-Empty": True,
    }
    code, document = report(capsys, bag(tmp_path), "--profile", profile(tmp_path / "p.json", **asked))
    assert (code, document["bags"][0]["verdict"]) == (1, "invalid")
    assert [each for each in codes(document) if each.startswith("PRO-")] == [
        "PRO-JUDGED",
        "PRO-IDENTIFIER-MISSING",
        "PRO-TAG-REQUIRED",
        "PRO-DATA-EMPTY",
        "PRO-MANIFEST-ALLOWED",
    ]


def test_a_profile_that_cannot_be_read_is_a_usage_error_that_names_line_and_column(
    tmp_path: Path, capsys: Printed
) -> None:
    (tmp_path / "p.json").write_text('{\n "a": ,\n}')
    assert run(["verify", str(bag(tmp_path)), "--profile", str(tmp_path / "p.json")]) == 2
    assert "p.json:2:7: is not JSON" in capsys.readouterr().err
    code, document = report(capsys, bag(tmp_path / "other"), "--profile", tmp_path / "p.json")
    assert (code, document["kind"], document["exit_code"]) == (2, "error", 2)
    assert document["findings"][0]["at"]["column"] == 7


def test_an_unregistered_profile_is_noted_unasked_and_the_bag_is_valid(
    tmp_path: Path, capsys: Printed
) -> None:
    path = bag(tmp_path, "BagIt-Profile-Identifier: urn:far")
    assert run(["verify", str(path)]) == 0
    told = capsys.readouterr().err
    assert "PRO-UNREGISTERED" in told
    assert str(tmp_path / "profiles") in told


def test_a_registered_profile_is_applied_without_being_asked_for(
    folder: Path, tmp_path: Path, capsys: Printed
) -> None:
    profile(folder / "any.json", **{"Data-Empty": True})
    code, document = report(capsys, bag(tmp_path, f"BagIt-Profile-Identifier: {IDENTIFIER}"))
    assert code == 1
    assert "PRO-DATA-EMPTY" in codes(document)


def test_strict_makes_no_error_of_what_is_untidy_in_a_profile(tmp_path: Path, capsys: Printed) -> None:
    path = bag(tmp_path, f"BagIt-Profile-Identifier: {IDENTIFIER}")
    code, document = report(capsys, path, "--strict", "--profile", profile(tmp_path / "p.json", Unknown=1))
    assert (code, document["bags"][0]["verdict"]) == (0, "valid")
    assert "PRO-PROFILE-UNKNOWN" in codes(document)


def test_a_bag_of_ours_keeps_our_profile_and_bagit_agrees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"a.txt": b"one", "a.txt.dc.json": described("A letter")})
    (held,) = made.root.glob("bags/*/*")
    capsys.readouterr()
    code, document = report(capsys, held, "--cross-check")
    assert code == 0
    assert codes(document) == ["PRO-JUDGED"]
    assert document["bags"][0]["findings"][0]["message"].endswith(": kept")
    assert document["bags"][0]["cross_check"]["outcome"] == "agrees"
    serialised = tmp_path / f"{held.name}.tar"
    with tarfile.open(serialised, "w") as tar:
        tar.add(held, held.name)
    code, document = report(capsys, serialised)
    assert (code, codes(document)) == (0, ["PRO-JUDGED"])


def test_a_disagreement_is_a_warning_and_changes_no_verdict(tmp_path: Path, capsys: Printed) -> None:
    path = bag(tmp_path)
    with (path / "manifest-sha512.txt").open("ab") as manifest:
        manifest.write(b"nothing\n")
    code, document = report(capsys, path, "--cross-check")
    judged = document["bags"][0]
    assert (code, judged["verdict"], judged["cross_check"]["outcome"]) == (1, "invalid", "disagrees")
    assert judged["cross_check"]["verdict"] == "valid"
    assert judged["cross_check"]["differences"][0]["why"]
    assert "CROSS-DIFFERS" in codes(document)


def test_a_pipe_costs_bagit_no_time_and_is_no_verdict_of_it(tmp_path: Path, capsys: Printed) -> None:
    path = bag(tmp_path)
    damage(path / "bag-info.txt", "delete")
    os.mkfifo(path / "bag-info.txt")
    code, document = report(capsys, path, "--cross-check", "--cross-check-timeout", 20)
    assert (code, document["bags"][0]["cross_check"]["outcome"]) == (1, "not-judged")
    assert "CROSS-NOT-JUDGED" in codes(document)


def test_the_second_opinion_stands_below_the_verdict(tmp_path: Path, capsys: Printed) -> None:
    assert run(["verify", str(bag(tmp_path)), "--cross-check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("✓")
    assert lines[1].startswith("  bagit ")
    assert lines[1].endswith("agrees: valid")


def test_of_a_serialised_bag_it_is_said_that_it_was_not_cross_checked(
    tmp_path: Path, capsys: Printed
) -> None:
    path = tmp_path / "bag.tar"
    with tarfile.open(path, "w") as tar:
        tar.add(bag(tmp_path), "bag")
    assert run(["verify", str(path), "--cross-check"]) == 0
    assert "not cross-checked: bagit reads folders only" in capsys.readouterr().out
    _, document = report(capsys, path, "--cross-check")
    assert document["bags"][0]["cross_check"]["outcome"] == "not-checked"
    assert "CROSS-FOLDERS-ONLY" in codes(document)
