"""Codes about tables of descriptions: how one was read, and what a spreadsheet program did to it."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, error, note, warning

_NONE = "Nothing has to be done."
_SAVE = "Open it in the spreadsheet program and save it anew."
_LOOK = "Look whether that is what was meant."
_COPY = "Copy what matters into a column of its own."
_ANEW = "Write it anew, in a cell of the format text."

TABLES: Final[Mapping[str, FindingCode]] = {
    "TABLE-BOOLEAN": note("The spreadsheet program made TRUE or FALSE of cells; the word is taken.", _LOOK),
    "TABLE-COMMENTS": note("Cells have comments or footnotes; these are not read.", _COPY),
    "TABLE-DATE": note("The spreadsheet program made dates of cells; they are taken as ISO dates.", _LOOK),
    "TABLE-DATE-GUESSED": warning(
        "The spreadsheet program made a date of a cell and chose its year or century.", _ANEW
    ),
    "TABLE-DOCTYPE": error("A spreadsheet declares a document type; it is not read.", _SAVE),
    "TABLE-ERROR-VALUE": error("A cell holds the error of a formula, such as #REF!.", "Write the value."),
    "TABLE-FORMULA": note("Cells hold formulas; their last results are taken.", _LOOK),
    "TABLE-FORMULA-EMPTY": error(
        "A cell holds a formula whose result the file does not have.",
        "Open the table, calculate and save it.",
    ),
    "TABLE-HIDDEN": note("Rows or columns are hidden; they are read like the others.", _LOOK),
    "TABLE-LINKS": note("Cells have links whose addresses they do not show; these are not read.", _COPY),
    "TABLE-MERGED": warning(
        "Cells are merged; the value belongs to the first of them, the others are blank.",
        "Unmerge them, and write the value into every row that it is for.",
    ),
    "TABLE-NUMBER": note("Cells are numbers that are shown otherwise than they are held.", _LOOK),
    "TABLE-READ": note(
        "How a table was read: separator, encoding, line ends, sheet, row of the header.", _LOOK
    ),
    "TABLE-ROWS-REPEATED": error(
        "One row stands many times in a row; only the first of them are read.", "Remove the others."
    ),
    "TABLE-SHEETS-LEFT": note(
        "Other sheets of a spreadsheet were not read.", "Name the table in the first sheet."
    ),
    "TABLE-TIME": note("The spreadsheet program made times of cells; they are taken as shown.", _LOOK),
    "TABLE-TOO-LARGE": error(
        "A spreadsheet is, or expands to, more than is read.", "Split it, or save it as CSV."
    ),
    "TABLE-UNREADABLE": error("A file cannot be read as the spreadsheet that its name says.", _SAVE),
}

DAMAGE: Final[Mapping[str, FindingCode]] = {
    "TABLE-AUTOCORRECTED": warning(
        "An identifier holds quotation marks, dashes or spaces that a program put in place of those typed.",
        "Write the identifier as it was typed.",
    ),
    "TABLE-HASHES": warning(
        "A value is only #: the column was too narrow when it was exported.", "Widen it, and export again."
    ),
    "TABLE-MOJIBAKE": warning(
        "Letters were read in the wrong encoding by an earlier program.", "Write them anew."
    ),
    "TABLE-MONTH-DAY": warning(
        "A value looks like one that a spreadsheet program has taken for a date.", _ANEW
    ),
    "TABLE-SEVERAL-VALUES": note(
        "Cells of a column seem to hold several values; each is read as one.",
        "Where a mark separates values, replace it by two bars in the whole column.",
    ),
    "TABLE-SHORTENED-NUMBER": warning(
        "A long number was shortened by a spreadsheet program, to a power of ten or to 15 digits.", _ANEW
    ),
    "TABLE-ZEROS-LOST": warning("Zeros at the front of a number were lost.", _ANEW),
}
