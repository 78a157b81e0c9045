"""The tables of the index; a change of any of them needs a new VERSION."""

from typing import Final

from archive.core.searched_text import FIELDS

APPLICATION_ID: Final = 0x44415243  # "DARC"
VERSION: Final = 13

# source: the bytes of the original path, which need not be UTF-8. ending: the last twelve digits of the
# bag's id, reversed, so that any ending of an id is a prefix here. described: the rowid in words, the index
# of the ledger entry that gave the description; a later description gets a row of its own, and the older
# row, which a contentless table cannot delete, is no longer pointed at. revision: its number, 1 from the
# ingest. reference: of one document, as every ingest sees to; but of two where one's bag was lost, an index
# was made without it, its reference was given again, and the bag came back. An index has to take in
# whatever is committed. access: as descriptions write it, empty where not stated. shape: which fields the
# description has, a row of shapes; a collection has few. parents: what a document says it is part of, by
# its rowid in words. last_*: empty where there was none. changes: every later ledger entry about a document
# that changed what is held; repairs: those that did not. copies: one row for each that the ledger heard of;
# copy_faults: documents that are, or once were, not good on one of them; mended: 0, or the entry that said it
# is good again, which an older state of the copy does not have. incidents: bag is empty for damage of the
# archive itself, place the JSON of a finding's; times are empty and entries 0 for what has not happened.
STATEMENTS: Final = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE documents (
  entry INTEGER PRIMARY KEY, bag TEXT NOT NULL, ending TEXT NOT NULL, run TEXT NOT NULL,
  reference TEXT NOT NULL, declared INTEGER NOT NULL, accession TEXT, source BLOB NOT NULL,
  files INTEGER NOT NULL, bytes INTEGER NOT NULL, payload_key BLOB NOT NULL, tag_manifest BLOB NOT NULL,
  ingested TEXT NOT NULL, awaiting INTEGER NOT NULL, title TEXT NOT NULL, creator TEXT, date TEXT,
  access TEXT NOT NULL DEFAULT '', shape INTEGER,
  described INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 1, state TEXT NOT NULL DEFAULT 'held',
  last_checked TEXT NOT NULL DEFAULT '',
  last_intact TEXT NOT NULL DEFAULT '', last_outcome TEXT NOT NULL DEFAULT '',
  damaged_since TEXT NOT NULL DEFAULT '')""",
    "CREATE UNIQUE INDEX documents_ending ON documents (ending, bag)",
    "CREATE INDEX documents_reference ON documents (reference)",
    "CREATE UNIQUE INDEX documents_described ON documents (described)",
    "CREATE INDEX documents_payload ON documents (payload_key)",
    "CREATE INDEX documents_source ON documents (source)",
    "CREATE INDEX documents_run ON documents (run)",
    "CREATE INDEX documents_accession ON documents (accession) WHERE accession IS NOT NULL",
    "CREATE INDEX documents_awaiting ON documents (entry) WHERE awaiting",
    "CREATE INDEX documents_adverse ON documents (entry) WHERE last_outcome IN ('damaged', 'missing')",
    "CREATE INDEX documents_checked ON documents (last_checked, entry)",
    """CREATE TABLE dates (
  lower INTEGER NOT NULL, upper INTEGER NOT NULL, document INTEGER NOT NULL,
  PRIMARY KEY (document, lower, upper)) WITHOUT ROWID""",
    "CREATE TABLE shapes (shape INTEGER PRIMARY KEY, fields TEXT NOT NULL UNIQUE)",
    """CREATE TABLE parents (
  document INTEGER NOT NULL, parent TEXT NOT NULL, PRIMARY KEY (document, parent)) WITHOUT ROWID""",
    "CREATE INDEX parents_parent ON parents (parent)",
    "CREATE INDEX documents_closed ON documents (access) WHERE access NOT IN ('', 'open')",
    "CREATE TABLE changes (entry INTEGER PRIMARY KEY, document INTEGER NOT NULL)",
    "CREATE INDEX changes_document ON changes (document)",
    "CREATE TABLE repairs (entry INTEGER PRIMARY KEY, document INTEGER NOT NULL)",
    "CREATE INDEX repairs_document ON repairs (document)",
    """CREATE TABLE incidents (
  id TEXT PRIMARY KEY, bag TEXT NOT NULL, code TEXT NOT NULL, place TEXT NOT NULL, opened TEXT NOT NULL,
  opened_run TEXT NOT NULL, seen TEXT NOT NULL, seen_run TEXT NOT NULL,
  acknowledged TEXT NOT NULL DEFAULT '', acknowledgement INTEGER NOT NULL DEFAULT 0,
  repaired TEXT NOT NULL DEFAULT '', repair INTEGER NOT NULL DEFAULT 0,
  closed TEXT NOT NULL DEFAULT '', closed_run TEXT NOT NULL DEFAULT '') WITHOUT ROWID""",
    "CREATE INDEX incidents_open ON incidents (bag) WHERE closed = ''",
    "CREATE INDEX incidents_bag ON incidents (bag)",
    """CREATE TABLE runs (
  closed INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, outcome TEXT NOT NULL, bags INTEGER NOT NULL,
  files INTEGER NOT NULL, bytes INTEGER NOT NULL, manifest TEXT NOT NULL)""",
    """CREATE TABLE copies (
  id TEXT PRIMARY KEY, form TEXT NOT NULL, size INTEGER NOT NULL, copied TEXT NOT NULL,
  outcome TEXT NOT NULL, seen TEXT NOT NULL, audited TEXT NOT NULL, audit_outcome TEXT NOT NULL,
  begun INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID""",
    """CREATE TABLE copy_faults (
  copy TEXT NOT NULL, document INTEGER NOT NULL, outcome TEXT NOT NULL, since TEXT NOT NULL,
  mended INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (document, copy)) WITHOUT ROWID""",
    f"""CREATE VIRTUAL TABLE words USING fts5(
  {", ".join(FIELDS)}, content='', tokenize="unicode61 remove_diacritics 2")""",
)
