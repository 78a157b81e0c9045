"""Time-stamps from a real authority: believed by the root alone, refused wherever something does not fit."""

import hashlib
import json
import shutil
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.errors import ConfigurationError
from archive.core.ledger.note import Note, Signature, parse
from archive.core.ledger.timestamp_token import with_sorted_certificates
from archive.storage.ledger.timestamps import stored_timestamps
from tests.archives import MadeArchive, make_archive
from tests.authority import Authority, make_authority, openssl

pytest.importorskip("rfc3161_client", reason="the extra `timestamp` is not installed")
if shutil.which("openssl") is None:
    pytest.skip("openssl is not installed", allow_module_level=True)

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from archive.formats.timestamps import (
    TokenError,
    TokenOutcome,
    check_answer,
    judge_token,
    load_roots,
    make_request,
)

DATA = b"a checkpoint\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that anybody may believe."""
    return make_authority(tmp_path_factory.mktemp("tsa") / "ours")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that nobody named."""
    return make_authority(tmp_path_factory.mktemp("tsa") / "theirs", "Other")


def judged(request: bytes, response: bytes, authority: Authority, data: bytes = DATA) -> TokenOutcome:
    """The outcome by an authority's root."""
    roots = load_roots(authority.root.read_bytes(), "ca.pem")
    return judge_token(request, response, data, roots).outcome


def bent_root(authority: Authority, part: bytes, odd: bytes) -> bytes:
    """The authority's root in PEM with one part of it another; its signature is not of these bytes."""
    der = ssl.PEM_cert_to_DER_cert(authority.root.read_text())
    assert part in der
    return ssl.DER_cert_to_PEM_cert(der.replace(part, odd, 1)).encode()


