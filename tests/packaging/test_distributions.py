"""Wheel and source distribution: exactly the files meant to be in them, and a wheel that works by itself."""

import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from email import message_from_bytes
from pathlib import Path

import pytest

from archive import __version__, schemas

ROOT = Path(__file__).parent.parent.parent
STEM = f"document_archive-{__version__}"
SENT = ("archive", "schemas", "seeds", "independent", "tests", "docs", "benchmarks")
SHIPPED_SUFFIXES = {".py", ".jinja", ".typed", ".json"}
TIMEOUT = 120  # seconds; a hang is a failure

pytest.importorskip("build", reason="the package build is not installed")
pytest.importorskip("hatchling", reason="the package hatchling is not installed")


def call(*arguments: str | Path, **environment: str) -> str:
    """Runs Python outside the checkout with the arguments, and gives what it printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_CORE"))}
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
        env={**kept, "PYTHONUTF8": "1", **environment},
        cwd=ROOT.anchor,
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and the wheel that was built from it."""
    out = tmp_path_factory.mktemp("dist")
    call("-m", "build", "--no-isolation", "--outdir", out, ROOT)
    return out


@pytest.fixture(scope="session")
def wheel(built: Path) -> Mapping[str, bytes]:
    """The files of the wheel."""
    with zipfile.ZipFile(built / f"{STEM}-py3-none-any.whl") as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture(scope="session")
def source(built: Path) -> Mapping[str, bytes]:
    """The files of the source distribution, relative to its folder."""
    files = {}
    with tarfile.open(built / f"{STEM}.tar.gz") as opened:
        for member in opened:
            content = opened.extractfile(member)
            assert content is not None, f"{member.name} is no file"
            files[member.name.removeprefix(f"{STEM}/")] = content.read()
    return files


@pytest.fixture(scope="session")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel is installed, without what it depends on."""
    target = tmp_path_factory.mktemp("installed")
    wheel = built / f"{STEM}-py3-none-any.whl"
    call("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", target, wheel)
    return target


def files_below(folder: str) -> Iterator[str]:
    """The files of a folder of the checkout, without what running it leaves."""
    for path in (ROOT / folder).rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".coverage"):
            yield path.relative_to(ROOT).as_posix()


def test_wheel_holds_the_package_its_schemas_and_nothing_else(wheel: Mapping[str, bytes]) -> None:
    described = {
        f"{STEM}.dist-info/{name}"
        for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    }
    schemas_in_it = {name.replace("schemas/", "archive/_schemas/", 1) for name in files_below("schemas")}
    assert set(wheel) == {*files_below("archive"), *schemas_in_it, *described}
    assert {Path(name).suffix for name in wheel if name not in described} == SHIPPED_SUFFIXES


def test_wheel_has_what_is_looked_for_beside_the_code(wheel: Mapping[str, bytes]) -> None:
    assert wheel["archive/py.typed"] == b""
    assert wheel["archive/formats/pages/audit/page.html.jinja"]
    assert {f"archive/_schemas/{name}.schema.json" for name in schemas.names()} <= set(wheel)


def test_wheel_gives_the_command_and_says_what_it_is(wheel: Mapping[str, bytes]) -> None:
    scripts = ConfigParser()
    scripts.read_string(wheel[f"{STEM}.dist-info/entry_points.txt"].decode())
    assert dict(scripts["console_scripts"]) == {"archive": "archive.cli.main:main"}
    about = message_from_bytes(wheel[f"{STEM}.dist-info/METADATA"])
    assert (about["Name"], about["Version"]) == ("document-archive", __version__)
    assert about["License-Expression"] == "Apache-2.0"


def test_source_distribution_holds_the_project_and_nothing_else(source: Mapping[str, bytes]) -> None:
    top = {"PKG-INFO", "pyproject.toml", ".gitignore", "Makefile", "LICENSE"}
    pages = {path.name for path in ROOT.glob("*.md")}
    assert set(source) == top | pages | {name for folder in SENT for name in files_below(folder)}


def test_source_distribution_keeps_names_and_bytes_of_the_seeds(source: Mapping[str, bytes]) -> None:
    for name in files_below("seeds"):
        assert source[name] == (ROOT / name).read_bytes(), name


@pytest.mark.parametrize("kind", ["wheel", "source"])
def test_no_file_names_the_machine_it_was_built_on(request: pytest.FixtureRequest, kind: str) -> None:
    files: Mapping[str, bytes] = request.getfixturevalue(kind)
    here = f"{ROOT}/".encode()
    assert [name for name, content in files.items() if here in content] == []


def test_schemas_are_found_in_an_installed_wheel(installed: Path) -> None:
    script = "import archive.schemas as s; print(s.schema_dir()); print(*s.names()); s.load('finding')"
    folder, names = call("-c", script, PYTHONPATH=str(installed)).splitlines()
    assert Path(folder) == installed / "archive/_schemas"
    assert tuple(names.split()) == schemas.names()


def test_an_installed_wheel_does_the_main_job_by_itself(installed: Path, tmp_path: Path) -> None:
    folder, page = tmp_path / "archive", tmp_path / "audit.html"
    for arguments in (
        ("init", folder, "--name", "Valley", "--agent", "Ana"),
        ("-C", folder, "ingest", ROOT / "seeds/texts"),
        ("-C", folder, "audit", "--report", page),
    ):
        call("-m", "archive", *arguments, PYTHONPATH=str(installed), ARCHIVE_KEY_DIR=str(tmp_path / "keys"))
    assert page.read_text("utf-8").rstrip().endswith("</html>")
    assert (installed / "bin/archive").is_file()
