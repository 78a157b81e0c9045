"""Keys: made once, kept outside, never overwritten; and what they signed last."""

import base64
import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.core.errors import ConfigurationError, ConflictError, EvidenceError
from archive.core.ledger.checkpoint import Checkpoint
from archive.storage.keys import files
from archive.storage.keys import signing_key as keys
from archive.storage.keys.last_signed import LastSigned, Standing
from archive.storage.keys.signing_key import Key, create_key, load_key, verify

ORIGIN = "archive.example/letters"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(tmp_path / "config")}


def test_a_key_signs_what_its_verifier_key_verifies(environment: dict[str, str]) -> None:
    key = create_key(ORIGIN, environment=environment)
    again = load_key(key.vkey, environment=environment)
    signature = again.signer.sign(b"message")
    assert (again.vkey, again.origin, again.folder) == (key.vkey, ORIGIN, key.folder)
    assert verify(key.signer.key.public, signature, b"message")
    assert not verify(key.signer.key.public, signature, b"massage")
    assert not verify(bytes(31), signature, b"message")


def test_a_key_lies_below_the_configuration_folder_readable_by_its_owner_only(
    environment: dict[str, str],
) -> None:
    key = create_key(ORIGIN, environment=environment)
    folder = Path(environment["XDG_CONFIG_HOME"], "archive", "keys", key.key_id)
    assert Path(key.folder) == folder
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.iterdir()]}
    assert modes == {key.key_id: 0o700, "key.pem": 0o600, "key.vkey": 0o600}
    assert (folder / "key.vkey").read_text() == f"{key.vkey}\n"


def test_the_key_folder_variable_comes_first(tmp_path: Path, environment: dict[str, str]) -> None:
    environment["ARCHIVE_KEY_DIR"] = str(tmp_path / "stick")
    first, second = (create_key(ORIGIN, environment=environment) for _ in range(2))
    assert {first.folder, second.folder} == {str(path) for path in (tmp_path / "stick").iterdir()}
    assert load_key(second.vkey, environment=environment).folder == second.folder


def test_a_backup_that_the_variable_points_at_is_found(tmp_path: Path, environment: dict[str, str]) -> None:
    key = create_key(ORIGIN, environment=environment)
    backup = tmp_path / "backup"
    os.rename(key.folder, backup)
    assert load_key(key.vkey, environment={"ARCHIVE_KEY_DIR": str(backup)}).folder == str(backup)


def test_another_key_that_the_variable_points_at_is_not_taken_for_this_one(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    key, other = (create_key(ORIGIN, environment=environment) for _ in range(2))
    with pytest.raises(ConfigurationError, match="is not here"):
        load_key(key.vkey, environment={"ARCHIVE_KEY_DIR": other.folder})


def test_without_variables_keys_lie_in_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    assert keys.key_home({}) == "/home/someone/.config/archive/keys"
    assert keys.key_home({"XDG_CONFIG_HOME": "relative"}) == "/home/someone/.config/archive/keys"


@pytest.mark.parametrize("environment", [{}, {"ARCHIVE_KEY_DIR": "~/keys"}])
def test_without_a_home_folder_no_key_is_made_where_the_command_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "relative")
    with pytest.raises(ConfigurationError, match="no home folder") as refused:
        create_key(ORIGIN, environment=environment)
    assert "ARCHIVE_KEY_DIR" in str(refused.value.remedy)
    assert os.listdir(tmp_path) == []


def test_an_absent_key_names_where_it_was_looked_for(environment: dict[str, str]) -> None:
    key = create_key(ORIGIN, environment=environment)
    os.rename(key.folder, key.folder + ".away")
    with pytest.raises(ConfigurationError) as caught:
        load_key(key.vkey, environment=environment)
    assert f"{key.folder}/key.pem" in caught.value.message
    assert caught.value.remedy == (
        "restore it: archive key restore BACKUP; or set $ARCHIVE_KEY_DIR to where it lies"
    )


def test_another_key_in_its_place_is_refused(environment: dict[str, str]) -> None:
    key, other = (create_key(ORIGIN, environment=environment) for _ in range(2))
    os.replace(Path(other.folder, "key.pem"), Path(key.folder, "key.pem"))
    with pytest.raises(ConfigurationError, match="not the key"):
        load_key(key.vkey, environment=environment)


TOO_SHORT = base64.b64encode(bytes.fromhex("302d020100300506032b65700421041f" + "07" * 31))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\n" + TOO_SHORT + b"\n-----END PRIVATE KEY-----\n",  # OpenSSL objects
    ],
)
def test_a_damaged_key_is_refused(environment: dict[str, str], content: bytes) -> None:
    key = create_key(ORIGIN, environment=environment)
    Path(key.folder, "key.pem").write_bytes(content)
    with pytest.raises(ConfigurationError, match="cannot be read as a key"):
        load_key(key.vkey, environment=environment)


def test_a_key_file_has_one_meaning_however_it_is_spelled() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    pem = files.to_pem(private, None)
    assert files._in_clear(pem) == bytes(range(32))
    for other in (pem.replace(b"\n", b"\r\n"), pem.rstrip(), b"my key:\n" + pem, pem + b"\n"):
        assert files._in_clear(other) is None
        assert files.parse_key(other, None, "key.pem").private_bytes_raw() == bytes(range(32))
    der = base64.b64decode(b"".join(pem.split(b"\n")[1:-2]))
    for wrong in (der.replace(b"\x2b\x65\x70", b"\x2b\x65\x6e"), b"\0" * 48):  # of X25519; of nothing
        with pytest.raises(ConfigurationError):
            files.parse_key(pem.replace(base64.b64encode(der), base64.b64encode(wrong)), None, "key.pem")