class TestTokens:
    """What a token proves, and what it does not."""

    @pytest.mark.parametrize("root_first", [False, True])
    def test_either_order_of_certificates_is_believed_by_the_root_alone(
        self, authority: Authority, *, root_first: bool
    ) -> None:
        request = make_request(DATA)
        response = authority.answer(request, root_first=root_first)
        verdict = judge_token(request, response, DATA, load_roots(authority.root.read_bytes(), "ca.pem"))
        assert (verdict.outcome, verdict.by, verdict.reason) == (TokenOutcome.VALID, "Test TSA", "")
        assert abs(datetime.fromisoformat(verdict.time or "") - datetime.now(UTC)) < timedelta(minutes=10)

    def test_one_of_the_two_orders_needs_sorting(self, authority: Authority) -> None:
        request = make_request(DATA)
        responses = [authority.answer(request, root_first=order) for order in (False, True)]
        changed = [with_sorted_certificates(response) != response for response in responses]
        assert True in changed
        assert [len(with_sorted_certificates(each)) for each in responses] == [*map(len, responses)]

    def test_of_several_roots_one_is_enough(self, authority: Authority, stranger: Authority) -> None:
        request = make_request(DATA)
        both = authority.root.read_bytes() + stranger.root.read_bytes()
        roots = load_roots(both, "both.pem")
        assert judge_token(request, authority.answer(request), DATA, roots).outcome is TokenOutcome.VALID

    def test_another_authoritys_root_vouches_for_nothing(
        self, authority: Authority, stranger: Authority
    ) -> None:
        request = make_request(DATA)
        assert judged(request, stranger.answer(request), authority) is TokenOutcome.UNTRUSTED

    def test_other_data_is_refused(self, authority: Authority) -> None:
        request = make_request(DATA)
        response = authority.answer(request)
        assert judged(request, response, authority, DATA + b" ") is TokenOutcome.INVALID
        with pytest.raises(TokenError, match="other bytes"):
            check_answer(request, response, b"")

    def test_the_answer_to_another_request_is_refused(self, authority: Authority) -> None:
        response = authority.answer(make_request(DATA))
        with pytest.raises(TokenError, match="nonces differ"):
            check_answer(make_request(DATA), response, DATA)

    def test_a_signer_without_the_time_stamping_purpose_is_refused(self, authority: Authority) -> None:
        request = make_request(DATA)
        response = authority.answer(request)
        good = authority.signer_of(response)
        bad = authority.signer(ExtendedKeyUsageOID.CODE_SIGNING, until=good.not_valid_after_utc)
        ours, theirs = (each.public_bytes(Encoding.DER) for each in (good, bad))
        assert (len(ours), ours in response) == (len(theirs), True)
        assert judged(request, response.replace(ours, theirs), authority) is TokenOutcome.UNTRUSTED

    def test_a_signer_whose_certificate_had_expired_is_refused(self, tmp_path: Path) -> None:
        late = make_authority(tmp_path / "late")
        late.use(late.signer(until=datetime.now(UTC) - timedelta(days=1)))
        request = make_request(DATA)
        assert judged(request, late.answer(request), late) is TokenOutcome.UNTRUSTED

    def test_a_flipped_bit_never_moves_the_time_or_the_data(self, authority: Authority) -> None:
        request = make_request(DATA)
        response = authority.answer(request)
        roots = load_roots(authority.root.read_bytes(), "ca.pem")
        right = judge_token(request, response, DATA, roots)
        outcomes = set()
        for at in range(0, len(response), 3):
            bent = bytearray(response)
            bent[at] ^= 1 << at % 8
            verdict = judge_token(request, bytes(bent), DATA, roots)
            outcomes.add(verdict.outcome)
            if verdict.outcome is TokenOutcome.VALID:
                assert verdict.time == right.time
        assert outcomes == set(TokenOutcome)

    @pytest.mark.parametrize("cut", [0, 1, 9, 100, 400])
    def test_a_torn_answer_is_refused(self, authority: Authority, cut: int) -> None:
        request = make_request(DATA)
        assert judged(request, authority.answer(request)[:cut], authority) is TokenOutcome.INVALID

    @pytest.mark.parametrize(
        ("part", "odd"),
        [
            (b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x03"),
            (b"\x0c\x0cTest Archive", b"\x8c\x0cTest Archive"),
        ],
        ids=["of a version that there is not", "OpenSSL cannot read its issuer"],
    )
    def test_a_root_that_is_no_certificate_is_refused_without_a_word_of_the_library(
        self, authority: Authority, capfd: pytest.CaptureFixture[str], part: bytes, odd: bytes
    ) -> None:
        with pytest.raises(ConfigurationError, match=r"brought\.pem: not a certificate"):
            load_roots(bent_root(authority, part, odd), "brought.pem")
        assert capfd.readouterr() == ("", "")

    def test_a_root_with_a_negative_number_is_judged_and_not_warned_of(self, authority: Authority) -> None:
        request = make_request(DATA)
        roots = load_roots(bent_root(authority, b"\x02\x01\x01", b"\x02\x01\xff"), "brought.pem")
        verdict = judge_token(request, authority.answer(request), DATA, roots)
        assert verdict.outcome in {TokenOutcome.VALID, TokenOutcome.UNTRUSTED}

    @pytest.mark.parametrize(
        "response", [b"\x30\x84\xff\xff\xff\xff", b"\x30\x80", b"0" * 300_000, b"<html>busy</html>"]
    )
    def test_what_is_no_answer_is_refused(self, authority: Authority, response: bytes) -> None:
        assert judged(make_request(DATA), response, authority) is TokenOutcome.INVALID
        assert with_sorted_certificates(response) == response

    def test_an_authority_that_refuses_is_quoted(self, authority: Authority) -> None:
        request = make_request(DATA)
        asked = request.replace(bytes.fromhex("608648016503040203"), bytes.fromhex("608648016503040209"))
        with pytest.raises(TokenError, match="refused"):
            check_answer(request, authority.answer(asked), DATA)


class Stamping:
    """An archive with an authority, and short ways to ask."""

    def __init__(self, made: MadeArchive, authority: Authority, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = made.root
        self.made = made
        self.authority = authority
        self._capsys = capsys

    def ask(self, *words: str) -> tuple[int, Any]:
        """Exit code and JSON document of a command."""
        self._capsys.readouterr()
        code = run(["-C", str(self.root), "--format", "json", *words])
        return code, json.loads(self._capsys.readouterr().out)

    def stamp(self, name: str = "now") -> Any:
        """Has the present checkpoint stamped, by files."""
        request, response = self.made.folder / f"{name}.tsq", self.made.folder / f"{name}.tsr"
        assert self.ask("ledger", "timestamp", "--request-out", str(request))[0] == 0
        response.write_bytes(self.authority.answer(request.read_bytes()))
        words = ["--response", str(response), "--tsa-root", str(self.authority.root)]
        code, document = self.ask("ledger", "timestamp", *words)
        assert code == 0, document
        return document

    def verify(self, *roots: Path) -> tuple[int, str, list[str]]:
        """Exit code, trust basis and codes of findings of `ledger verify`."""
        words = [word for root in roots for word in ("--tsa-root", str(root))]
        code, document = self.ask("ledger", "verify", *words)
        return code, document["trust"]["basis"], [finding["code"] for finding in document["findings"]]

    @property
    def kept(self) -> Path:
        """The only time-stamp."""
        (folder,) = (self.root / "ledger" / "timestamps").iterdir()
        return folder


@pytest.fixture
def stamping(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Stamping:
    """A new archive."""
    return Stamping(make_archive(tmp_path, monkeypatch), authority, capsys)


class TestArchive:
    """A stamp is kept as it came, and what it covers is protected from then on."""

    def test_the_trust_basis_says_up_to_when(self, stamping: Stamping) -> None:
        made = stamping.stamp()
        stamping.ask("audit")
        code, report = stamping.ask("ledger", "verify", "--tsa-root", str(stamping.authority.root))
        trust = report["trust"]
        assert (code, trust["basis"], trust["size"], trust["until"]) == (0, "timestamp", 2, made["time"])
        assert "time-stamped up to" in trust["statement"]
        assert "unprotected since" in trust["statement"]

    def test_without_a_root_nothing_is_claimed(self, stamping: Stamping) -> None:
        stamping.stamp()
        assert stamping.verify() == (0, "self", ["LEDGER-TIMESTAMP-UNJUDGED"])

    def test_a_root_of_another_authority_gives_nothing(self, stamping: Stamping, stranger: Authority) -> None:
        stamping.stamp()
        assert stamping.verify(stranger.root) == (0, "self", ["LEDGER-TIMESTAMP-UNTRUSTED"])
        assert stamping.verify(stranger.root, stamping.authority.root) == (0, "timestamp", [])

    def test_request_answer_and_checkpoint_are_kept_byte_for_byte(self, stamping: Stamping) -> None:
        checkpoint = (stamping.root / "ledger/checkpoint").read_bytes()
        stamping.stamp()
        (stored,) = stored_timestamps(stamping.root)
        files = [(stamping.made.folder / f"now.{ending}").read_bytes() for ending in ("tsq", "tsr")]
        assert [stored.checkpoint, stored.request, stored.response] == [checkpoint, *files]

    def test_openssl_verifies_what_is_kept(self, stamping: Stamping) -> None:
        stamping.stamp()
        words = ["-data", "checkpoint", "-in", "response.tsr", "-CAfile", str(stamping.authority.root)]
        assert openssl(stamping.kept, "ts", "-verify", *words).replace(b"Verification: OK\n", b"") == b""

    def test_the_largest_state_that_is_stamped_counts(self, stamping: Stamping) -> None:
        stamping.stamp()
        stamping.ask("audit")
        stamping.stamp("later")
        _, report = stamping.ask("ledger", "verify", "--tsa-root", str(stamping.authority.root))
        assert report["trust"]["size"] == 4

    def test_a_history_written_anew_is_contradicted_by_the_stamp(self, stamping: Stamping) -> None:
        fork = stamping.made.folder / "fork"
        shutil.copytree(stamping.root, fork)
        stamping.ask("audit")
        stamping.stamp()
        for state in stamping.made.folder.glob("keys/*/last.json"):
            state.unlink()  # whoever forges has the key, and no memory
        assert run(["-q", "-C", str(fork), "audit"]) == 0
        shutil.move(stamping.root / "ledger/timestamps", fork / "ledger/timestamps")
        stamping.root = fork
        code, basis, codes = stamping.verify(stamping.authority.root)
        assert (code, basis) == (5, "none")
        assert codes == ["LEDGER-FORK"]

    @pytest.mark.parametrize("name", ["checkpoint", "request.tsq", "response.tsr"])
    def test_a_flipped_bit_in_a_kept_file_is_found(self, stamping: Stamping, name: str) -> None:
        stamping.stamp()
        path = stamping.kept / name
        path.chmod(0o644)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(bytes(data))
        assert stamping.verify(stamping.authority.root) == (5, "none", ["LEDGER-TIMESTAMP-ALTERED"])
        path.unlink()
        assert stamping.verify(stamping.authority.root)[0] == 5

    def test_a_token_of_another_checkpoint_under_a_fitting_name_is_found(self, stamping: Stamping) -> None:
        stamping.stamp()
        kept = stamping.kept
        stamping.ask("audit")
        newer = (stamping.root / "ledger/checkpoint").read_bytes()
        (kept / "checkpoint").chmod(0o644)
        (kept / "checkpoint").write_bytes(newer)
        whole = b"".join((kept / name).read_bytes() for name in ("checkpoint", "request.tsq", "response.tsr"))
        kept.rename(kept.with_name(f"4-{hashlib.sha256(whole).hexdigest()[:32]}"))
        assert stamping.verify(stamping.authority.root) == (5, "none", ["LEDGER-TIMESTAMP-ALTERED"])

    def test_a_stranger_among_the_stamps_is_found(self, stamping: Stamping) -> None:
        stamping.stamp()
        (stamping.root / "ledger/timestamps/notes.txt").write_text("mine")
        assert stamping.verify(stamping.authority.root)[2] == ["LEDGER-TIMESTAMP-ALTERED"]

    def test_a_stamp_that_is_taken_away_leaves_a_ledger_that_holds(self, stamping: Stamping) -> None:
        stamping.stamp()
        shutil.rmtree(stamping.root / "ledger/timestamps")
        assert stamping.verify(stamping.authority.root) == (0, "self", [])

    def test_an_answer_over_no_checkpoint_of_this_archive_is_not_kept(self, stamping: Stamping) -> None:
        request, response = stamping.made.folder / "x.tsq", stamping.made.folder / "x.tsr"
        request.write_bytes(make_request(DATA))
        response.write_bytes(stamping.authority.answer(request.read_bytes()))
        code, error = stamping.ask("ledger", "timestamp", "--response", str(response))
        assert (code, "no checkpoint of this archive" in error["message"]) == (5, True)
        assert not (stamping.root / "ledger/timestamps").exists()

    def test_what_was_asked_before_others_signed_may_be_answered_after_it(self, stamping: Stamping) -> None:
        folder = stamping.made.folder
        assert stamping.ask("ledger", "timestamp", "--request-out", str(folder / "q.tsq"))[0] == 0
        signed = parse((stamping.root / "ledger/checkpoint").read_bytes())
        cosigned = Note(signed.text, (*signed.signatures, Signature("w", b"abcd", bytes(72))))
        (folder / "cosigned").write_bytes(cosigned.to_bytes())
        assert stamping.ask("ledger", "keep", str(folder / "cosigned"))[0] == 0
        (folder / "r.tsr").write_bytes(stamping.authority.answer((folder / "q.tsq").read_bytes()))
        words = ["--response", str(folder / "r.tsr"), "--request", str(folder / "q.tsq")]
        assert stamping.ask("ledger", "timestamp", *words)[0] == 0
        assert stamping.verify(stamping.authority.root) == (0, "timestamp", [])

    def test_it_is_not_written_through_a_link(self, stamping: Stamping) -> None:
        outside = stamping.made.folder / "outside"
        outside.mkdir()
        (stamping.root / "ledger/timestamps").symlink_to(outside)
        request, response = stamping.made.folder / "x.tsq", stamping.made.folder / "x.tsr"
        stamping.ask("ledger", "timestamp", "--request-out", str(request))
        response.write_bytes(stamping.authority.answer(request.read_bytes()))
        assert stamping.ask("ledger", "timestamp", "--response", str(response))[0] == 3
        assert list(outside.iterdir()) == []

    def test_an_answer_that_the_named_root_does_not_vouch_for_is_not_kept(
        self, stamping: Stamping, stranger: Authority
    ) -> None:
        request, response = stamping.made.folder / "x.tsq", stamping.made.folder / "x.tsr"
        stamping.ask("ledger", "timestamp", "--request-out", str(request))
        response.write_bytes(stranger.answer(request.read_bytes()))
        words = ["--response", str(response), "--tsa-root", str(stamping.authority.root)]
        assert stamping.ask("ledger", "timestamp", *words)[0] == 5
        assert not (stamping.root / "ledger/timestamps").exists()

    def test_a_stamp_from_before_a_change_of_keys_still_counts(self, stamping: Stamping) -> None:
        stamping.stamp()
        assert stamping.ask("key", "rotate")[0] == 0
        stamping.ask("audit")
        assert stamping.verify(stamping.authority.root) == (0, "timestamp", [])

    def test_an_audit_of_a_stamped_archive_is_intact(self, stamping: Stamping) -> None:
        stamping.stamp()
        code, report = stamping.ask("audit", "--tsa-root", str(stamping.authority.root))
        assert (code, report["outcome"], report["trust"]["basis"]) == (0, "intact", "timestamp")


@pytest.fixture
def answering(authority: Authority) -> Iterator[tuple[str, list[bytes]]]:
    """An address where the authority answers, and what it answers instead if that is not empty."""
    instead: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            answer = instead[0] if instead else authority.answer(asked)
            if answer.startswith(b"302"):
                self.send_response(302)
                self.send_header("Location", "http://127.0.0.1:1/")
            else:
                self.send_response(200 if self.headers["Content-Type"].endswith("query") else 415)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Silence."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/tsr", instead
    server.shutdown()
    server.server_close()


class TestNetwork:
    """Asked over the network only where that is said, and nothing but an answer is kept."""

    def test_an_authority_that_answers_is_believed_by_its_root(
        self, stamping: Stamping, answering: tuple[str, list[bytes]]
    ) -> None:
        root = str(stamping.authority.root)
        code, made = stamping.ask("ledger", "timestamp", "--tsa", answering[0], "--tsa-root", root)
        assert (code, made["size"], made["by"], made["judged"]) == (0, 2, "Test TSA", True)
        assert stamping.verify(stamping.authority.root)[1] == "timestamp"

    @pytest.mark.parametrize(
        ("answer", "code"),
        [(b"<html>", 5), (b"302", 3), (b"0" * 300_000, 5), (b"", 5)],
        ids=["page", "elsewhere", "long", "short"],
    )
    def test_any_other_answer_is_told_and_not_kept(
        self, stamping: Stamping, answering: tuple[str, list[bytes]], answer: bytes, code: int
    ) -> None:
        answering[1].append(answer or b"\x30")
        assert stamping.ask("ledger", "timestamp", "--tsa", answering[0])[0] == code
        assert not (stamping.root / "ledger/timestamps").exists()

    @pytest.mark.parametrize(
        ("url", "code"),
        [("http://127.0.0.1:1/", 3), ("file:///etc/passwd", 2), ("ftp://x/", 2), ("http://", 3)],
    )
    def test_an_address_that_does_not_answer_is_told(self, stamping: Stamping, url: str, code: int) -> None:
        found, error = stamping.ask("ledger", "timestamp", "--tsa", url)
        assert (found, error["kind"]) == (code, "error")

    def test_one_of_three_ways_is_chosen(self, stamping: Stamping) -> None:
        assert stamping.ask("ledger", "timestamp")[0] == 2
        assert stamping.ask("ledger", "timestamp", "--tsa", "http://x/", "--request-out", "f")[0] == 2
        assert stamping.ask("ledger", "timestamp", "--tsa", "http://x/", "--request", "f")[0] == 2
