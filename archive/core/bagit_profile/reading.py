"""Values of a profile's JSON by their keys, each of the type that the specification gives it."""

from collections.abc import Iterable
from typing import Any

from archive.core.bagit_profile.document import place_of, read_document
from archive.core.bagit_profile.model import clause
from archive.core.findings import At, Finding, Severity, error, note, warning
from archive.core.limits.bags import PROFILE_ENTRIES, PROFILE_ENTRY_CHARACTERS
from archive.core.limits.output import FINDINGS
from archive.core.text import is_utf8

Keys = tuple[str, ...]


class Reading:
    """The document, and what was found wrong so far; a value of a wrong type is reported and left out."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self._document = read_document(data, name)
        self._findings = list(self._document.findings)
        self._places: dict[Keys, At] = {}

    @property
    def is_object(self) -> bool:
        """True where there are members to read."""
        return self._document.members is not None

    def findings(self) -> tuple[Finding, ...]:
        """Everything so far, at most a hundred."""
        return tuple(self._findings)

    def at(self, *keys: str) -> At:
        """Where a key stands; it is looked for once, whatever is wrong with ten thousand entries below it."""
        if keys not in self._places:
            self._places[keys] = self._document.at(*keys)
        return self._places[keys]

    def has(self, key: str) -> bool:
        """True where the key stands at the top."""
        return key in (self._document.members or {})

    def section(self, keys: Keys) -> dict[str, Any]:
        """The object under the keys; empty where there is none."""
        value = self._value(keys)
        if value is None or isinstance(value, dict):
            return value or {}
        self.wrong_type(keys, value, "an object")
        return {}

    def text(self, keys: Keys) -> str | None:
        """The text under the keys."""
        value = self._value(keys)
        if isinstance(value, str) and is_utf8(value):
            return value
        self.wrong_type(keys, value, "a text")
        return None

    def boolean(self, keys: Keys, *, default: bool) -> bool:
        """What stands under the keys; quotation marks, which the specification's ABNF has, are warned of."""
        section: Any = self._value(keys[:-1])
        if not isinstance(section, dict) or keys[-1] not in section:
            return default
        value = section[keys[-1]]
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            self.warning(
                "PRO-PROFILE-QUOTED", keys, f"“{keys[-1]}” is {value} in quotation marks", expected=str(value)
            )
            return bool(value == "true")
        self.wrong_type(keys, value, "true or false")
        return default

    def texts(self, keys: Keys) -> tuple[str, ...] | None:
        """The list of texts under the keys, each once; None where the key is not there or is no list."""
        section: Any = self._value(keys[:-1])
        if not isinstance(section, dict) or keys[-1] not in section:
            return None
        value = section[keys[-1]]
        if not isinstance(value, list):
            self.wrong_type(keys, value, "a list of texts")
            return None
        if len(value) > PROFILE_ENTRIES:
            message = f"“{keys[-1]}” has {len(value):,} entries"
            self.error("PRO-PROFILE-SIZE", keys, message, expected=f"at most {PROFILE_ENTRIES:,}")
            return ()
        for each in value:
            if not isinstance(each, str) or not is_utf8(each) or len(each) > PROFILE_ENTRY_CHARACTERS:
                self.wrong_type(keys, each, f"texts of at most {PROFILE_ENTRY_CHARACTERS:,} characters")
        good = [each for each in value if isinstance(each, str) and is_utf8(each)]
        return tuple(dict.fromkeys(good))

    def refuse_unknown(self, keys: Keys, known: Iterable[str]) -> None:
        """Warns of keys that the specification does not have: what they ask for was not judged."""
        known = tuple(known)
        for key in self.section(keys):
            if key not in known and self._has_room():
                import difflib  # 9 ms

                near = difflib.get_close_matches(key[:80], known, n=1)
                self.warning(
                    "PRO-PROFILE-UNKNOWN",
                    (*keys, key),
                    f"“{key[:80]}” is no key of the specification; what it asks for was not judged",
                    remedy=f"did you mean “{near[0]}”?" if near else None,
                )

    def wrong_type(self, keys: Keys, value: Any, expected: str) -> None:
        """Reports a value that is not what the specification has under this key."""
        self.error(
            "PRO-PROFILE-TYPE",
            keys,
            f"“{keys[-1] if keys else self.name}” is not {expected}",
            expected=expected,
            found=_shown(value),
        )

    def error(self, code: str, keys: Keys, message: str, **more: Any) -> None:
        """An error: what is asked of a bag is not clear."""
        self._add(error, code, keys, message, more)

    def warning(self, code: str, keys: Keys, message: str, **more: Any) -> None:
        """A warning: a rule is broken, what is meant is clear."""
        self._add(warning, code, keys, message, more)

    def note(self, code: str, keys: Keys, message: str, **more: Any) -> None:
        """A note."""
        self._add(note, code, keys, message, more)

    def _add(self, make: Any, code: str, keys: Keys, message: str, more: dict[str, Any]) -> None:
        if not self._has_room():
            if make is not error or any(each.severity is Severity.ERROR for each in self._findings):
                return
            self._findings.pop()  # an error must not be lost behind a hundred warnings
        cited = clause(keys[0]) if keys else None
        at = self.at(*keys)
        made = make(code, place_of(at), message, at=at, clause=cited, **more)
        if made not in self._findings:
            self._findings.append(made)

    def _has_room(self) -> bool:
        return len(self._findings) < FINDINGS

    def _value(self, keys: Keys) -> Any:
        value: Any = self._document.members
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value


def _shown(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return value[:40]
        case int() | float():
            return f"{value:g}"[:40]
        case list():
            return "a list"
        case _:
            return "an object"
