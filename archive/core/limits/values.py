"""Single values: dates, languages, identifiers, names, questions and what is typed on the command line."""

from typing import Final

EDTF_CHARACTERS: Final = 256
"""characters of a date in EDTF

A set of twenty days has 221.

`DESC-DATE-NOT-EDTF`.
"""

YEAR_DIGITS: Final = 18
"""digits of a year

Still fits a signed 64-bit integer; the universe is 11 digits old.

`DESC-DATE-NOT-EDTF`.
"""

DATE_TEXT_CHARACTERS: Final = 160
"""characters of a text for which a date is suggested

What is longer is a sentence.

`DESC-DATE-NOT-EDTF` without a suggestion.
"""

DATES_IN_ONE_TEXT: Final = 24
"""years, spans and decades one after another in one text that become one suggestion

As many issues as a year's volumes of a journal have.

No suggestion.
"""

LANGUAGES_IN_ONE_TEXT: Final = 12
"""languages in one text, `lat; eng`, that are told apart

A polyglot edition has ten.

`DESC-LANGUAGE-UNKNOWN` for the text as a whole.
"""

OTHER_DATE_TEXT_CHARACTERS: Final = 64
"""characters of a text that the last and slowest way of reading dates looks at

A date in words has thirty.

No suggestion from it.
"""

DATED_TEXT_CHARACTERS: Final = 16_384
"""characters of a document's text that are searched for its date

A letter's date stands at its head.

What follows is not searched.
"""

DATES_FOUND: Final = 3
"""dates in a document's text that are suggested

More is a list of dates, not the date of a document.

The later ones are not suggested.
"""

LANGUAGE_TAG_CHARACTERS: Final = 128
"""characters of a language tag

RFC 5646 §4.4.1 asks for 35 at least.

`DESC-LANGUAGE-UNKNOWN`: it counts as malformed.
"""

GUESSED_LANGUAGE_CHARACTERS: Final = 65_536
"""characters of a text whose language is guessed

A page is enough.

What follows is not looked at.
"""

IDENTIFIER_CHARACTERS: Final = 2048
"""characters of a text that is taken for an identifier (DOI, ISBN, URN …)

What is longer is none of these.

It is kept as it is, and not judged.
"""

ACCESS_CHARACTERS: Final = 200
"""characters of a statement about access

The longest that is understood has thirty.

`DESC-ACCESS-UNREADABLE`: it counts as not understood, and so as restricted.
"""

STORED_NAME_BYTES: Final = 240
"""bytes of a stored file name

Below the 255 of common file systems, so that a temporary ending still fits.

The file is stored under a portable name, the original is kept byte for byte.
"""

GIVEN_NAME_BYTES: Final = 255
"""bytes of a name that a copy for use is given

What common file systems stop at.

The copy gets a portable name.
"""

UNFINISHED_NAME_BYTES: Final = 200
"""bytes of a target's name that go into the name of the folder in which it is made

Room for an ending below the 255 of common file systems.

Cut.
"""

SEARCH_CHARACTERS: Final = 4096
"""characters of a question to `archive search`

A search of 20 kB is a mistake, not a question.

The rest is left out, and said.
"""

SEARCH_WORDS: Final = 64
"""words of a question to `archive search`

Each is looked up in the index.

The rest are left out, and said.
"""

OPTION_CHARACTERS: Final = 200
"""characters of a name or number given as an option

They go into entries, notes and pages as they are.

Wrong use (exit 2).
"""

REASON_BYTES: Final = 60_000
"""bytes of a reason given as an option

A report of twenty pages; a note has room for it, and for the name of who wrote it.

Wrong use (exit 2).
"""

COLUMN_LETTERS: Final = 3
"""letters of a spreadsheet's column

XFD is the last column of a spreadsheet.

Not a column.
"""

CRON_LINE_BYTES: Final = 998
"""bytes of a line that is written for cron

Vixie cron's MAX_COMMAND is 1,000 characters, the final zero included; a longer line is refused or cut.

`archive schedule` refuses to write it, and says what to shorten.
"""
