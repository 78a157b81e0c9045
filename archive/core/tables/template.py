"""The columns of a template: what a person fills in, and beside it what a program suggests.

Nothing that is guessed stands in a column that describes: it stands in one that is headed `suggested: …`,
which every reader of tables passes over. A row whose first cell begins with `#help:` explains the columns.
"""

from typing import Final, NamedTuple

from archive.core.descriptions.access import CHOICES as ACCESS_CHOICES
from archive.core.descriptions.access import FIELD as ACCESS
from archive.core.descriptions.dcterms import DCMI_TYPES

HELP: Final = "#help:"
SUGGESTED: Final = "suggested: "
PROBLEM: Final = "problem"
# What a description of a document should not be without; a template that lacks them says so.
EXPECTED: Final = ("title", "creator", "date", "language")
# Offered in the column of languages; any other tag may be written too.
_LANGUAGES: Final = (
    "en de fr es it pt nl da sv no fi is pl cs sk sl hr sr hu ro bg ru uk el tr ar he fa ur hi bn zh ja ko la"
    " ca eu gl cy ga et lv lt sq af sw id und mul"
)
LANGUAGES: Final = tuple(_LANGUAGES.split(" "))


class TemplateColumn(NamedTuple):
    """One column: its heading, the help below it, its width in characters, the values it offers."""

    heading: str
    help: str
    width: int = 24
    choices: tuple[str, ...] = ()

    @property
    def suggests(self) -> str:
        """The heading of the column that this one suggests a value for; empty where it is no suggestion."""
        return self.heading[len(SUGGESTED) :] if self.heading.startswith(SUGGESTED) else ""


def _suggested(heading: str, help_text: str, width: int = 24) -> TemplateColumn:
    return TemplateColumn(SUGGESTED + heading, help_text, width)


FILENAME: Final = TemplateColumn(
    "filename", HELP + " the file. Leave this column as it is; this row may stay.", 36
)
HELD: Final = (
    TemplateColumn("reference", HELP + " the archive's number. Leave it; this row may stay.", 14),
    TemplateColumn("id", "Leave it as it is.", 12),
    TemplateColumn("revision", "Leave it as it is.", 8),
    TemplateColumn("filename", "The file as it came. Leave it as it is.", 36),
)
DESCRIBING: Final = (
    TemplateColumn(
        "title",
        "What it is called, as it calls itself. No title? Make one up in square brackets: [Letter home].",
        40,
    ),
    _suggested("title", "Copy it to the left if it is right.", 32),
    TemplateColumn("creator", "Who wrote or made it: Surname, Name. Several: put || between them."),
    TemplateColumn(
        "date",
        "When it was made: 1918, 1918-11, 1918-11-11. About: 1918~. Perhaps: 1918?. From to: 1918/1920.",
        16,
    ),
    _suggested("date", "Dates that stand in the text or in the name. Copy the right one.", 20),
    TemplateColumn("description", "What it is about, in a sentence or two.", 40),
    TemplateColumn("subject", "Topics, people, places. Several: put || between them."),
    TemplateColumn("language", "The language it is in: choose a code, such as en, de, zh.", 12, LANGUAGES),
    _suggested("language", "A guess from its words. Copy it if it is right.", 12),
    TemplateColumn("type", "The kind of thing it is: choose one.", 16, tuple(sorted(DCMI_TYPES))),
    _suggested("type", "By its format. Copy it if it is right.", 14),
    TemplateColumn("format", "The file's format, by its signature where it could be identified.", 28),
    _suggested("format", "By the file's name alone. Copy it if it is right.", 20),
    TemplateColumn("extent", "Its size: pages, words, bytes.", 24),
    TemplateColumn("rights", "Who holds the rights, and what may be done with it.", 28),
    TemplateColumn(
        ACCESS,
        "Who may see it: choose one; for an embargo write the day. Left empty: not stated, so not open.",
        26,
        ACCESS_CHOICES,
    ),
    _suggested("why", "Where the suggestions come from.", 50),
)


def is_help(cell: str) -> bool:
    """True for the first cell of the row that explains the columns."""
    return cell.lstrip("' ").startswith(HELP)


def is_suggestion(heading: str) -> bool:
    """True for the heading of a column that suggests and does not describe."""
    return heading.strip().lower().startswith(SUGGESTED)
