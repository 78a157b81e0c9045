"""Tones, marks and words of each verdict on our pages: colour is never the only sign.

A tone is a class of the style sheet, a mark one of `marks.html.jinja`.
"""

from typing import Final

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
