"""The peers of the benchmarks: each does the work that it is timed for, and says what it found."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import bagit
import pytest
from jsonschema import ValidationError

from benchmarks import peers
from benchmarks.corpus import make_corpus
from benchmarks.process import run


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    make_corpus(tmp_path / "S", documents=3)
    return tmp_path / "S"


@pytest.fixture
def bags(small: Path, tmp_path: Path) -> Path:
    assert peers.bag_each(small, tmp_path / "bags", peers.compiled_judge()) == (3, 0)
    return tmp_path / "bags"


def test_the_obvious_script_keeps_every_text_and_the_source(small: Path, bags: Path) -> None:
    kept = {path.name: path.read_bytes() for path in bags.glob("*/data/*")}
    assert kept == {path.name: path.read_bytes() for path in small.rglob("*.txt")}
    assert bagit.Bag(str(bags / "bag-0000000")).info["title"] == "Paper 0 of the benchmark corpus"


@pytest.mark.parametrize("maker", [peers.compiled_judge, peers.per_call_judge])
def test_both_judges_refuse_a_bad_description(maker: Callable[[], peers.Judge]) -> None:
    maker()({"title": "A title"})
    with pytest.raises(ValidationError):
        maker()({"title": {"no": "text"}})


def test_a_damaged_bag_is_counted(bags: Path) -> None:
    assert peers.validate_each(bags) == (3, 0)
    text = next(bags.glob("bag-0000001/data/*"))
    raw = text.read_bytes()
    text.write_bytes(bytes([raw[0] ^ 1]) + raw[1:])
    assert peers.validate_each(bags) == (3, 1)


# The pool forks: only in a process of its own, not beside the threads of a test runner.
@pytest.mark.parametrize("peer", ["validate-each", "validate-pool"])
def test_exit_code_of_a_validating_peer_is_its_verdict(bags: Path, peer: str) -> None:
    run(peers.command(peer, bags))
    next(bags.glob("bag-0000001/data/*")).unlink()
    run(peers.command(peer, bags), codes={1})


def test_bare_digests_are_taken_of_every_file(bags: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digested: list[bytes] = []
    sha512 = hashlib.sha512

    def counted(data: bytes) -> object:
        digested.append(data)
        return sha512(data)

    monkeypatch.setattr(hashlib, "sha512", counted)
    assert all(map(peers._is_read, peers.bags_below(bags)))
    assert sorted(digested) == sorted(path.read_bytes() for path in bags.rglob("*") if path.is_file())


def test_exit_code_of_bagit_is_its_verdict(bags: Path) -> None:
    run(peers.bagit_command(bags / "bag-0000000"))
    next(bags.glob("bag-0000001/data/*")).unlink()
    run(peers.bagit_command(bags / "bag-0000001"), codes={1})


def test_one_bag_holds_the_whole_corpus(small: Path, tmp_path: Path) -> None:
    assert peers.bag_whole(small, tmp_path / "bag") == (1, 0)
    assert contents(tmp_path / "bag" / "data") == contents(small)


def test_an_unknown_peer_is_named() -> None:
    with pytest.raises(KeyError, match="rsync"):
        peers.command("rsync")
