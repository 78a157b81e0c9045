"""What lies in the place of a run's manifest and is none: it is altered, and soon told."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.services.catalog import run_manifests
from tests.changes import Changing


def _link(place: Path) -> None:
    place.symlink_to("/dev/null")


def _hole(place: Path) -> None:
    with open(place, "xb") as stream:
        stream.truncate(1 << 40)


@pytest.mark.parametrize("put", [_link, os.mkdir, os.mkfifo, _hole])
def test_what_is_no_manifest_is_an_altered_one(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, put: Callable[[Path], None]
) -> None:
    monkeypatch.setattr(run_manifests, "RUN_MANIFEST_READ", 1 << 26, raising=False)
    place = next((changing.root / "runs").iterdir())
    place.unlink()
    put(place)
    assert changing.audit(1) == [("CATALOG-RUN-ALTERED", f"runs/{place.name}")]


def test_what_a_killed_rebuild_left_is_no_damage_and_goes_with_the_next_command(changing: Changing) -> None:
    place = next((changing.root / "runs").iterdir())
    left = place.with_name(f".{place.name}.0123456789abcdef.tmp")
    left.write_bytes(b"torn")
    assert changing.audit() == []
    report = changing("audit", "--read-only")
    assert [one["code"] for one in report["findings"]] == ["CATALOG-RUN-PENDING"]
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Again")
    assert not left.exists()
    changing.require_whole()


@pytest.mark.parametrize(
    "name",
    [
        ".01a205b0-0000-7000-8000-0000000000ff.json.0123456789abcdef.tmp",
        ".{run}.json.0123456789abcde.tmp",
        ".{run}.json.0123456789abcdef.tmp.json",
        "{run}.json.0123456789abcdef.tmp",
    ],
)
def test_what_only_looks_like_it_is_a_stranger(changing: Changing, name: str) -> None:
    run = next((changing.root / "runs").iterdir()).stem
    (changing.root / "runs" / name.format(run=run)).write_bytes(b"whose?")
    assert [code for code, _ in changing.audit(1)] == ["CATALOG-RUN-UNKNOWN"]
