"""Codes about descriptions: what they say, and the files that they stand in."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, error, note, warning

_NONE = "Nothing has to be done."
_UTF8 = "Save the file again as UTF-8."
_SPLIT = "Split it, or describe the documents in sidecars."

HELD: Final[Mapping[str, FindingCode]] = {
    "HELD-CONTRADICTION": error(
        "A row names two held documents.", "Name one, by its reference, and no other by id or filename."
    ),
    "HELD-DOUBTFUL": error(
        "A bag is not as the ledger knows it, so its document is not described anew.",
        "Audit it, and put it back from another copy of the archive.",
    ),
    "HELD-NO-TITLE": error("A document would be left without a title.", "Give it one."),
    "HELD-NONE": error(
        "A row names no document that is held.", "Name it by its reference, its id or its original path."
    ),
    "HELD-NOT-GUARDED": warning(
        "A table is given back cell by cell as it was received; a program may take cells for formulas.",
        "Open it with all columns as text, or write a spreadsheet, whose cells are text.",
    ),
    "HELD-NOT-IN-TABLE": warning(
        "A field is left out of an exported table, which cannot hold it; read again, that changes nothing.",
        "Export as JSON, which holds everything.",
    ),
    "HELD-REVISION": error(
        "A row states a revision that its document does not have.",
        "Write the number that stood there when the table was exported.",
    ),
    "HELD-ROW-MADE": warning(
        "Documents that came without a row of their own stand in a table that is given back as received.",
        "Take their rows for what is held of them, and the others for what was received.",
    ),
    "HELD-SEVERAL": error(
        "A row names its document by an original path that several have.", "Name it by its reference."
    ),
    "HELD-STALE": error(
        "A row was exported before its document was described again.",
        "Export the table anew (archive list --table FILE.csv) and make the changes there.",
    ),
    "HELD-TITLE-HIDDEN": warning(
        "An exported table holds titles that are hidden elsewhere, since it is made to be read again.",
        "Give it only to those who may see them.",
    ),
    "HELD-TWICE": error("A document is described twice.", "Keep one description of each document."),
    "HELD-UNREADABLE": error(
        "Storage does not give the bag of a document that is to be described.",
        "Look at the storage and at who may read the bag, then give the command again.",
    ),
    "HELD-WITHDRAWN": error("A row names a document that is not held any more.", "Remove the row."),
}

DESCRIPTIONS: Final[Mapping[str, FindingCode]] = {
    "DESC-ACCESS-FREE-TEXT": warning(
        "The column access holds words of somebody's own; it is kept, and access counts as not stated.",
        "Write open, restricted or embargoed until YYYY-MM-DD; words of your own into dcterms.accessRights.",
    ),
    "DESC-ACCESS-UNREADABLE": error(
        "Access is stated in a way that cannot be read.",
        "Write open, restricted or embargoed until YYYY-MM-DD.",
    ),
    "DESC-CONTROL-CHARACTER": warning(
        "A value holds a control character that nobody can see or XML cannot carry.",
        "Remove it, unless it is meant.",
    ),
    "DESC-DAMAGED-TEXT": warning(
        "A value holds the mark of a character that an earlier program could not read.",
        "Write the character that was lost.",
    ),
    "DESC-DATE-NOT-EDTF": warning(
        "A date is not in EDTF; it is kept as it is and not found by date.",
        "Write it as the finding suggests, such as 1918, 1918-11-11, 1918~ or 1918/1920.",
    ),
    "DESC-DATE-SEASON": note(
        "A date such as 1921-23 is a season or another part of a year in EDTF; it may be meant as years.",
        "Write 1921/1923 if the years are meant.",
    ),
    "DESC-DRAFT": warning(
        "A row of a template is not filled in yet; without a title its document awaits its description.",
        "Fill it in; what is suggested beside a cell may be copied into it.",
    ),
    "DESC-IDENTIFIER-SPELLING": note(
        "An identifier is right, and usually written with other dashes.", "Write it as the finding says."
    ),
    "DESC-IDENTIFIER-WRONG": warning(
        "An identifier such as an ISBN or ORCID does not hold: a digit of it is wrong, or its form is.",
        "Compare it with where it was copied from.",
    ),
    "DESC-INVISIBLE-CHARACTER": note(
        "A value holds a character that nobody can see, such as a soft hyphen.",
        "Remove it, unless it is meant.",
    ),
    "DESC-LANGUAGE-NOT-CANONICAL": note(
        "A language tag is right but not in its canonical form.", "Write the form that the finding names."
    ),
    "DESC-LANGUAGE-UNKNOWN": warning(
        "A language is not a tag of BCP 47, or names no registered language.",
        "Write a tag such as en, de-CH or zh-Hant.",
    ),
    "DESC-MARKUP": note(
        "A value holds entities or tags of a web page; it is kept and shown as it is.",
        "Write the characters themselves; leave tags out, unless they are meant.",
    ),
    "DESC-TITLE-SUPPLIED": note(
        "No title was given; one in square brackets stands in for it.",
        "Describe the document when there is time.",
    ),
    "DESC-TOO-MANY": warning(
        "One description gave more findings than are listed.", "Mend those that are listed, then look again."
    ),
    "DESC-TYPE-NOT-CANONICAL": note(
        "A type of the DCMI Type vocabulary is spelt otherwise.", "Write it as the finding does."
    ),
    "DESC-TYPE-NOT-DCMI": warning(
        "A type is not in the DCMI Type vocabulary.",
        "Choose the nearest one, and say more in the description.",
    ),
}

FILES: Final[Mapping[str, FindingCode]] = {
    "DESC-COLUMN-MEANT": note(
        "A column is kept as somebody's own; under another name it would describe the document or verify it.",
        "Call it by the name that the finding gives, if that is what it holds.",
    ),
    "DESC-CSV-LONG-ROW": error(
        "A row has more cells than the header, so values may stand in wrong columns.",
        "Put a cell that holds the separator into quotation marks.",
    ),
    "DESC-CSV-QUOTE": error(
        "A quoted cell goes on behind its closing quotation mark.",
        "Write two quotation marks for one inside a quoted cell.",
    ),
    "DESC-CSV-SHORT-ROW": warning(
        "A row has fewer cells than the header; the others are taken as empty.",
        "Look whether a value is missing.",
    ),
    "DESC-CSV-TOO-LONG": error("A cell or line of a table is too long.", "Shorten it, or use a sidecar."),
    "DESC-CSV-TOO-WIDE": error("A table has too many columns.", "Remove columns that are not needed."),
    "DESC-CSV-UNCLOSED-QUOTE": error(
        "A quotation mark opens a cell and is never closed.", "Close it, or double one inside a quoted cell."
    ),
    "DESC-DIGEST-MALFORMED": error(
        "A checksum in a table cannot be read, so nothing can be checked against it.",
        "Copy it again from where it was made, or empty the cell.",
    ),
    "DESC-DUPLICATE-COLUMN": warning("Two columns of a table have one name.", "Keep one of them."),
    "DESC-DUPLICATE-KEY": error(
        "A name stands twice in one description.", "Keep one, with a list of values."
    ),
    "DESC-EMPTY": error("A file of descriptions holds none.", "Fill it, or leave it out."),
    "DESC-ENCODING": error("A file of descriptions is not in the encoding it should be.", _UTF8),
    "DESC-ENCODING-GUESSED": note(
        "The encoding of a table was guessed.",
        "Look whether the letters are right; if not, save it as UTF-8.",
    ),
    "DESC-ENCODING-MIXED": note("A table holds text in more than one encoding.", _UTF8),
    "DESC-FORMAT-UNKNOWN": error(
        "A file's name has no ending that descriptions can be read from.", "Use CSV, JSON, XML or YAML."
    ),
    "DESC-JSON-SYNTAX": error("A file is not JSON from the place named on.", "Mend it there."),
    "DESC-LEVEL": note(
        "Something above the documents is described: a fonds, a series, a whole collection.",
        "Nothing has to be done: it has no file, and is not taken in.",
    ),
    "DESC-LONE-SURROGATE": error("A value holds half of a character.", "Write the whole character."),
    "DESC-NO-FILE": error(
        "A row or entry does not say which file it describes.", "Write the path of the file."
    ),
    "DESC-NO-FILE-COLUMN": error(
        "No column of a table says which file a row describes.", "Add a column called filename."
    ),
    "DESC-NO-TERMS": error(
        "No column of a table is a term of Dublin Core.", "Write names such as dc.title into the first row."
    ),
    "DESC-NOT-AN-OBJECT": error(
        "Something that should be a description is another value.", "Write terms with their values."
    ),
    "DESC-NUMBER": error(
        "A number cannot be held exactly, or is none of JSON.", "Put it in quotation marks."
    ),
    "DESC-OAI-DELETED": note("A server of OAI-PMH says that a record was deleted.", _NONE),
    "DESC-OAI-RESUMPTION": note(
        "A harvest is one part of a list, or its last.", "Fetch the rest with the resumption token."
    ),
    "DESC-OUTSIDE-RECORDS": warning(
        "An XML file states rights outside of its records, where they are not read.",
        "Write them into each record that they hold for.",
    ),
    "DESC-PATH": error(
        "A path holds a character that no file name can, or a record names other files inside than outside.",
        "Write the path anew.",
    ),
    "DESC-READ-AS": note("How a file of descriptions was understood.", "Look whether it was meant so."),
    "DESC-ROW-REPEATED": warning(
        "Two rows of a table name the same file.",
        "Keep one row for each file; repeat columns for more values.",
    ),
    "DESC-SCHEMA-NEWER": error(
        "A description is of a newer form than this program knows.", "Use a newer release of archive."
    ),
    "DESC-SEVERAL": error(
        "A file that should describe one document describes several.", "Give each document its own."
    ),
    "DESC-SIZE-NOT-BYTES": note("A size is not a number of bytes; it is kept and not compared.", _NONE),
    "DESC-TOO-DEEP": error("Values are nested too deeply.", "Write them on fewer levels."),
    "DESC-TOO-LARGE": error("A file of descriptions is too large.", _SPLIT),
    "DESC-UNKNOWN-TERM": warning(
        "A column or name is no term of Dublin Core; it is kept, but not as Dublin Core.",
        "Look whether it is misspelt.",
    ),
    "DESC-VALUE-TYPE": error("A value is not text or a list of texts.", "Put it in quotation marks."),
    "DESC-XML-CONTENT": error("An XML file holds no Dublin Core.", "Use the elements of oai_dc or dcterms."),
    "DESC-XML-DOCTYPE": error(
        "An XML file has a document type declaration, which is never read.", "Remove the DOCTYPE."
    ),
    "DESC-XML-SYNTAX": error("A file is not well-formed XML.", "Mend it at the place named."),
    "DESC-XML-TYPE": note("An attribute called type was read as xsi:type.", _NONE),
    "DESC-YAML-ALIAS": error("A YAML file uses aliases that are not read.", "Write the values out."),
    "DESC-YAML-COMMENT": warning(
        "A text in YAML ends at a #, which begins a comment there.",
        "Put the whole text into quotation marks.",
    ),
    "DESC-YAML-NULL": warning(
        "A value in YAML is Null or NULL, which stands for no value there.",
        "Put it into quotation marks, if it is a name or a word.",
    ),
    "DESC-YAML-SYNTAX": error("A file is not YAML from the place named on.", "Mend it there."),
    "DESC-YAML-TAG": error("A YAML file has a tag that is not text.", "Remove the tag."),
}
