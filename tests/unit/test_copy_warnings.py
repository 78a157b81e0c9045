"""What is said of a copy's file system before anything is written to it."""

from pathlib import Path

import pytest

from archive.core.copies import CopyForm
from archive.services.copies import warnings
from archive.services.copies.target import CopyTarget
from archive.services.copies.warnings import foreseen, room_for
from archive.storage.copies.file_system import FileSystem, file_system_of

KIB = 1024
EXFAT = FileSystem("exfat", 128 * KIB, 1 << 40)


def codes(tmp_path: Path, form: CopyForm = CopyForm.FOLDER) -> list[str]:
    """What is foreseen of a first copy of a thousand letters."""
    target = CopyTarget(tmp_path, form, None, exists=True, device=0)
    return [one.code for one in foreseen(Path("/proc"), target, 1000, 1000, 4_000_000)]


def test_on_exfat_tars_are_suggested_for_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warnings, "file_system_of", lambda _: EXFAT)
    assert codes(tmp_path) == ["COPY-FILE-SYSTEM"]
    assert codes(tmp_path, CopyForm.TAR) == []
    as_folders, as_tars = (room_for(form, EXFAT, 1000, 1000, 4_000_000) for form in CopyForm)
    assert as_folders > 1 << 30
    assert as_tars < 1 << 27


def test_a_disk_too_small_is_said_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warnings, "file_system_of", lambda _: FileSystem("ext4", 4 * KIB, 1_000_000))
    assert codes(tmp_path) == ["COPY-SPACE"]


def test_the_file_system_of_a_folder_is_known(tmp_path: Path) -> None:
    found = file_system_of(tmp_path)
    assert found.free > 0
    assert found.cluster > 0
    assert found.type not in {"vfat", ""}
