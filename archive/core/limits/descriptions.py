"""Descriptions as people bring them: JSON, XML, YAML, CSV, sidecars and lists of digests."""

from typing import Final

from archive.core.limits import KIB, MIB

MAX_SIDECAR_BYTES: Final = 4 * MIB
"""bytes of a description of one document

The largest honest one (a full-text abstract in several languages) is below 100 KiB; this leaves room and is
parsed in well under a second by every reader.

`SRC-TOO-LARGE` for a sidecar, else `DESC-TOO-LARGE`: the file is not read.
"""

MAX_DESCRIPTIONS_BYTES: Final = 64 * MIB
"""bytes of a file of many descriptions that has to be held in memory whole

100,000 descriptions of 600 bytes. Tables and XML that can be read twice are not held, and have no such bound.

`DESC-TOO-LARGE`: the file is not read. What cannot be read twice is read up to here.
"""

MAX_YAML_BYTES: Final = 4 * MIB
"""bytes of a YAML file

PyYAML's events cost about 10 µs each even with libyaml: this much stays under five seconds.

`DESC-TOO-LARGE`: the file is not read.
"""

MAX_DEPTH: Final = 32
"""levels of nesting in JSON, XML and YAML

A description is four levels deep; an OAI-PMH envelope around it adds six.

`DESC-TOO-DEEP`: the description is refused.
"""

MAX_YAML_ALIASES: Final = 100
"""aliases in one YAML document

People use a handful; an alias of aliases multiplies ("billion laughs").

`DESC-YAML-ALIAS`: the document is refused.
"""

MAX_YAML_NODES: Final = 1_000_000
"""nodes of a YAML document once its aliases are followed

What MAX_YAML_BYTES can hold without aliases.

`DESC-YAML-ALIAS`: the document is refused.
"""

WRAPPERS: Final = 3
"""objects round a description in JSON that are looked through for it

What programs answer puts a record into one or two (`response`, `metadata`).

`DESC-NO-TERMS`: the file describes nothing.
"""

LONGEST_NUMBER: Final = 300
"""digits of a number in JSON

Beyond them a number is no longer what other programs can hold (IEEE 754 ends at 309).

`DESC-NUMBER`, in a BagIt profile `PRO-PROFILE-NUMBER`: the description or profile is refused.
"""

MAX_CSV_FIELD: Final = 131_072
"""characters of a cell of a table

The csv module's own default, four times what a spreadsheet cell can hold (Excel 32,767, LibreOffice 65,535).

`DESC-CSV-TOO-LONG` for the row of a CSV file; a spreadsheet is refused (`TABLE-TOO-LARGE`).
"""

MAX_CSV_LINE: Final = 1 * MIB
"""characters of a physical line of a CSV file

Room for several cells of MAX_CSV_FIELD.

`DESC-CSV-TOO-LONG`: the row is refused, the next ones are read.
"""

MAX_CSV_ROW: Final = 8 * MAX_CSV_LINE
"""characters of a row whose quoted cells run over several lines

Beyond it it is a quote that was never closed.

`DESC-CSV-UNCLOSED-QUOTE`: its first line is refused, the next ones are read as rows of their own.
"""

ENDLESS_CSV_LINE: Final = 16 * MIB
"""bytes of a CSV file without the end of a line

Sixteen lines of MAX_CSV_LINE. A hole of a terabyte is one line, and to pass over it takes hours.

`DESC-CSV-TOO-LONG`: nothing of the table is read.
"""

MAX_CSV_COLUMNS: Final = 16_384
"""columns of a table

LibreOffice and Excel both stop there.

`DESC-CSV-TOO-WIDE`: the table is refused.
"""

HEADER_ROWS_LOOKED_AT: Final = 10
"""rows, blank ones left out, among which the header of a table is looked for

Above a header stand a title, a date and a remark; what comes later is data.

The first row is taken as the header.
"""

LONGEST_XML_RECORD: Final = MAX_SIDECAR_BYTES
"""characters of one record in a file of many

What a description of its own may have.

`DESC-TOO-LARGE` for this record; the next ones are read.
"""

MAX_XML_LOOKED_AT_TWICE: Final = LONGEST_XML_RECORD // 2
"""characters of a damaged file that may be looked at twice in the search for ends that are not there

Without it a file of unclosed tags would cost the square of its length.

The record is taken to end where the next begins.
"""

