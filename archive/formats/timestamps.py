"""Time-stamp requests and responses (RFC 3161): made, read, and judged by root certificates alone.

Needs the extra `timestamp` (rfc3161-client); ConfigurationError says so where it is not installed.
"""

import contextlib
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from archive.core.errors import ConfigurationError
from archive.core.ledger.timestamp_token import with_plain_status, with_sorted_certificates
from archive.core.library_calls import LibraryError, library_call
from archive.core.limits.ledger import TOKEN_BYTES
from archive.core.text import printable

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

ROOT_REMEDY: Final = "bring the root certificate of the time-stamping authority, as it publishes it"
_DIGESTS: Final = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_GRANTED: Final = 0
_REASON = re.compile('(?:reason|data): "([^"]+)"')


class TokenError(ValueError):
    """The bytes are not a granted time-stamp of the data; says why."""


class TokenOutcome(StrEnum):
    """What judging a token by root certificates established."""

    VALID = "valid"  # an authority below one of the roots stamped these very bytes
    UNTRUSTED = "untrusted"  # well-formed and of these bytes, but none of the roots vouches for it
    INVALID = "invalid"  # of other bytes, malformed, or altered


@dataclass(frozen=True, slots=True)
class TokenVerdict:
    """The outcome with its reason; `time` (RFC 3339, UTC) and `by` as the token states them, if it does."""

    outcome: TokenOutcome
    reason: str = ""
    time: str | None = None
    by: str | None = None


def make_request(data: bytes) -> bytes:
    """A request (DER) for a stamp over the SHA-512 of the data, with a nonce, asking for certificates."""
    request: bytes = _client().TimestampRequestBuilder().data(data).build().as_bytes()
    return request


def check_answer(request: bytes, response: bytes, data: bytes) -> str:
    """The time that a granted response states, once it is shown to answer the request and to be of the data.

    Whether its authority can be believed is for `judge_token`. Raises TokenError.
    """
    answer = _granted(response)
    asked = _request(request)
    if (problem := _other_data(answer.tst_info, data)) is not None:
        raise TokenError(problem)
    if _imprint(asked) != _imprint(answer.tst_info):
        raise TokenError("answers another request: the digests differ")
    if asked.nonce is not None and asked.nonce != answer.tst_info.nonce:
        raise TokenError("answers another request: the nonces differ")
    return _time(answer.tst_info)


def judge_token(request: bytes, response: bytes, data: bytes, roots: Sequence["Certificate"]) -> TokenVerdict:
    """Whether an authority below one of the roots stamped the data, its certificates valid at that time.

    Chain, signature, critical time-stamping purpose and validity at the stated time are those of RFC 3161
    §2.3 and RFC 5280 as rfc3161-client checks them; never raises for what the bytes are.
    """
    try:
        time = check_answer(request, response, data)
        answer = _granted(response)
    except TokenError as trouble:
        return TokenVerdict(TokenOutcome.INVALID, str(trouble))
    by = _name(answer)
    reasons = [_refusal(answer, data, root) for root in roots]
    if None in reasons:
        return TokenVerdict(TokenOutcome.VALID, time=time, by=by)
    return TokenVerdict(TokenOutcome.UNTRUSTED, "; ".join(filter(None, reasons)), time, by)


def load_roots(pem: bytes, place: str) -> list["Certificate"]:
    """The certificates in a PEM file; ConfigurationError where there is none."""
    from cryptography import x509

    try:
        with library_call():
            found = x509.load_pem_x509_certificates(pem)
            for each in found:
                _require_openssl_reads(each)
    except LibraryError as trouble:
        raise ConfigurationError(
            f"{printable(place)}: not a certificate in PEM",
            remedy=ROOT_REMEDY,
        ) from trouble
    return found


def requested_digest(request: bytes) -> tuple[str, bytes]:
    """(name of the digest for hashlib, its value) that a request asks to be stamped; raises TokenError."""
    name, value = _imprint(_request(request))
    if name not in _DIGESTS:
        raise TokenError(f"its request names a digest of another kind ({name})")
    return _DIGESTS[name], value


def _refusal(answer: Any, data: bytes, root: "Certificate") -> str | None:
    client = _client()
    try:
        with library_call():
            client.VerifierBuilder().add_root_certificate(root).build().verify_message(answer, data)
    except LibraryError as trouble:
        return _why(trouble)
    return None


