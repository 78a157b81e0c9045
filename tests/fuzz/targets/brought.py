"""What people bring to a ledger or keep for it: proofs, receipts, packs, stamps, statements, keys."""

import contextlib
import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.core.checkpoint import Checkpoint, sign_checkpoint
from archive.core.cosignature import WitnessKey, cosign, cosigned_at
from archive.core.entries import parse_entry
from archive.core.errors import ConfigurationError, ConflictError, EvidenceError, StorageError
from archive.core.extension import Extension, ExtensionError
from archive.core.key_backup import KeyBackup, backup_text, parse_backup
from archive.core.merkle import Frontier, consistency_proof, inclusion_proof, leaf_hash
from archive.core.note import NoteError, NoteSigner, VerifierKey
from archive.core.note import parse as parse_note
from archive.core.statement import Statement, StatementError
from archive.core.timestamp_token import with_sorted_certificates
from archive.core.tlog_proof import EntryProof, ProofError
from archive.services.evidence.kept import read_kept
from archive.services.evidence.proof_check import ProofOutcome, check_proof
from archive.services.evidence.signers import Signers
from archive.services.evidence.stating import _outcome
from archive.storage import key_files
from archive.storage.keys import verify
from archive.storage.pack_files import Member, unpack, write_pack
from archive.storage.witness_state import WitnessState
from tests.fuzz.laws import reportable
from tests.fuzz.mutation import mutated
from tests.fuzz.target import Target, mutating
from tests.fuzz.targets.evidence import examples_of_entries
from tests.fuzz.targets.stored import file_of

_PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_PUBLIC = _PRIVATE.public_key().public_bytes_raw()
_KEY = VerifierKey("archive.example/test", _PUBLIC)
_WITNESS = WitnessKey("witness.example", _PUBLIC)
_PHRASE = b"correct horse"


def _subtree(level: int, place: int) -> bytes:
    tree = Frontier()
    tree.extend(map(leaf_hash, examples_of_entries()[place << level : (place + 1) << level]))
    return tree.root()


@cache
def _checkpoint() -> Checkpoint:
    tree = Frontier()
    tree.extend(map(leaf_hash, examples_of_entries()))
    return Checkpoint(_KEY.name, tree.size, tree.root())


@cache
def _signed() -> bytes:
    return sign_checkpoint(_checkpoint(), [NoteSigner(_KEY, _PRIVATE.sign)])


@cache
def _proofs() -> list[bytes]:
    size = len(examples_of_entries())
    return [
        EntryProof(index, entry, tuple(inclusion_proof(index, size, _subtree)), _signed()).to_bytes()
        for index, entry in enumerate(examples_of_entries())
    ]


def _receipts() -> list[bytes]:
    document = (
        "<dl>\n<dt>Reference</dt><dd><bdi>2026-000001</bdi></dd>\n<dt>Recorded</dt><dd><time "
        'datetime="2026-11-21T02:40:59.123Z">21 November 2026</time>, entry 2 of the ledger</dd>\n</dl>\n'
        '<pre class="payload-manifest">\n{}  data/a.txt\n</pre>\n<pre class="tlog-proof">\n{}</pre>\n'
    )
    manifest = "ab" * 64
    made = [document.format(manifest, proof.decode()) for proof in _proofs()[:3]]
    return [f"<!DOCTYPE html>\n<html><body>\n{''.join(made)}</body></html>\n".encode(), *_proofs(), _signed()]


def check_brought(data: bytes) -> None:
    """A proof or receipt is judged or refused; what is called proven are entries of the tree."""
    with file_of("brought", data) as path:
        with contextlib.suppress(ConfigurationError, EvidenceError):
            for kept in read_kept(path):
                kept.note.to_bytes()
        try:
            report = check_proof(path, key=str(_KEY), witnesses=[str(_WITNESS)])
        except ConfigurationError:
            return
    reportable(report.findings)
    if report.outcome is ProofOutcome.PROVEN:
        known = [parse_entry(raw) if index < 4 else None for index, raw in enumerate(examples_of_entries())]
        for index, entry in report.entries.items():
            assert entry == known[index], "an entry that is not in the tree"


def check_proof_bytes(data: bytes) -> None:
    """A proof or an extension has one spelling."""
    for parse, error in ((EntryProof.parse, ProofError), (Extension.parse, ExtensionError)):
        try:
            read = parse(data)
        except error:
            continue
        assert isinstance(read, EntryProof | Extension)
        if isinstance(read, EntryProof):
            assert read.to_bytes() == data, "a proof with two spellings"
            assert isinstance(read.holds, bool)
            if read.holds:
                read.ranges()
        else:
            assert read.extends(_subtree(0, 0)) in {True, False}


def _extensions() -> list[bytes]:
    size = len(examples_of_entries())
    made = [
        Extension(old, tuple(consistency_proof(old, size, _subtree)), _signed()) for old in range(1, size)
    ]
    return [*(each.to_bytes() for each in made), *_proofs()]


def check_cosignature(data: bytes) -> None:
    """A time that the witness signed, none, or NoteError."""
    try:
        note = parse_note(data)
        at = cosigned_at(note, _WITNESS, verify)
    except NoteError:
        return
    assert at is None or at in {0, 1_800_000_000}, "a time that nobody signed"


def _cosigned() -> list[bytes]:
    note = parse_note(_signed())
    first = cosign(note, _WITNESS, _PRIVATE.sign, 1_800_000_000)
    return [first.to_bytes(), cosign(first, _WITNESS, _PRIVATE.sign, 0).to_bytes()]


