"""A signing key as a text that survives on paper: PEM for programs, numbered lines for whoever types it in.

Lines carry 20 bytes each in Crockford's base 32 (no I, L, O and U; read as what they look like) and end in
four characters over their number and bytes, so that a slip is named by its line. A last one checks the whole.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.merkle import HASH_BYTES
from archive.core.ledger.note import VerifierKey
from archive.core.ledger.note_keys import strict_base64

HEADING: Final = "archive key backup 1"
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ: Final = {letter: at for at, letter in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_LINE_BYTES: Final = 20
_CHECK: Final = 4
_LETTERS: Final = _LINE_BYTES * 8 // 5 + _CHECK  # in the longest line
_WHOLE_CHECK: Final = 8
_GROUP: Final = 4
_LINE = re.compile(r"\s*([0-9]{1,2})[.:)]?((?:\s+[0-9A-Za-z]{1,4})+)\s*")
_WHOLE = re.compile(r"\s*(?:END|end)((?:\s+[0-9A-Za-z]{1,4})+)\s*")
_PEM = re.compile(
    r"-----BEGIN (ENCRYPTED )?PRIVATE KEY-----\n([A-Za-z0-9+/=\n]+)-----END (?:ENCRYPTED )?PRIVATE KEY-----"
)
# To the last character that is no blank, looked for from the end: a run of blanks is passed once.
_FIELD = re.compile(r"^(Key|Signed):[ \t]*(.*[^ \t\n]|[ \t])[ \t]*$", re.MULTILINE)
_NOT_KNOWN: Final = "not known"
_SEALED_AT_LEAST: Final = 100  # bytes: PKCS#8 of an Ed25519 key has 48 (RFC 8410), encrypted far more


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBackup:
    """A private key in PKCS#8 (DER), encrypted or not; its verifier key and what it signed last, if known."""

    der: bytes
    is_encrypted: bool
    key: VerifierKey | None = None
    signed: Checkpoint | None = None

    def pem(self) -> bytes:
        """The key as a key file holds it."""
        kind = "ENCRYPTED PRIVATE KEY" if self.is_encrypted else "PRIVATE KEY"
        text = base64.b64encode(self.der).decode()
        lines = [text[start : start + 64] for start in range(0, len(text), 64)]
        return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", ""]).encode()


def backup_text(backup: KeyBackup, *, made: str) -> str:
    """The file to keep: what it is, the key in PEM, the key in lines to be typed."""
    if backup.key is None:
        raise ValueError("a backup names its verifier key")
    sealed = (
        "It is encrypted: keep its passphrase apart from it, and where others find it after you."
        if backup.is_encrypted
        else "It is NOT encrypted: whoever reads this file can sign in the archive's name. Lock it away."
    )
    signed = backup.signed
    state = f"{signed.size} {base64.b64encode(signed.root).decode()}" if signed is not None else _NOT_KNOWN
    return "\n".join(
        [
            HEADING,
            "",
            "This is the signing key of an archive. Without it nothing can be added to the archive.",
            sealed,
            "Put it back with: archive key restore FILE",
            "",
            f"Key:    {backup.key}",
            f"Made:   {made}",
            f"Signed: {state}",
            "",
            backup.pem().decode(),
            "The same key to be typed in where only paper is left: a file with these lines alone will do.",
            "Upper and lower case are the same; there is no I, L, O or U.",
            "",
            *typed_lines(backup.der),
            "",
        ]
    )


def parse_backup(text: str) -> KeyBackup:
    """The backup that a file holds, in either form; ValueError says which line is wrong.

    What editors do to a text is borne: other ends of lines, a byte order mark.
    """
    text = "\n".join(text.removeprefix("\ufeff").splitlines())
    fields = dict(_FIELD.findall(text))
    key = VerifierKey.parse(fields["Key"]) if "Key" in fields else None
    signed = _signed(fields["Signed"], key) if key is not None and "Signed" in fields else None
    if (block := _PEM.search(text)) is not None:
        try:
            der = strict_base64(block[2].replace("\n", ""))
        except ValueError as trouble:
            raise ValueError(f"the block between BEGIN and END is {trouble}") from trouble
        return KeyBackup(der=der, is_encrypted=block[1] is not None, key=key, signed=signed)
    der = parse_typed(text)
    return KeyBackup(der=der, is_encrypted=len(der) >= _SEALED_AT_LEAST, key=key, signed=signed)


