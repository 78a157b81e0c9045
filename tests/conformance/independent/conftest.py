"""The independent verifier as a module, and one archive whose copies both verifiers judge."""

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from archive.cli.frame import run
from archive.core.ledger import entries
from archive.storage.keys.signing_key import load_key
from tests.archives import MadeArchive, make_archive
from tests.conformance.independent.copies import VERIFIER, Copy


@pytest.fixture(scope="session")
def verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_archive", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """An archive of twenty small documents and an album, audited once, and enough entries for two tiles."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("independent"), patch)
        made.ingest({f"{number:03d} %a.txt": b"%d" % number for number in range(20)}, name="many")
        assert run(["-C", str(made.root), "ledger", "checkpoint", "--out", str(made.folder / "kept")]) == 0
        table = b"filename,title\nalbum,An album\n"
        made.ingest({"album/p1": b"1", "album/p2": b"2", "metadata.csv": table}, name="album")
        key = load_key(made.opened.settings.key)
        time = entries.timestamp(1_900_000_000_000)
        more = [entries.make_entry("something new", time=time, agents=[], n=number) for number in range(250)]
        made.opened.ledger.append(more, key.signer, key.last_signed)
        assert run(["-q", "-C", str(made.root), "audit"]) == 0
        yield made


@pytest.fixture
def copy(intact: MadeArchive, tmp_path: Path, verifier: ModuleType) -> Copy:
    shutil.copytree(intact.root, tmp_path / "archive")
    shutil.copy(intact.folder / "kept", tmp_path / "kept")
    return Copy(tmp_path, intact.opened.settings.key, verifier)
