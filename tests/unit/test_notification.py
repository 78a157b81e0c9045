"""One summary for a run, sent where that is configured; what fails is a warning and changes nothing."""

import errno
import http.server
import json
import os
import re
import socketserver
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from archive.core.errors import ConfigurationError
from archive.core.notification import Summary
from archive.core.notify_settings import NotifySettings, When, parse_notify
from archive.services.notifying import sending
from archive.services.notifying.sending import notify
from tests.archives import MadeArchive, make_archive, overwrite
from tests.changes import Changing


class Hook(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted; answers 500 to /broken, elsewhere to /moved, nothing to /silent."""

    posted: ClassVar[list[Any]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/silent":
            time.sleep(1)
            return
        self.posted.append(json.loads(body))
        codes = {"/broken": 500, "/moved": 307}
        self.send_response(codes.get(self.path, 204))
        self.send_header("Location", "http://127.0.0.1:9/other")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Nothing."""


class MailServer(socketserver.StreamRequestHandler):
    """As little of RFC 5321 as a client needs."""

    mails: ClassVar[list[str]] = []

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (one := self.rfile.readline()) not in {b".\r\n", b""}:
                    lines.append(one)
                self.mails.append(b"".join(lines).decode())
            if word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            refused = word == b"RCPT" and b"nobody@" in line
            self.wfile.write(b"550 no\r\n" if refused else b"250 well\r\n")


@pytest.fixture
def hook() -> Iterator[str]:
    """The address of a webhook on this machine."""
    Hook.posted.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def mail() -> Iterator[str]:
    """The address of a mail server on this machine."""
    MailServer.mails.clear()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailServer) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def summary(**changes: Any) -> Summary:
    values: dict[str, Any] = {
        "event": "audit",
        "outcome": "damaged",
        "run": "r",
        "time": "2026-11-21T09:00:00.000Z",
        "archive": "a",
        "name": "Valley\r\nBcc: all@example.org",
        "trouble": True,
        "counts": {"damaged": 2},
        "documents": [("2026-000001", "damaged", "2026-11-20T09:00:00.000Z")],
    }
    return Summary(**values | changes)


def test_nothing_is_sent_unless_it_is_configured() -> None:
    assert notify(None, summary()) == []
    assert notify(NotifySettings(), summary()) == []


def test_a_webhook_gets_one_document(hook: str) -> None:
    assert notify(NotifySettings(webhook=hook), summary()) == []
    (posted,) = Hook.posted
    assert (posted["kind"], posted["outcome"], posted["counts"]) == (
        "notification",
        "damaged",
        {"damaged": 2},
    )
    assert posted["documents"][0]["reference"] == "2026-000001"


def test_a_mail_has_one_line_of_subject_and_no_forged_header(mail: str) -> None:
    settings = NotifySettings(mail_to=("ana@example.org", "b@example.org"), smtp=mail, security="none")
    assert notify(settings, summary()) == []
    (sent,) = MailServer.mails
    head = sent.partition("\r\n\r\n")[0]
    assert "\nBcc:" not in head
    assert "To: ana@example.org, b@example.org" in head
    assert "2026-000001" in sent


@pytest.mark.parametrize(("when", "trouble", "sent"), [("trouble", False, 0), ("always", False, 1)])
def test_what_went_well_is_told_only_where_it_is_asked_for(
    hook: str, when: str, trouble: bool, sent: int
) -> None:
    notify(NotifySettings(webhook=hook, when=When(when)), summary(trouble=trouble))
    assert len(Hook.posted) == sent


@pytest.mark.parametrize("path", ["/broken", "/moved", "/silent"])
def test_a_webhook_that_fails_is_a_warning(hook: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "NOTIFICATION", 0.3)
    (found,) = notify(NotifySettings(webhook=hook + path), summary())
    assert (found.code, found.severity.value) == ("NOTIFY-WEBHOOK", "warning")