def typed_lines(raw: bytes) -> Iterator[str]:
    """The bytes as numbered lines, each with its check, and the line that checks the whole."""
    for number, start in enumerate(range(0, len(raw), _LINE_BYTES), 1):
        part = raw[start : start + _LINE_BYTES]
        yield f"{number:02d}  {_grouped(_encode(part))}  {_check(number, part)}"
    yield f"END  {_grouped(_whole_check(raw))}"


def parse_typed(text: str) -> bytes:
    """The bytes of lines that somebody typed in; ValueError names the line that is wrong or missing."""
    parts: dict[int, bytes] = {}
    whole = ""
    for line in text.splitlines():
        if (end := _WHOLE.fullmatch(line)) is not None:
            whole = _normal("".join(end[1].split()))
        elif (match := _LINE.fullmatch(line)) is not None:
            number = int(match[1])
            part = _part(number, "".join(match[2].split()))
            if parts.setdefault(number, part) != part:
                raise ValueError(f"line {number:02d} stands there twice, and differs")
    if not parts:
        raise ValueError("neither a key between BEGIN and END nor numbered lines")
    for number in range(1, max(parts) + 1):
        if number not in parts:
            raise ValueError(f"line {number:02d} is missing")
    raw = b"".join(parts[number] for number in sorted(parts))
    if not whole:
        raise ValueError("the line that begins with END is missing")
    if whole != _whole_check(raw):
        raise ValueError("the line that begins with END does not fit: a line at the end is missing")
    return raw


def _part(number: int, typed: str) -> bytes:
    letters = _normal(typed)
    part = _decode(letters[:-_CHECK]) if len(letters) <= _LETTERS else None
    if part is None or letters[-_CHECK:] != _check(number, part):
        raise ValueError(f"line {number:02d} is mistyped: its last four characters do not fit the others")
    return part


def _normal(typed: str) -> str:
    try:
        return "".join(_ALPHABET[_READ[letter]] for letter in typed.upper())
    except KeyError as trouble:
        raise ValueError(f"“{trouble.args[0]}” is no character of these lines") from trouble


def _encode(raw: bytes) -> str:
    length = -(-len(raw) * 8 // 5)
    value = int.from_bytes(raw, "big") << (length * 5 - len(raw) * 8)
    return "".join(_ALPHABET[value >> 5 * at & 31] for at in reversed(range(length)))


def _decode(letters: str) -> bytes | None:
    """The bytes; None for a length, or trailing bits, that no bytes give."""
    count = len(letters) * 5 // 8
    value = 0
    for letter in letters:
        value = value << 5 | _READ[letter]
    raw = (value >> len(letters) * 5 - count * 8).to_bytes(count, "big")
    return raw if count and _encode(raw) == letters else None


def _check(number: int, part: bytes) -> str:
    digest = hashlib.sha256(f"{HEADING}\n{number}\n".encode() + part).digest()
    return _encode(digest[:5])[:_CHECK]


def _whole_check(raw: bytes) -> str:
    return _encode(hashlib.sha256(f"{HEADING}\n".encode() + raw).digest()[:5])[:_WHOLE_CHECK]


def _grouped(letters: str) -> str:
    return " ".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))


def _signed(text: str, key: VerifierKey) -> Checkpoint | None:
    if text == _NOT_KNOWN:
        return None
    size, _, encoded = text.partition(" ")
    if not re.fullmatch("[0-9]{1,18}", size):
        raise ValueError("the line that begins with Signed is none: a number and a root expected")
    root = strict_base64(encoded.strip())
    if len(root) != HASH_BYTES:
        raise ValueError("the line that begins with Signed is cut off")
    return Checkpoint(key.name, int(size), root)
