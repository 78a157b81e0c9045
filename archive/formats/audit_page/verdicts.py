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
BAG_TONES: Final = {
    "intact": ("good", "check"),
    "damaged": ("bad", "cross"),
    "missing": ("bad", "cross"),
    "unknown": ("bad", "cross"),
    "unreadable": ("unsure", "question"),
}
BAG_WORDS: Final = {
    "intact": "intact",
    "damaged": "damaged",
    "missing": "missing",
    "unreadable": "could not be read",
    "unknown": "unknown to the ledger",
    "pending": "of an ingest in progress",
    "withdrawn": "withdrawn",
}
SEVERITY_TONES: Final = {"error": ("bad", "cross"), "warning": ("unsure", "question")}
COUNTED: Final = (
    ("intact", "Intact", "every byte is as the ledger recorded it"),
    ("damaged", "Damaged", "a file is altered, missing, or was added"),
    ("missing", "Missing", "the ledger holds the bag, and it is not there"),
    ("unreadable", "Could not be read", "nothing is known about it"),
    ("unknown", "Unknown", "it is there, and the ledger does not hold it"),
    ("pending", "In progress", "of an ingest that has not ended"),
    ("withdrawn", "Withdrawn", "taken out of the holdings by a recorded event"),
)
