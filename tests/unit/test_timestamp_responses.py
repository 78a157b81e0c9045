"""Which responses of an authority are taken, and whose name they give."""

import json
import shutil
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.ledger.timestamp_token import with_plain_status
from tests.archives import make_archive
from tests.authority import Authority, make_authority

pytest.importorskip("rfc3161_client", reason="the extra `timestamp` is not installed")
if shutil.which("openssl") is None:
    pytest.skip("openssl is not installed", allow_module_level=True)

from archive.formats.timestamps import (
    TokenOutcome,
    TokenVerdict,
    check_answer,
    judge_token,
    load_roots,
    make_request,
)

DATA = b"a checkpoint\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that anybody may believe."""
    return make_authority(tmp_path_factory.mktemp("tsa") / "ours")


def judged(authority: Authority, request: bytes, response: bytes) -> TokenVerdict:
    """The verdict by the authority's root."""
    return judge_token(request, response, DATA, load_roots(authority.root.read_bytes(), "ca.pem"))


@pytest.mark.parametrize("issuer", ["Root", "root", "Ro ot"])
def test_no_certificate_that_was_put_beside_the_signers_gives_another_name(
    authority: Authority, issuer: str
) -> None:
    request = make_request(DATA)
    others = [authority.signer(called=f"Bank {at}", issuer=issuer) for at in range(4)]
    response = authority.answer(request, more=others)
    verdict = judged(authority, request, response)
    assert (verdict.outcome, verdict.by) == (TokenOutcome.INVALID, None)
    assert "several certificates" in verdict.reason


def test_a_certificate_of_the_same_number_from_another_issuer_is_no_other_signer(
    authority: Authority,
) -> None:
    request = make_request(DATA)
    response = authority.answer(request, more=[authority.signer(called="Bank", issuer="Other")])
    verdict = judged(authority, request, response)
    assert (verdict.outcome, verdict.by) == (TokenOutcome.VALID, "Test TSA")


GRANTED = bytes.fromhex("3003020100")


def with_status(response: bytes, status: int) -> bytes:
    """The response with another status before its token."""
    assert response[4:].startswith(GRANTED)
    return response.replace(GRANTED, GRANTED[:-1] + bytes([status]), 1)


def test_a_stamp_that_is_granted_with_modifications_is_judged_as_one_that_is_granted(
    authority: Authority,
) -> None:
    request = make_request(DATA)
    response = with_status(authority.answer(request), 1)
    assert check_answer(request, response, DATA) != ""
    verdict = judged(authority, request, response)
    assert (verdict.outcome, verdict.by, verdict.reason) == (TokenOutcome.VALID, "Test TSA", "")
    other = judge_token(request, response, b"x", load_roots(authority.root.read_bytes(), "ca.pem"))
    assert other.outcome is TokenOutcome.INVALID


@pytest.mark.parametrize("status", [2, 3, 4, 5, 127])
def test_no_other_status_is_granted(authority: Authority, status: int) -> None:
    request = make_request(DATA)
    verdict = judged(authority, request, with_status(authority.answer(request), status))
    assert verdict.outcome is TokenOutcome.INVALID


@pytest.mark.parametrize("raw", [b"", b"0", b"0\x00", b"0\x02\x30\x00", GRANTED, b"0\x05" + GRANTED])
def test_what_has_no_status_of_modifications_stays_as_it_is(raw: bytes) -> None:
    assert with_plain_status(raw) == raw


@pytest.mark.parametrize("kind", ["missing", "a folder"])
@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--tsa-root", "root certificate"),
        ("--request", "--request-out wrote"),
        ("--response", "authority's answer"),
    ],
)
def test_a_file_that_is_none_is_asked_for_by_what_it_should_be(
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    option: str,
    words: str,
    kind: str,
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    given = {"--tsa-root": authority.root, "--request": tmp_path / "q", "--response": tmp_path / "r"}
    (tmp_path / "q").write_bytes(make_request(DATA))
    (tmp_path / "r").write_bytes(b"")
    given[option] = tmp_path / "none"
    if kind == "a folder":
        given[option].mkdir()
    named = [str(word) for pair in given.items() for word in pair]
    assert run(["-C", str(made.root), "--format", "json", "ledger", "timestamp", *named]) == 2
    assert words in json.loads(capsys.readouterr().out)["remedy"]
