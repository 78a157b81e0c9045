"""Digests: an algorithm and its value, parsed once at the edge."""

import re
from enum import StrEnum
from typing import NamedTuple


class Algorithm(StrEnum):
    """Message digests that can be verified here; the value is hashlib's name.

    SHAKE has no fixed length and is left out: a manifest that uses it cannot be verified.
    """

    MD5 = "md5"
    SHA1 = "sha1"
    SHA224 = "sha224"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"
    SHA3_224 = "sha3_224"
    SHA3_256 = "sha3_256"
    SHA3_384 = "sha3_384"
    SHA3_512 = "sha3_512"
    BLAKE2B = "blake2b"
    BLAKE2S = "blake2s"

    @property
    def label(self) -> str:
        """The name as it stands in BagIt file names: lower case, no punctuation (RFC 8493 §2.4)."""
        return self.value.replace("_", "")

    @property
    def hex_length(self) -> int:
        """Characters of the digest written in hexadecimal."""
        return _HEX_LENGTH[self]

    @classmethod
    def from_label(cls, label: str) -> "Algorithm | None":
        """The algorithm that a normalised BagIt label names, or None where it cannot be verified here."""
        return _BY_LABEL.get(label)


_HEX_LENGTH = {
    Algorithm.MD5: 32,
    Algorithm.SHA1: 40,
    Algorithm.SHA224: 56,
    Algorithm.SHA256: 64,
    Algorithm.SHA384: 96,
    Algorithm.SHA512: 128,
    Algorithm.SHA3_224: 56,
    Algorithm.SHA3_256: 64,
    Algorithm.SHA3_384: 96,
    Algorithm.SHA3_512: 128,
    Algorithm.BLAKE2B: 128,
    Algorithm.BLAKE2S: 64,
}
_BY_LABEL = {algorithm.label: algorithm for algorithm in Algorithm}

# The PREMIS vocabulary's spelling (id.loc.gov/vocabulary/preservation/cryptographicHashFunctions).
PREMIS_NAMES = {
    Algorithm.MD5: "MD5",
    Algorithm.SHA1: "SHA-1",
    Algorithm.SHA224: "SHA-224",
    Algorithm.SHA256: "SHA-256",
    Algorithm.SHA384: "SHA-384",
    Algorithm.SHA512: "SHA-512",
}

_HEX = re.compile("[0-9a-f]+")


class Digest(NamedTuple):
    """One message digest; `value` is lower-case hexadecimal of the algorithm's full length."""

    algorithm: Algorithm
    value: str

    @classmethod
    def parse(cls, algorithm: Algorithm, text: str) -> "Digest":
        """The digest that the text spells, in either case.

        Raises ValueError where the text is not hexadecimal of the right length.
        """
        value = text.lower()
        if len(value) != algorithm.hex_length or not _HEX.fullmatch(value):
            raise ValueError(
                f"not a {algorithm.value} digest: {algorithm.hex_length} hexadecimal digits expected"
            )
        return cls(algorithm, value)

    def __str__(self) -> str:
        return f"{self.algorithm.label}:{self.value}"
