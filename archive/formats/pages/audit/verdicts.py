"""Words, tones and marks of each verdict on the page of an audit: colour is never the only sign."""

from typing import Final, NamedTuple


class Headline(NamedTuple):
    """A verdict: its words, and the tone and mark that the page gives them."""

    words: str
    tone: str  # good, bad, unsure, broken, none: a class of the style sheet
    mark: str


HEADLINES: Final = {
    "intact": Headline("Intact", "good", "check"),
    "damaged": Headline("Damage found", "bad", "cross"),
    "inconclusive": Headline("Could not look at everything", "unsure", "question"),
    "evidence-broken": Headline("The evidence is broken", "broken", "break"),
    "nothing-read": Headline("Nothing was read", "none", "dash"),
    "no-difference-seen": Headline("No difference seen: names and sizes only, not an audit", "none", "dash"),
}
COUNTED: Final = (
    ("intact", "Intact", "every byte is as the ledger recorded it"),
    ("damaged", "Damaged", "a file is altered, missing, or was added"),
    ("missing", "Missing", "the ledger holds the bag, and it is not there"),
    ("unreadable", "Could not be read", "nothing is known about it"),
    ("unknown", "Unknown", "it is there, and the ledger does not hold it"),
    ("pending", "In progress", "of an ingest that has not ended"),
    ("withdrawn", "Withdrawn", "taken out of the holdings by a recorded event"),
)
