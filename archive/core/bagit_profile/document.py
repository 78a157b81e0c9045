"""The JSON object of a profile (RFC 8259), read so that two programs cannot read two things (RFC 7493 §2)."""

import json
import math
from typing import Any, NamedTuple

from archive.core.findings import At, Finding, error, warning
from archive.core.limits.bags import PROFILE_BYTES
from archive.core.limits.descriptions import LONGEST_NUMBER
from archive.core.limits.output import FINDINGS

_MARK = "\ufeff"


class Document(NamedTuple):
    """What the bytes hold; `members` is None where they are no JSON object."""

    name: str
    text: str
    members: dict[str, Any] | None
    findings: tuple[Finding, ...]

    def at(self, *keys: str) -> At:
        """The line on which the last of nested keys stands, as far as looking for them one by one tells."""
        position = 0
        for key in keys:
            found = self.text.find(json.dumps(key, ensure_ascii=False), position)
            position = max(found, position)
        line = self.text.count("\n", 0, position) + 1
        return At(file=self.name, line=line if self.members else None, field=".".join(keys) or None)


def read_document(data: bytes, name: str) -> Document:
    """The one object in the bytes; every fault of the syntax is a finding with its line and column."""
    if len(data) > PROFILE_BYTES:
        return _refused(
            error(
                "PRO-PROFILE-SIZE",
                name,
                f"is too large for a profile: {len(data):,} bytes",
                at=At(file=name),
                expected=f"at most {PROFILE_BYTES:,} bytes",
                found=f"{len(data):,} bytes",
            )
        )
    try:
        text = data.decode()
    except UnicodeDecodeError as broken:
        return _refused(_not_utf8(data, broken, name))
    findings: list[Finding] = []
    if text.startswith(_MARK):
        text = text[1:]
        findings.append(
            warning("PRO-PROFILE-BOM", name, "begins with a byte order mark", at=At(file=name, line=1))
        )
    return _Reader(name, text, findings).document()


class _Reader:
    """One pass of the decoder, which reports through its hooks."""

    def __init__(self, name: str, text: str, findings: list[Finding]) -> None:
        self.name, self.text, self.findings = name, text, findings
        self.repeated: list[str] = []

    def document(self) -> Document:
        decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_constant=self._number,
            parse_float=self._float,
            parse_int=self._int,
        )
        value: Any = None
        try:
            value = decoder.decode(self.text)
        except json.JSONDecodeError as broken:
            self._syntax(broken)
        except RecursionError:
            message = "is nested too deeply"
            self._report("PRO-PROFILE-DEPTH", message, At(file=self.name))
        else:
            if not isinstance(value, dict):
                message = "is not a JSON object"
                found = self.text.strip()[:40]
                self._report(
                    "PRO-PROFILE-TYPE", message, At(file=self.name, line=1), expected="{ … }", found=found
                )
        members = value if isinstance(value, dict) else None
        whole = Document(self.name, self.text, members, ())
        for key in self.repeated:
            self._report("PRO-PROFILE-DUPLICATE", f"“{key[:80]}” stands twice in one object", whole.at(key))
        return whole._replace(findings=tuple(self.findings))

    def _report(self, code: str, message: str, at: At, **more: Any) -> None:
        if len(self.findings) < FINDINGS:
            self.findings.append(error(code, place_of(at), message, at=at, **more))

    def _syntax(self, broken: json.JSONDecodeError) -> None:
        message = (
            "is empty" if not self.text.strip() else f"is not JSON: {broken.msg[:1].lower()}{broken.msg[1:]}"
        )
        self._report(
            "PRO-PROFILE-SYNTAX",
            message,
            At(file=self.name, line=broken.lineno, column=broken.colno),
            found=self.text[broken.pos : broken.pos + 40] or "the end of the file",
        )

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for key, value in pairs:
            if key in members and len(self.repeated) < FINDINGS:
                self.repeated.append(key)
            members.setdefault(key, value)
        return members

    def _int(self, text: str) -> int:
        return int(text) if len(text) <= LONGEST_NUMBER else self._number(text)

    def _float(self, text: str) -> float:
        value = float(text) if len(text) <= LONGEST_NUMBER else math.inf
        return value if math.isfinite(value) else self._number(text)

    def _number(self, text: str) -> int:
        if len(self.findings) < FINDINGS:  # to find its line costs a look at the whole text
            position = max(self.text.find(text), 0)
            at = At(file=self.name, line=self.text.count("\n", 0, position) + 1)
            self._report("PRO-PROFILE-NUMBER", f"{text[:40]} is no number that every program can hold", at)
        return 0


def place_of(at: At) -> str:
    """The place as editors take it: file, line and column, as far as they are known."""
    parts = (at.file, at.line, at.column)
    return ":".join(str(part) for part in parts if part is not None)


def _refused(finding: Finding) -> Document:
    return Document(finding.at.file or "", "", None, (finding,))


def _not_utf8(data: bytes, broken: UnicodeDecodeError, name: str) -> Finding:
    line_start = data.rfind(b"\n", 0, broken.start) + 1
    at = At(file=name, line=data.count(b"\n", 0, broken.start) + 1, column=broken.start - line_start + 1)
    return error(
        "PRO-PROFILE-ENCODING",
        place_of(at),
        f"is not UTF-8 from byte {broken.start:,} on",
        at=at,
        expected="UTF-8",
        found=data[broken.start : broken.start + 4].hex(" "),
        remedy="save the file as UTF-8",
    )