def check_statement(data: bytes) -> None:
    """A statement has one spelling; a list of signers and a signature are judged or refused."""
    with contextlib.suppress(StatementError):
        assert Statement.parse(data).to_bytes() == data
    with file_of("brought", data) as path:
        with contextlib.suppress(ConfigurationError):
            Signers.read([path])
        with contextlib.suppress(ConfigurationError):
            _outcome(path)
    assert Signers((_PUBLIC,), ()).judge(b"x", data).outcome != "valid"


def _statements() -> list[bytes]:
    report = (
        b'{"kind": "audit-report", "outcome": "intact", "scope": {"seed": "x", "checked": 1, "held": 2,'
        b' "mode": "full"}, "counts": {"damaged": 0, "missing": 0, "unreadable": 0, "unknown": 0,'
        b' "intact": 1}}'
    )
    pem = _PRIVATE.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    ssh = b"ana@example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH" + b"x" * 40 + b"\n"
    return [Statement(_checkpoint(), "I read all of it.\nAna").to_bytes(), report, pem, ssh, bytes(64)]


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
    der = _PRIVATE.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    backup = KeyBackup(der=der, is_encrypted=False, key=_KEY, signed=_checkpoint())
    text = backup_text(backup, made="2026-11-21")
    typed = text[text.index("01  ") :]
    return [text.encode(), typed.encode(), key_files.to_pem(_PRIVATE, None)]


def check_witness_state(data: bytes) -> None:
    """What was seen, or why the file does not say."""
    with file_of("state.json", data) as path, contextlib.suppress(ConfigurationError, ConflictError):
        WitnessState(str(path)).seen(_KEY.name)


def check_pack(data: bytes) -> None:
    """A pack is unpacked below its folder, or refused whole."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        source, target = Path(folder, "in.zip"), Path(folder, "out")
        source.write_bytes(data)
        target.mkdir()
        with contextlib.suppress(ConfigurationError, ConflictError, StorageError):
            unpack(source, target)
        assert sorted(path.name for path in Path(folder).iterdir()) == ["in.zip", "out"], "written outside"


@cache
def _packs() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pack.zip")
        members = [
            Member("archive.toml", b"[archive]\n"),
            Member("ledger/checkpoint", _signed()),
            Member("ledger/tile/entries/000.p/6", b"\0\1x" * 6),
        ]
        write_pack(path, members, {"origin": _KEY.name})
        return [path.read_bytes()]


def _draw_pack(chance: Random) -> bytes:
    """A pack whose bytes are changed, or the list in it."""
    (made,) = _packs()
    if chance.random() < 0.5:
        return mutated(chance, made)
    with zipfile.ZipFile(io.BytesIO(made)) as pack:
        parts = {name: pack.read(name) for name in pack.namelist()}
    name = chance.choice([*parts, "pack.json", "pack.json"])
    parts[name] = mutated(chance, parts[name], _JSON)
    if chance.random() < 0.2:
        parts[chance.choice(("../x", "/x", "ledger/../../x", "runs/x", "a\\b", "ledger"))] = b"x"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
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
        load_roots(data, "brought.pem")


@cache
def _stamps() -> tuple[bytes, bytes, bytes]:
    from archive.formats.timestamps import make_request
    from tests.authority import make_authority

    with tempfile.TemporaryDirectory() as folder:
        authority = make_authority(Path(folder, "tsa"))
        request = make_request(b"a checkpoint\n")
        return request, authority.answer(request), authority.root.read_bytes()


def _target(
    name: str,
    check: Callable[[bytes], object],
    examples: Callable[[], Sequence[bytes]],
    words: Sequence[bytes] = (),
) -> Target:
    return mutating(name, "evidence", check, examples=cache(lambda: tuple(examples())), words=words)


_JSON = (
    b"null", b"1e999", b"{}", b"[]", b'"size"', b'"version": 2', b'"members"', b"\\ud800", b"true", b"-1",
    b'"kind"', b"NaN", b'"seed"', b'"counts"', b"[" * 3000,
)  # fmt: skip
_PAGE = (
    b'<pre class="tlog-proof">', b"</pre>", b"&amp;", b"&#x110000;", b"&#0;", b"<dt>Recorded</dt><dd>",
    b"</dd>\n", b"index 0", b"c2sp.org/tlog-proof@v1\n", b"<!doctype html>", b"extra ", b"\n\n",
)  # fmt: skip
_LINES = (b"old 0\n", b"index 1\n", b"extra ", b"\n\n", "— ".encode(), b"=", b"+", b"A" * 44)
_OF_KEYS = (b"-----BEGIN PRIVATE KEY-----", b"-----END", b"01  ", b"END  ", b"Key: ", b"Signed: ", b"O", b"l")
CAN_STAMP = find_spec("rfc3161_client") is not None and shutil.which("openssl") is not None

TARGETS: tuple[Target, ...] = (
    _target("receipt", check_brought, _receipts, _PAGE),
    _target("proof", check_proof_bytes, _extensions, _LINES),
    _target("cosignature", check_cosignature, _cosigned, _LINES),
    _target("statement", check_statement, _statements, _JSON),
    _target("key-file", check_key, _keys, _OF_KEYS),
    _target(
        "witness-state",
        check_witness_state,
        lambda: [
            b'{"kind": "witness-state", "version": 1, "ledgers": {"archive.example/test": {"size": 7,'
            b' "root": "' + b"A" * 43 + b'=", "key": "k"}}}'
        ],
        _JSON,
    ),
    Target(name="pack", family="evidence", draw=_draw_pack, check=check_pack),
    *((_target("time-stamp", check_stamp, _stamps),) if CAN_STAMP else ()),
)