@pytest.mark.parametrize("address", ["ftp://x/", "http://", "http://[", "file:///etc/passwd", "http://x:y/"])
def test_an_address_that_is_none_is_a_warning(address: str) -> None:
    assert [one.code for one in notify(NotifySettings(webhook=address), summary())] == ["NOTIFY-WEBHOOK"]


def test_a_mail_that_is_refused_or_finds_no_server_is_a_warning(mail: str) -> None:
    for settings in (
        NotifySettings(mail_to=("nobody@example.org",), smtp=mail, security="none"),
        NotifySettings(mail_to=("a@example.org",), smtp=mail),  # the server knows no STARTTLS
        NotifySettings(mail_to=("a@example.org",), smtp="127.0.0.1:9", security="none"),
        NotifySettings(mail_to=("a@example.org",), sendmail="/nonexistent/sendmail"),
    ):
        assert [one.code for one in notify(settings, summary())] == ["NOTIFY-MAIL"]
    assert MailServer.mails == []


def test_mail_can_go_through_a_command(tmp_path: Path) -> None:
    command = tmp_path / "sendmail"
    command.write_text(f'#!/bin/sh\ncat > "{tmp_path}/mail"\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    assert notify(NotifySettings(mail_to=("a@example.org",), sendmail=str(command)), summary()) == []
    assert "2026-000001" in (tmp_path / "mail").read_text()


def test_a_command_that_hangs_is_ended_before_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = tmp_path / "sendmail"
    command.write_text(f"#!/bin/sh\necho $$ >{tmp_path}/process\nexec sleep 60\n")
    command.chmod(0o755)
    monkeypatch.setattr(sending, "NOTIFICATION", 1.0)
    told = notify(NotifySettings(mail_to=("a@example.org",), sendmail=str(command)), summary())
    assert [finding.code for finding in told] == ["NOTIFY-MAIL"]
    assert "did not end within 1 seconds" in told[0].message
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text()), 0)


def test_a_secret_comes_from_the_environment_or_a_file_and_is_never_said(
    hook: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", hook)
    (tmp_path / "hook").write_text(hook + "\n")
    assert notify(NotifySettings(webhook_env="HOOK"), summary()) == []
    assert notify(NotifySettings(webhook_file=str(tmp_path / "hook")), summary()) == []
    monkeypatch.setenv("HOOK", "http://secret.invalid:0/token")
    for settings in (
        NotifySettings(webhook_env="HOOK"),
        NotifySettings(webhook_env="UNSET"),
        NotifySettings(webhook_file=str(tmp_path / "none")),
        NotifySettings(webhook_file=str(tmp_path)),
    ):
        (found,) = notify(settings, summary())
        assert "secret" not in found.message
        assert "token" not in found.message


@pytest.mark.parametrize(
    "table",
    [
        {"password": "x"},
        {"mail_to": ["a@example.org"]},
        {"mail_to": ["no address"], "smtp": "h"},
        {"mail_to": ["a@example.org\nBcc: b@example.org"], "smtp": "h"},
        {"mail_to": 7, "smtp": "h"},
        {"when": "never"},
        {"security": "ssl3"},
        {"webhook": 7},
        {"mail_from": "x", "smtp": "h"},
        {"mail": "a@example.org", "smtp": "mail.example.org"},
        {"web_hook": "https://example.org/x"},
    ],
)
def test_settings_that_say_nothing_sensible_are_refused(table: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="notify"):
        parse_notify(table, "archive.toml: [notify]")


def test_a_member_of_a_later_version_beside_somebody_who_is_told_is_passed_over() -> None:
    told = {"webhook": "https://example.org/x", "pager": "12"}
    assert parse_notify(told, "archive.toml: [notify]").webhook == told["webhook"]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Changing:
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"a.txt": b"one"})
    return Changing(MadeArchive(tmp_path), capsys)


def configure(archive: Changing, lines: str) -> None:
    with open(archive.root / "archive.toml", "a", encoding="utf-8") as stream:
        stream.write(f"\n[notify]\n{lines}\n")


