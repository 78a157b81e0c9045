"""Who did it and why, as the text of one note: what a ledger cannot forget stands in a file that can go."""

from typing import Final, NamedTuple

from archive.core.agents import Agent

_BY: Final = "by: "
_WHY: Final = "reason: "
_ON: Final = "authority: "


class ChangeNote(NamedTuple):
    """What a note says; a text that is none of ours is all `reason`."""

    by: str | None
    reason: str | None
    authority: str | None = None


def note_text(agent: Agent, *, reason: str | None = None, authority: str | None = None) -> str:
    """The text of a note: a line for the person, then the reason or the authority, which may have several."""
    lines = [_BY + agent.name]
    if reason:
        lines.append(_WHY + reason)
    if authority:
        lines.append(_ON + authority)
    return "\n".join(lines) + "\n"


def parse_note(text: str) -> ChangeNote:
    """What `note_text` was given; any other text comes back as the reason."""
    first, _, rest = text.partition("\n")
    if not first.startswith(_BY):
        return ChangeNote(None, text.strip() or None)
    by, rest = first.removeprefix(_BY), rest.rstrip("\n")
    if rest.startswith(_ON):
        return ChangeNote(by, None, rest.removeprefix(_ON))
    return ChangeNote(by, rest.removeprefix(_WHY) or None)
