"""Where a system forbids md5 and sha1 for security, they are still held against what depositors stated."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.hashes import hash_constructor
from tests.archives import make_archive
from tests.changes import Changing

FORBIDDEN = ("md5", "sha1")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Changing:
    """An archive, and a document `s/a.txt`."""
    (tmp_path / "s").mkdir()
    (tmp_path / "s/a.txt").write_text("a")
    return Changing(make_archive(tmp_path, monkeypatch), capsys)


@pytest.fixture(autouse=True)
def forbidden(archive: Changing, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Both are refused, as OpenSSL in FIPS mode does, unless it is said that nothing depends on them."""

    def guarded(make: Callable[..., Any], name: str) -> Callable[..., Any]:
        def call(*words: Any, usedforsecurity: bool = True) -> Any:
            if usedforsecurity:
                raise ValueError(f"[digital envelope routines] unsupported: {name}")
            return make(*words, usedforsecurity=False)

        return call

    new = hashlib.new

    def guarded_new(name: str, *words: Any, **options: Any) -> Any:
        return (
            guarded(new, name)(name, *words, **options) if name in FORBIDDEN else new(name, *words, **options)
        )

    hash_constructor.cache_clear()
    for name in FORBIDDEN:
        monkeypatch.setattr(hashlib, name, guarded(getattr(hashlib, name), name))
    monkeypatch.setattr(hashlib, "new", guarded_new)
    yield
    hash_constructor.cache_clear()


@pytest.mark.parametrize("name", FORBIDDEN)
@pytest.mark.parametrize("command", ["ingest", "check"])
def test_a_digest_of_the_depositor_is_compared(archive: Changing, command: str, name: str) -> None:
    digest = hashlib.new(name, b"a", usedforsecurity=False).hexdigest()
    listed = archive.made.folder / f"s/a.txt.{name}"
    for text, code in ((digest, 0), ("0" * len(digest), 4 if command == "ingest" else 1)):
        listed.write_text(f"{text}  a.txt\n")
        archive(command, str(archive.made.folder / "s"), "--describe-later", code=code)


def test_a_bag_with_them_is_made_judged_and_taken_in(archive: Changing) -> None:
    bag = archive.made.folder / "b"
    words = ["--to", str(bag), "--algorithm", "md5", "--algorithm", "sha1"]
    assert run(["-q", "bag", str(archive.made.folder / "s"), *words]) == 0
    assert run(["-q", "verify", str(bag)]) == 0
    archive("ingest", str(bag), "--describe-later")