def test_a_link_in_place_of_the_key_is_refused(environment: dict[str, str]) -> None:
    key = create_key(ORIGIN, environment=environment)
    Path(key.folder, "key.pem").rename(Path(key.folder, "real"))
    Path(key.folder, "key.pem").symlink_to("real")
    with pytest.raises(ConfigurationError, match="not a plain file"):
        load_key(key.vkey, environment=environment)


def test_an_encrypted_key_needs_its_passphrase(environment: dict[str, str]) -> None:
    secret = environment | {"ARCHIVE_KEY_PASSPHRASE": "open sesame"}
    key = create_key(ORIGIN, environment=secret)
    assert load_key(key.vkey, environment=secret).vkey == key.vkey
    with pytest.raises(ConfigurationError, match="encrypted"):
        load_key(key.vkey, environment=environment)
    with pytest.raises(ConfigurationError) as caught:
        load_key(key.vkey, environment=environment | {"ARCHIVE_KEY_PASSPHRASE": "wrong"})
    assert caught.value.remedy == "see that its passphrase is right"


def test_a_key_is_never_overwritten(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    same = Ed25519PrivateKey.generate()
    monkeypatch.setattr(Ed25519PrivateKey, "generate", classmethod(lambda _: same))
    first = create_key(ORIGIN, environment=environment)
    before = Path(first.folder, "key.pem").read_bytes()
    with pytest.raises(ConflictError, match="never overwritten"):
        create_key(ORIGIN, environment=environment)
    assert Path(first.folder, "key.pem").read_bytes() == before


def test_an_origin_that_cannot_name_a_key_makes_no_key(environment: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="not usable as the origin"):
        create_key("two words", environment=environment)
    assert not Path(environment["XDG_CONFIG_HOME"]).exists()


def test_a_text_that_is_no_verifier_key_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="not a verifier key"):
        load_key("name+zz")


def _checkpoint(size: int, mark: int = 0) -> Checkpoint:
    return Checkpoint(ORIGIN, size, bytes([mark]) * 32)


class _Ledger:
    """A ledger that extends everything marked 0."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint

    def read_checkpoint(self, vkey: str) -> Checkpoint:
        assert vkey == "vkey"
        return self.checkpoint

    def extends(self, size: int, root: bytes) -> bool:
        return size <= self.checkpoint.size and root == bytes(32)


@pytest.mark.parametrize(
    ("last", "pending", "standing", "behind"),
    [
        (None, None, Standing.NOT_RECORDED, 0),
        (_checkpoint(7), None, Standing.IN_STEP, 0),
        (_checkpoint(5), None, Standing.IN_STEP, 0),
        (_checkpoint(5), _checkpoint(7), Standing.IN_STEP, 0),
        (None, _checkpoint(7), Standing.IN_STEP, 0),
        (_checkpoint(7), _checkpoint(9), Standing.UNFINISHED, 0),
        (_checkpoint(9), None, Standing.BEHIND, 2),
        (_checkpoint(9), _checkpoint(12), Standing.BEHIND, 2),
        (_checkpoint(9), _checkpoint(7), Standing.BEHIND, 2),
        (_checkpoint(5, 1), _checkpoint(7), Standing.FORK, 0),
        (_checkpoint(7, 1), None, Standing.FORK, 0),
        (_checkpoint(5, 1), _checkpoint(9), Standing.FORK, 0),
        (Checkpoint("other", 5, bytes(32)), None, Standing.FORK, 0),
    ],
)
def test_a_ledger_of_seven_entries_stands_to_what_was_signed_last(
    tmp_path: Path, last: Checkpoint | None, pending: Checkpoint | None, standing: Standing, behind: int
) -> None:
    state = LastSigned(str(tmp_path), "vkey")
    if last is not None:
        state.finish(last)
    if pending is not None:
        state.begin(pending)
    found = state.check(_Ledger(_checkpoint(7)))
    assert (found.standing, found.entries_behind, found.last) == (standing, behind, last)
    if standing in {Standing.BEHIND, Standing.FORK}:
        assert not found.may_be_signed
        with pytest.raises(EvidenceError, match=r"entries fewer|contradicts"):
            found.refuse_unless_signable()
    else:
        assert found.may_be_signed
        found.refuse_unless_signable()


def test_finishing_forgets_what_was_pending(tmp_path: Path) -> None:
    state = LastSigned(str(tmp_path), "vkey")
    state.begin(_checkpoint(7))
    assert state.read() == (None, _checkpoint(7))
    state.finish(_checkpoint(7))
    assert state.read() == (_checkpoint(7), None)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff", b'{"origin":"o","size":true,"root":""}', b"[" * 4000, b" " * 5000]
)
def test_a_damaged_state_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "last.json").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"last\.json: not the state"):
        LastSigned(str(tmp_path), "vkey").read()


def test_a_key_knows_its_state(environment: dict[str, str]) -> None:
    key: Key = create_key(ORIGIN, environment=environment)
    key.last_signed.finish(_checkpoint(1))
    assert load_key(key.vkey, environment=environment).last_signed.read() == (_checkpoint(1), None)
