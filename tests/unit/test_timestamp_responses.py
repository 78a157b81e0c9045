"""Which responses of an authority are taken, and whose name they give."""

import shutil

import pytest

from tests.authority import Authority, make_authority

pytest.importorskip("rfc3161_client", reason="the extra `timestamp` is not installed")
if shutil.which("openssl") is None:
    pytest.skip("openssl is not installed", allow_module_level=True)

from archive.formats.timestamps import TokenOutcome, TokenVerdict, judge_token, load_roots, make_request

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