def _require_openssl_reads(certificate: "Certificate") -> None:
    """SSLError where OpenSSL, by which tokens are verified, cannot read what cryptography takes for one.

    rfc3161-client has no answer to that but a panic, which is printed.
    """
    import ssl

    from cryptography.hazmat.primitives.serialization import Encoding

    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(
        cadata=certificate.public_bytes(Encoding.DER)
    )


def _why(trouble: LibraryError) -> str:
    """What a library said, without the places in its own sources."""
    text = str(trouble)
    return printable("; ".join(_REASON.findall(text)) or text)[:200]


def _client() -> Any:
    try:
        import rfc3161_client
    except ImportError as trouble:
        raise ConfigurationError(
            "timestamps need the extra `timestamp`, which is not installed",
            remedy="pip install 'document-archive[timestamp]'",
        ) from trouble
    return rfc3161_client


def _granted(response: bytes) -> Any:
    """The response decoded; TokenError unless it grants a stamp and brings the certificates."""
    if len(response) > TOKEN_BYTES:
        raise TokenError(f"larger than {TOKEN_BYTES} bytes")
    client = _client()
    try:
        with library_call():
            answer = client.decode_timestamp_response(with_plain_status(with_sorted_certificates(response)))
            status, said = int(answer.status), list(answer.status_string or [])
            has_certificates = status == _GRANTED and bool(answer.signed_data.certificates)
            signers = _signers(answer) if has_certificates else []
            if status == _GRANTED:
                _time(answer.tst_info)
    except LibraryError as trouble:
        raise TokenError(f"not a time-stamp response: {printable(str(trouble))[:200]}") from trouble
    if status != _GRANTED:
        why = printable("; ".join(map(str, said)))[:200]
        raise TokenError(f"the authority refused it (status {status}{': ' + why if why else ''})")
    if not has_certificates:
        raise TokenError("it came without the authority's certificate, which is needed in later years")
    if len(signers) > 1:  # no signature covers them: which one signed is anybody's guess
        raise TokenError("it came with several certificates of its signer's issuer and number")
    return answer


def _request(request: bytes) -> Any:
    """The request decoded; TokenError where it is none."""
    _client()
    from rfc3161_client import _rust

    try:
        with library_call():
            return _rust.parse_timestamp_request(request[:TOKEN_BYTES])
    except LibraryError as trouble:
        raise TokenError(f"its request cannot be read: {printable(str(trouble))[:200]}") from trouble


def _imprint(carrier: Any) -> tuple[str, bytes]:
    imprint = carrier.message_imprint
    return imprint.hash_algorithm.dotted_string, bytes(imprint.message)


def _other_data(info: Any, data: bytes) -> str | None:
    name, stamped = _imprint(info)
    digest = _DIGESTS.get(name)
    if digest is None:
        return f"stamped over a digest of another kind ({name}); SHA-256, SHA-384 or SHA-512 is wanted"
    return None if hashlib.new(digest, data).digest() == stamped else "stamped over other bytes than these"


def _time(info: Any) -> str:
    moment: datetime = info.gen_time
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _name(answer: Any) -> str | None:
    """Whose certificate signed, by its common name or organisation."""
    from cryptography import x509

    with contextlib.suppress(LibraryError), library_call():  # a name that cannot be read is nobody's
        for certificate in _signers(answer):
            for kind in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME):
                for name in certificate.subject.get_attributes_for_oid(kind):
                    return printable(str(name.value))[:100]
    return None


def _signers(answer: Any) -> list["Certificate"]:
    """The certificates that bear issuer and serial number of the signer.

    Names are compared as OpenSSL does, by which the signature is verified: without case and white space.
    """
    from cryptography import x509

    named = {(_folded(each.issuer), each.serial_number) for each in answer.signed_data.signer_infos}
    found = []
    for raw in answer.signed_data.certificates:
        with contextlib.suppress(LibraryError), library_call():  # one that cannot be read signs nothing
            certificate = x509.load_der_x509_certificate(raw)
            if (_folded(certificate.issuer), certificate.serial_number) in named:
                found.append(certificate)
    return found


def _folded(name: Any) -> tuple[tuple[str, str], ...]:
    return tuple((each.oid.dotted_string, "".join(str(each.value).split()).casefold()) for each in name)
