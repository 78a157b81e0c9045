"""A summary sent by mail and to a webhook, as archive.toml says; trouble comes back as warnings."""

import contextlib
import json
import os
import threading
from collections.abc import Callable
from email.message import EmailMessage
from typing import Final

from archive.core.errors import StorageError
from archive.core.findings import Finding, warning
from archive.core.limits.archives import SECRET_BYTES
from archive.core.limits.waits import NOTIFICATION, NOTIFICATION_END
from archive.core.notification import Summary
from archive.core.notify_settings import NotifySettings, When
from archive.core.text import printable
from archive.services.opened import OpenedArchive
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.keys.signing_key import is_known_here

_NOT_OURS: Final = "the archive's signing key is not on this machine, and nothing is sent from elsewhere"
_REMEDY: Final = "see [notify] in archive.toml; the run itself is not concerned"


class NotSentError(Exception):
    """Says why a summary was not sent; never with a secret in it."""


def tell_keepers(archive: OpenedArchive, summary: Summary) -> list[Finding]:
    """As `notify`, where the archive's signing key is kept; elsewhere nothing is sent, which is said.

    Whoever hands an archive over wrote its archive.toml: on the machine of somebody else no command that it
    names is run, no address connected to and no secret read.
    """
    settings = archive.settings.notify
    return notify(settings, summary, is_ours=settings is None or is_known_here(archive.settings.key))


def notify(settings: NotifySettings | None, summary: Summary, *, is_ours: bool = True) -> list[Finding]:
    """Sends the summary where that is configured and the archive `is_ours`; what failed. Raises nothing.

    Takes no longer than `NOTIFICATION` for each way, and a moment for ending a command that hangs: a thread
    that is still waiting then is left to itself.
    """
    if settings is None or (settings.when is When.TROUBLE and not summary.trouble):
        return []
    found = []
    ways: list[tuple[str, str, Callable[[], None]]] = []
    if settings.has_mail:
        ways.append(("NOTIFY-MAIL", "mail", lambda: send_mail(settings, summary)))
    if settings.has_webhook:
        ways.append(("NOTIFY-WEBHOOK", "webhook", lambda: post(settings, summary)))
    for code, what, send in ways:
        by_command = what == "mail" and bool(settings.sendmail)
        trouble = _within(NOTIFICATION, send, by_command=by_command) if is_ours else _NOT_OURS
        if trouble is not None:
            message = f"the summary could not be sent by {what}: {trouble}"
            found.append(warning(code, "archive.toml:notify", message, remedy=_REMEDY))
    return found


def _within(seconds: float, send: Callable[[], None], *, by_command: bool) -> str | None:
    """Why it was not sent, None where it was."""
    result: list[str | None] = [f"no answer within {seconds:g} seconds"]

    def work() -> None:
        try:
            send()
            result[0] = None
        except NotSentError as trouble:
            result[0] = str(trouble)
        except OSError as trouble:  # of the network and of smtplib
            result[0] = printable(trouble.strerror or type(trouble).__name__)
        except Exception as trouble:  # noqa: BLE001 - a server may answer anything; the result goes on
            result[0] = f"an answer that was not understood ({type(trouble).__name__})"

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds + NOTIFICATION_END if by_command else seconds)
    return result[0]


def send_mail(settings: NotifySettings, summary: Summary) -> None:
    """Hands the mail to sendmail or to a server; NotSentError or OSError where that fails."""
    message = EmailMessage()
    message["Subject"] = summary.subject
    message["From"] = settings.mail_from or settings.mail_to[0]
    message["To"] = ", ".join(settings.mail_to)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5: no vacation answers it
    message.set_content(summary.text())
    if settings.sendmail:
        _by_command(settings.sendmail, message)
    else:
        _by_server(settings, message)


def _by_command(command: str, message: EmailMessage) -> None:
    import subprocess

    try:
        done = subprocess.run(
            [command, "-t", "-oi"],
            input=message.as_bytes(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=NOTIFICATION,
            check=False,
        )
    except subprocess.TimeoutExpired as trouble:
        raise NotSentError(f"{printable(command)} did not end within {NOTIFICATION:g} seconds") from trouble
    if done.returncode:
        raise NotSentError(f"{printable(command)} ended with {done.returncode}")


def _by_server(settings: NotifySettings, message: EmailMessage) -> None:
    import smtplib
    import ssl

    host, port = _host_and_port(settings.smtp, 465 if settings.security == "tls" else 25)
    context = ssl.create_default_context()
    try:
        if settings.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=NOTIFICATION, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=NOTIFICATION)
        with server:
            if settings.security == "starttls":
                server.starttls(context=context)
            if settings.smtp_user:
                server.login(
                    settings.smtp_user, _secret(settings.password_env, settings.password_file, "password")
                )
            server.send_message(message)
    except smtplib.SMTPResponseException as trouble:
        raise NotSentError(f"the server answered {trouble.smtp_code}") from None
    except smtplib.SMTPException as trouble:
        raise NotSentError(f"the server refused ({type(trouble).__name__})") from None


def _host_and_port(text: str, usual: int) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if colon and port.isascii() and port.isdigit() and not host.endswith(":"):
        return host.strip("[]"), int(port)
    return text.strip("[]"), usual


def post(settings: NotifySettings, summary: Summary) -> None:
    """Posts the summary as JSON; NotSentError or OSError where that fails. Redirections are not followed."""
    import http.client
    import ssl
    from urllib.parse import urlsplit

    address = settings.webhook or _secret(settings.webhook_env, settings.webhook_file, "address")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise NotSentError("its address is none") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NotSentError("its address has to begin with https:// or http://")
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.hostname, port, timeout=NOTIFICATION, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname, port, timeout=NOTIFICATION)
    with contextlib.closing(connection):
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        body = json.dumps(summary.to_json()).encode()
        try:
            connection.request("POST", target, body, {"Content-Type": "application/json"})
            status = connection.getresponse().status
        except (http.client.HTTPException, UnicodeError) as trouble:
            raise NotSentError(f"the server could not be talked to ({type(trouble).__name__})") from None
    if not 200 <= status < 300:
        raise NotSentError(f"the server answered {status}")


def _secret(variable: str, file: str, what: str) -> str:
    """The secret from the environment or a file; its last end of line is no part of it."""
    if variable:
        if not (value := os.environ.get(variable, "")):
            raise NotSentError(f"the {what} is not in the environment: {printable(variable)} is not set")
        return value
    try:
        data = read_plain(file, SECRET_BYTES) if file else None
        text = data.decode().strip("\r\n") if data is not None else ""
    except (StorageError, NotAPlainFileError, UnicodeDecodeError) as trouble:
        raise NotSentError(f"the file with the {what} cannot be read") from trouble
    if not text:
        raise NotSentError(f"there is no file with the {what}, or it is empty")
    return text
