"""EDTF for dates that people wrote as they liked: suggested, never stored without being asked.

What the text leaves open (the order of day and month, the century of a two-digit year) is asked, never
guessed, and no suggestion is more precise than its text.
"""

from archive.core.date_suggestion.model import WHICH_ORDER, DateSuggestion, Order
from archive.core.date_suggestion.suggest import suggest

__all__ = ["WHICH_ORDER", "DateSuggestion", "Order", "suggest"]
