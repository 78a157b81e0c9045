"""Bounds on what is read from outside, each with its reason: memory and time stay bounded by these.

Sizes are in bytes unless the name says otherwise.
"""

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

# A description of one document. The largest honest one (a full-text abstract in several languages) is below
# 100 KiB; 4 MiB leaves room and is parsed in well under a second by every reader.
MAX_SIDECAR_BYTES: Final = 4 * MIB

# A JSON or XML file that describes many documents is held in memory whole: 100,000 descriptions of 600 bytes.
MAX_DESCRIPTIONS_BYTES: Final = 64 * MIB

# PyYAML's events cost about 10 µs each even with libyaml: 4 MiB stay under five seconds.
MAX_YAML_BYTES: Final = 4 * MIB

# JSON, XML and YAML: a description is four levels deep; an OAI-PMH envelope around it adds six.
MAX_DEPTH: Final = 32

# YAML aliases in one document, and the nodes it may have once they are followed ("billion laughs").
MAX_YAML_ALIASES: Final = 100
MAX_YAML_NODES: Final = 1_000_000

# Characters. The csv module's own default for a field is 131,072, four times what a spreadsheet cell can hold
# (Excel 32,767, LibreOffice 65,535 in a file); a physical line may hold several such fields.
MAX_CSV_FIELD: Final = 131_072
MAX_CSV_LINE: Final = 1 * MIB
# LibreOffice and Excel both stop at 16,384 columns.
MAX_CSV_COLUMNS: Final = 16_384

# Findings about one description, or about one header. Looking for the nearest term costs 1 ms, suggesting a
# date 50 µs: without a bound 4 MiB of nonsense would take minutes, and nobody reads the hundred and first.
MAX_FINDINGS: Final = 100

# A list of digests of a million files with paths of 180 characters; it is held in memory whole.
MAX_CHECKSUM_FILE_BYTES: Final = 256 * MIB

# A line of a checksum file: the longest digest (128) and the longest path Linux accepts (4,096), each byte
# of it escaped, with room to spare. RFC 8493 sets none; 64 KiB is what manifests get too.
MAX_CHECKSUM_LINE: Final = 64 * KIB

# XML text or attribute of one element, characters; above it libxml2 itself refuses at 10 MB.
MAX_XML_TEXT: Final = 1 * MIB

# Folders below a bag's own that an audit reads ahead: data/, metadata/ and what a document's own folders add.
MAX_BAG_DEPTH: Final = 4

# A spreadsheet as it lies on disk, and what its parts may expand to: XML of tables shrinks to a tenth.
MAX_SPREADSHEET_BYTES: Final = 64 * MIB
MAX_SPREADSHEET_EXPANDED: Final = 512 * MIB
# Cells and characters that a spreadsheet gives once its repetitions and shared texts are written out; cells
# that are repeated cost the file nothing, so there may be fewer of them.
MAX_SHEET_CELLS: Final = 20_000_000
MAX_REPEATED_CELLS: Final = 1_000_000
MAX_SHEET_TEXT: Final = 256 * MIB
# Rows that are the same and stand for themselves; a million of them is a slip with the fill handle.
MAX_REPEATED_ROWS: Final = 1_000
