"""`[notify]` of archive.toml: who is told of what, and how. Secrets never stand in it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from archive.core.errors import MEND_SETTINGS, ConfigurationError
from archive.core.text import printable

_SECRETS: Final = frozenset({"password", "smtp_password", "secret", "token"})
_TEXTS: Final = (
    "when",
    "security",
    "mail_from",
    "smtp",
    "smtp_user",
    "password_env",
    "password_file",
    "sendmail",
    "webhook",
    "webhook_env",
    "webhook_file",
)
_WEBHOOKS: Final = ("webhook", "webhook_env", "webhook_file")


class When(StrEnum):
    """After which runs something is told."""

    TROUBLE = "trouble"  # only where something is wrong
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """`[notify]` of archive.toml; secrets stand in a variable of the environment, or in a file.

    `smtp` is a host, with a port where it is not 25; `security` is `starttls`, `tls` or `none`. `sendmail` is
    a command instead. `webhook` is an address that JSON is posted to; where it is a secret itself,
    `webhook_env` or `webhook_file` says where it stands.
    """

    when: When = When.TROUBLE
    mail_to: tuple[str, ...] = ()
    mail_from: str = ""
    smtp: str = ""
    security: str = "starttls"
    smtp_user: str = ""
    password_env: str = ""
    password_file: str = ""
    sendmail: str = ""
    webhook: str = ""
    webhook_env: str = ""
    webhook_file: str = ""

    @property
    def has_mail(self) -> bool:
        """True where mail is to be sent."""
        return bool(self.mail_to)

    @property
    def has_webhook(self) -> bool:
        """True where JSON is to be posted."""
        return bool(self.webhook or self.webhook_env or self.webhook_file)


def parse_notify(table: dict[str, Any], place: str) -> NotifySettings:
    """The settings of the table; ConfigurationError names what is wrong in it."""
    if secret := sorted(_SECRETS & table.keys()):
        raise ConfigurationError(
            f"{place} {secret[0]}: secrets do not belong here, for every copy keeps this file",
            remedy='name where it stands: password_env = "VARIABLE" or password_file = "/path"',
        )
    recipients = table.get("mail_to", [])
    recipients = [recipients] if isinstance(recipients, str) else recipients
    if not isinstance(recipients, list) or not all(map(_is_address, recipients)):
        raise ConfigurationError(
            f'{place} mail_to must be addresses, such as ["ana@example.org"]', remedy=MEND_SETTINGS
        )
    texts = {name: _text(table, name, place) for name in _TEXTS}
    unknown = sorted(table.keys() - {"mail_to", *_TEXTS})
    if unknown and not recipients and not any(texts[name] for name in _WEBHOOKS):
        raise ConfigurationError(  # a slip of the pen, and nobody would ever hear of damage
            f"{place} tells nobody: {printable(unknown[0])} is not known",
            remedy='name who is told: mail_to = ["ana@example.org"], or webhook = "https://…"',
        )
    when, security = texts.pop("when") or When.TROUBLE.value, texts.pop("security") or "starttls"
    if when not in set(When):
        raise ConfigurationError(
            f"{place} when must be “trouble” or “always”, found “{printable(when)}”", remedy=MEND_SETTINGS
        )
    if security not in {"starttls", "tls", "none"}:
        raise ConfigurationError(
            f"{place} security must be “starttls”, “tls” or “none”", remedy=MEND_SETTINGS
        )
    if recipients and not texts["smtp"] and not texts["sendmail"]:
        raise ConfigurationError(
            f"{place} mail_to needs smtp, a server, or sendmail, a command",
            remedy='add smtp = "HOST:PORT" or sendmail = "COMMAND"',
        )
    if texts["mail_from"] and not _is_address(texts["mail_from"]):
        raise ConfigurationError(f"{place} mail_from must be an address", remedy=MEND_SETTINGS)
    return NotifySettings(when=When(when), security=security, mail_to=tuple(recipients), **texts)


def _text(table: dict[str, Any], name: str, place: str) -> str:
    value = table.get(name, "")
    if not isinstance(value, str):
        raise ConfigurationError(f"{place} {name} must be a text in quotes", remedy=MEND_SETTINGS)
    return value


def _is_address(value: Any) -> bool:
    """True for what can stand as one address in a header: nothing that could begin another."""
    return isinstance(value, str) and "@" in value and value.isprintable() and not set(value) & set(' ,;<>"')
