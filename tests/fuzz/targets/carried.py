"""Keys, the state of a witness, packs and time-stamps: files that go from hand to hand."""

import contextlib
import io
import shutil
import tempfile
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives import serialization

from archive.core.errors import ConfigurationError, ConflictError, EvidenceError, StorageError
from archive.core.ledger.key_backup import KeyBackup, backup_text, parse_backup
from archive.core.ledger.timestamp_token import with_sorted_certificates
from archive.storage.keys import files as key_files
from archive.storage.keys.witness_state import WitnessState
from archive.storage.ledger.pack_files import Member, write_pack
from archive.storage.ledger.pack_reading import unpack
from tests.fuzz.mutation import mutated
from tests.fuzz.target import Target
from tests.fuzz.targets.brought import (
    JSON,
    KEY,
    PRIVATE,
    checkpoint_of_examples,
    signed_checkpoint,
    target_of,
)
from tests.fuzz.targets.stored import file_of

_PHRASE = b"correct horse"


def check_key(data: bytes) -> None:
    """A key, or why the file holds none; a backup, or the line that is wrong."""
    for phrase in (None, _PHRASE):
        with contextlib.suppress(ConfigurationError):
            key_files.parse_key(data, phrase, "key")
    key_files.is_encrypted(data)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    with contextlib.suppress(ValueError):
        backup = parse_backup(text)
        with contextlib.suppress(ConfigurationError):
            key_files.parse_key(backup.pem(), None, "backup")


@cache
def _keys() -> list[bytes]:
    der = PRIVATE.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    backup = KeyBackup(der=der, is_encrypted=False, key=KEY, signed=checkpoint_of_examples())
    text = backup_text(backup, made="2026-11-21")
    typed = text[text.index("01  ") :]
    return [text.encode(), typed.encode(), key_files.to_pem(PRIVATE, None)]


def check_witness_state(data: bytes) -> None:
    """What was seen, or why the file does not say."""
    with file_of("state.json", data) as path, contextlib.suppress(ConfigurationError, ConflictError):
        WitnessState(str(path)).seen(KEY.name)


def check_pack(data: bytes) -> None:
    """A pack is unpacked below its folder, or refused whole."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        source, target = Path(folder, "in.zip"), Path(folder, "out")
        source.write_bytes(data)
        target.mkdir()
        with contextlib.suppress(ConfigurationError, ConflictError, EvidenceError, StorageError):
            unpack(source, target)
        assert sorted(path.name for path in Path(folder).iterdir()) == ["in.zip", "out"], "written outside"


@cache
def _packs() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pack.zip")
        members = [
            Member("archive.toml", b"[archive]\n"),
            Member("ledger/checkpoint", signed_checkpoint()),
            Member("ledger/tile/entries/000.p/6", b"\0\1x" * 6),
        ]
        write_pack(path, members, {"origin": KEY.name})
        return [path.read_bytes()]


def _draw_pack(chance: Random) -> bytes:
    """A pack whose bytes are changed, or the list in it."""
    (made,) = _packs()
    if chance.random() < 0.5:
        return mutated(chance, made)
    with zipfile.ZipFile(io.BytesIO(made)) as pack:
        parts = {name: pack.read(name) for name in pack.namelist()}
    name = chance.choice([*parts, "pack.json", "pack.json"])
    parts[name] = mutated(chance, parts[name], JSON)
    if chance.random() < 0.2:
        parts[chance.choice(("../x", "/x", "ledger/../../x", "runs/x", "a\\b", "ledger"))] = b"x"
    out = io.BytesIO()
    method = chance.choice((*[zipfile.ZIP_DEFLATED] * 8, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(out, "w", method) as pack:
        for part, content in parts.items():
            pack.writestr(part, content)
    return out.getvalue()


def check_stamp(data: bytes) -> None:
    """A response is judged or refused; only the one that was given can be of the data."""
    from archive.formats.timestamps import TokenError, TokenOutcome, check_answer, judge_token, load_roots

    with_sorted_certificates(data)
    request, response, root = _stamps()
    for asked, answered in ((request, data), (data, response)):
        with contextlib.suppress(TokenError):
            check_answer(asked, answered, b"a checkpoint\n")
    verdict = judge_token(request, data, b"another checkpoint\n", load_roots(root, "ca.pem"))
    assert verdict.outcome is not TokenOutcome.VALID, "a stamp of other data"
    with contextlib.suppress(ConfigurationError):
        judge_token(request, response, b"a checkpoint\n", load_roots(data, "brought.pem"))


@cache
def _stamps() -> tuple[bytes, bytes, bytes]:
    from archive.formats.timestamps import make_request
    from tests.authority import make_authority

    with tempfile.TemporaryDirectory() as folder:
        authority = make_authority(Path(folder, "tsa"))
        request = make_request(b"a checkpoint\n")
        return request, authority.answer(request), authority.root.read_bytes()


_OF_KEYS = (b"-----BEGIN PRIVATE KEY-----", b"-----END", b"01  ", b"END  ", b"Key: ", b"Signed: ", b"O", b"l")
CAN_STAMP = find_spec("rfc3161_client") is not None and shutil.which("openssl") is not None

TARGETS: tuple[Target, ...] = (
    target_of("key-file", check_key, _keys, _OF_KEYS),
    target_of(
        "witness-state",
        check_witness_state,
        lambda: [
            b'{"kind": "witness-state", "version": 1, "ledgers": {"archive.example/test": {"size": 7,'
            b' "root": "' + b"A" * 43 + b'=", "key": "k"}}}'
        ],
        JSON,
    ),
    Target(name="pack", family="evidence", draw=_draw_pack, check=check_pack),
    *((target_of("time-stamp", check_stamp, _stamps),) if CAN_STAMP else ()),
)
