"""`independent/verify_archive.py` is one short file that rests on nothing of the program; its parts hold."""

import ast
import hashlib
import re
import sys
from argparse import Namespace
from types import ModuleType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.core.sampling import SampleTerms, parse_percent
from tests.conformance.independent.copies import ROOT, VERIFIER

LONGEST = 400


def test_it_is_short_and_stands_alone() -> None:
    text = VERIFIER.read_text("utf-8")
    assert len(text.splitlines()) < LONGEST
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported <= set(sys.stdlib_module_names)
    assert re.findall(r"\b(?:write|unlink|remove|rename|mkdir|subprocess|system|eval|exec)\(", text) == []


def test_its_digest_is_the_one_in_the_readme() -> None:
    digest = hashlib.sha256(VERIFIER.read_bytes()).hexdigest()
    assert f"`{digest}`" in (ROOT / "README.md").read_text("utf-8")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30_000), st.integers(1, 999), st.integers(0, 400))
def test_both_find_samples_of_the_same_size(
    verifier: ModuleType, population: int, confidence: int, at_most: int
) -> None:
    percents = f"{confidence / 10:g}", f"{at_most / 10:g}"
    terms = SampleTerms(confidence=parse_percent(percents[0]), at_most=parse_percent(percents[1]))
    options = Namespace(seed="x", confidence=percents[0], at_most=percents[1])
    assert len(verifier.draw(range(population), options)) == terms.size(population)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 64 * 8 - 1))
def test_its_signatures_are_those_of_ed25519(verifier: ModuleType, message: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(message).digest())
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verifier.is_signed(public, signature, message)
    assert not verifier.is_signed(public, signature, message + b"x")
    forged = bytearray(signature)
    forged[bit // 8] ^= 1 << bit % 8
    assert not verifier.is_signed(public, bytes(forged), message)


def test_a_signature_spelt_with_a_larger_number_is_refused(verifier: ModuleType) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"m")
    larger = int.from_bytes(signature[32:], "little") + verifier.L  # RFC 8032 §5.1.7: S below the order
    assert not verifier.is_signed(public, signature[:32] + larger.to_bytes(32, "little"), b"m")


def test_names_with_percent_are_read_as_they_are(verifier: ModuleType) -> None:
    assert verifier.parse_manifest(b"aa  data/a%250Ab%0Ac\n") == {"data/a%0Ab\nc": "aa"}