def test_audits_and_repairs_are_told_once_each(archive: Changing, hook: str, tmp_path: Path) -> None:
    configure(archive, f'webhook = "{hook}"')
    archive("audit")
    archive("audit", "--read-only")
    assert Hook.posted == []
    overwrite(archive.bag("a.txt") / "data/a.txt", b"bad")
    archive("audit", code=1)
    archive("audit", "--read-only", code=1)
    good = tmp_path / "good"
    good.write_bytes(b"one")
    archive("repair", "--from", str(good))
    assert [(one["event"], one["outcome"]) for one in Hook.posted] == [
        ("audit", "damaged"),
        ("repair", "repaired"),
    ]
    assert "a.txt" not in json.dumps(Hook.posted)


def test_damage_of_the_archive_itself_is_told_by_its_code(archive: Changing, tmp_path: Path) -> None:
    command = tmp_path / "sendmail"
    command.write_text(f"#!/bin/sh\ncat > {tmp_path}/mail\n")
    command.chmod(0o755)
    configure(archive, f'mail_to = ["ana@example.org"]\nsendmail = "{command}"')
    catalog = archive.root / "catalog.json"
    catalog.write_text(re.sub(r'"files": ?1', '"files": 7', catalog.read_text()))
    archive("audit", code=1)
    assert "Of the archive itself: CATALOG-ALTERED (1)" in (tmp_path / "mail").read_text()


def test_an_audit_is_told_though_its_text_cannot_be_written(
    archive: Changing, hook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    configure(archive, f'webhook = "{hook}"')
    overwrite(archive.bag("a.txt") / "data/a.txt", b"bad")
    monkeypatch.setattr("archive.cli.audits.audit_text.print_audit", full)
    archive.text("audit", code=3)
    assert [one["outcome"] for one in Hook.posted] == ["damaged"]


@pytest.mark.parametrize("reference", ["19640823-3234", "640823-3234", "2026-12", "2026-000001a", "Ana"])
def test_a_reference_of_the_archivist_is_not_told(archive: Changing, hook: str, reference: str) -> None:
    table = f"filename,reference,dc.title\nx.txt,{reference},x\n".encode()
    archive.made.ingest({"x.txt": b"x", "metadata.csv": table}, name="own", describe_later=False)
    configure(archive, f'webhook = "{hook}"')
    for source in ("a.txt", "x.txt"):
        overwrite(archive.bag(source) / "data" / source, b"bad")
    archive("audit", code=1)
    (posted,) = Hook.posted
    told = [one["reference"] for one in posted["documents"]]
    assert told == [archive.reference("a.txt"), archive.row("x.txt").bag[-8:]]


def test_a_failed_notification_hides_no_result_and_keeps_the_exit_code(archive: Changing) -> None:
    configure(archive, 'webhook = "http://127.0.0.1:9/"\nwhen = "always"')
    report = archive("audit")
    assert report["outcome"] == "intact"
    assert [one["code"] for one in report["findings"] if one["severity"] != "note"] == ["NOTIFY-WEBHOOK"]
    assert "all intact" in archive.text("audit")
    assert archive("ledger", "verify")["outcome"] == "proven"


def test_of_a_damaged_copy_the_next_step_is_a_copy_and_no_repair(
    changing: Changing, tmp_path: Path, mail: str
) -> None:
    disk = tmp_path / "red"
    changing.configure(f'[notify]\nmail_to = ["a@example.org"]\nsmtp = "{mail}"\nsecurity = "none"\n')
    changing("copy", "--to", str(disk), "--jobs", "1")
    (payload,) = disk.glob("bags/*/*/data/a.txt")
    overwrite(payload, b"two")
    changing("audit", "--copy", str(disk), code=1)
    (sent,) = MailServer.mails
    assert "Next: archive copy --to" in sent
    assert "archive repair" not in sent
