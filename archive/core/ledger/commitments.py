"""Salted commitments: the ledger vouches for a text that can still be removed.

Only the commitment enters the ledger. Salt and text lie outside it; once both are gone, nobody can find out
the text from the commitment by guessing names, since the salt is gone too.
"""

import hashlib
import re

SALT_BYTES = 32

# Leaf hashes begin with 0x00 and node hashes with 0x01 (RFC 6962 §2.1): a commitment can be neither.
_DOMAIN = b"\x02archive note v1\n"
_COMMITMENT = re.compile("[0-9a-f]{64}")


def commit(salt: bytes, text: bytes) -> str:
    """SHA-256(domain || salt || text) in hexadecimal; ValueError unless the salt has 32 bytes."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return hashlib.sha256(_DOMAIN + salt + text).hexdigest()


def is_commitment(text: str) -> bool:
    """True for 64 lower-case hexadecimal digits."""
    return _COMMITMENT.fullmatch(text) is not None
