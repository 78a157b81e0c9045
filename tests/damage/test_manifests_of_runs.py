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
