"""The outer structure of a time-stamp response (RFC 3161, RFC 5652) as far as its certificates lie in it.

DER wants the certificates, a SET, sorted by their bytes (X.690 §11.6). `openssl ts` and other authorities
write them as they come, and strict readers refuse that. The set is not covered by any signature, so that the
same bytes in the right order are the same token.
"""

from typing import Final, NamedTuple

from archive.core.limits.ledger import TOKEN_CERTIFICATES

# status and token; content type and content; version, digests, content and certificates
_SEQUENCE: Final = 0x30
_INTEGER: Final = 0x02
_EXPLICIT_0: Final = 0xA0


class _Value(NamedTuple):
    """One value: its tag, where it begins, where its content begins and ends."""

    tag: int
    start: int
    content: int
    end: int


def with_sorted_certificates(response: bytes) -> bytes:
    """The response with its certificates in the order of DER; unchanged where it has none, or is none."""
    found = _certificates(response)
    if found is None:
        return response
    pieces = [response[each.start : each.end] for each in _values(response, found.content, found.end)]
    if len(pieces) > TOKEN_CERTIFICATES or sum(map(len, pieces)) != found.end - found.content:
        return response
    return response[: found.content] + b"".join(sorted(pieces)) + response[found.end :]


def with_plain_status(response: bytes) -> bytes:
    """The response with the status 0 (granted) where it has 1 (granted with modifications).

    With either a token is there (RFC 3161 §2.4.2), and no signature covers the status: what was modified is
    for whoever asked to see in the token. Readers that know of 0 only take it so.
    """
    status = _child(response, _child(response, _value(response, 0, len(response)), 0, _SEQUENCE), 0, _INTEGER)
    if status is None or response[status.content : status.end] != b"\x01":
        return response
    return response[: status.content] + b"\x00" + response[status.end :]


def _certificates(raw: bytes) -> _Value | None:
    """TimeStampResp → timeStampToken → content [0] → SignedData → certificates [0]."""
    whole = _value(raw, 0, len(raw))
    token = _child(raw, whole, 1, _SEQUENCE)
    content = _child(raw, token, 1, _EXPLICIT_0)
    signed = _child(raw, content, 0, _SEQUENCE)
    return _child(raw, signed, 3, _EXPLICIT_0)


def _child(raw: bytes, parent: _Value | None, place: int, tag: int) -> _Value | None:
    if parent is None:
        return None
    children = _values(raw, parent.content, parent.end)
    return children[place] if len(children) > place and children[place].tag == tag else None


def _values(raw: bytes, start: int, end: int) -> list[_Value]:
    """The values from start to end; those before the first that is malformed."""
    found: list[_Value] = []
    while start < end and len(found) <= TOKEN_CERTIFICATES:
        value = _value(raw, start, end)
        if value is None:
            break
        found.append(value)
        start = value.end
    return found


def _value(raw: bytes, start: int, end: int) -> _Value | None:
    if end - start < 2:
        return None
    length, content = raw[start + 1], start + 2
    if length & 0x80:
        count = length & 0x7F
        if not 0 < count <= 4 or content + count > end:
            return None
        length = int.from_bytes(raw[content : content + count], "big")
        content += count
    return _Value(raw[start], start, content, content + length) if content + length <= end else None