MAX_HOPELESS_RECORDS: Final = 50_000
"""XML records one after another that give nothing

Five seconds of looking.

`DESC-XML-CONTENT`: nothing from there on is read.
"""

MAX_XML_DECLARATIONS: Final = 200
"""declarations of namespaces in force round each XML record, or anywhere in an XML description

Real documents have a dozen, and each record is parsed with all of them.

Round a record the others are left out, and one that needs them is refused by name; a description with more is
`DESC-TOO-LARGE`.
"""

LONGEST_XML_NAMESPACE: Final = 1_000
"""characters of the name of an XML namespace

Real ones have fewer than a hundred, and each element may have to repeat it.

`DESC-TOO-LARGE`: the description is refused.
"""

LONGEST_XML_KEPT: Final = 4 * LONGEST_XML_RECORD
"""characters of XML, and of names, that are kept of one XML record beside its values

Each piece that is kept repeats the namespaces that it uses. Honest records keep a part of what they are.

`DESC-TOO-LARGE`: the description is refused.
"""

MAX_XML_ATTRIBUTES: Final = 256
"""attributes of one XML element

Real ones have a handful; for each that is read lxml looks through all of them.

`DESC-TOO-LARGE`: the description is refused.
"""

MAX_XML_INNER_LOOKED_AT: Final = 1_000
"""statements inside one XML record that are looked at for a record around them

Each may look through the file.

The file is read as one record.
"""

MAX_PARENTS: Final = 200_000
"""rows of a table whose own identifiers are kept to tell what is part of what

About 50 MB of memory.

Later rows are no longer found as parents.
"""

MAX_CHECKSUM_FILE_BYTES: Final = 256 * MIB
"""bytes of a depositor's list of digests

A million files with paths of 180 characters; it is held in memory whole.

`SRC-UNREADABLE`: the list is not used, and what it vouches for is refused with it.
"""

MAX_CHECKSUM_LINE: Final = 64 * KIB
"""characters of a line of such a list

The longest digest (128) and the longest path Linux accepts (4,096), each byte of it escaped, with room to
spare; the lines of manifests get as much.

The line counts as malformed.
"""

MAX_MALFORMED_CHECKSUMS: Final = 100
"""malformed lines of such a list that are named

Beyond this many a file is no list of digests at all (a web page, say).

One more finding says how many there were.
"""

MAX_LOOK_FOR_DIGESTS: Final = 64 * KIB
"""bytes of a document that are looked at where its name may be that of a list of digests

A few hundred lines: enough to see what most of them are.

What stands behind is not asked.
"""

LONGEST_SUBMITTED_COLUMNS: Final = 16_384
"""characters of JSON in which a table's own column names are kept beside a document

It stands in each bag of the run.

They are not kept.
"""

LONGEST_SUBMITTED_CELLS: Final = 262_144
"""characters of JSON in which cells that a description does not give back are kept beside its document

They stand in the bag: abstracts and the marks of other systems.

They are not kept; the description is.
"""

MAX_NAMES_FOR_SUGGESTIONS: Final = 100_000
"""files among which the one that a row may have meant is looked for

About 20 MB of names.

Suggestions are made among the first of them only.
"""

STRANGE_ROWS: Final = 200_000
"""rows at the beginning of a table of which none names anything that was brought

A table of other documents, or names in another column: a million such rows would take minutes. One row that
fits, and the table is read to its end.

`PAIR-STRANGE-TABLE`: the table is not read on.
"""

MAX_SEARCHES_FOR_ALIKE: Final = 50
"""searches of one run for the name most alike

A wrong column would otherwise cost one per row.

Further rows get no such suggestion.
"""

NAMES_COMPARED: Final = 5_000
"""names that such a search goes through

About a tenth of a second.

Later names are not suggested.
"""

IDENTIFIERS_LOOKED_AT: Final = 20
"""identifiers of one record that are tried as names of files

Records have one to three.

The others name no file.
"""

DEEPEST_HIERARCHY: Final = 32
"""levels of "is part of" that are gone up from a document

Fonds, series and file are three; a circle has no end.

What stands above is not consulted.
"""
