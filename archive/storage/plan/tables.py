"""The tables of the plan."""

# Of documents, what every step asks for comes first, what may be long last: SQLite reads a row up to the last
# column that is wanted. What is made of a document for others to write is kept apart for the same reason.
SCHEMA = """
CREATE TABLE files (
  id INTEGER PRIMARY KEY, root INTEGER, path BLOB, nfc BLOB, size INTEGER, role TEXT, document INTEGER,
  used INTEGER DEFAULT 0);
CREATE UNIQUE INDEX files_path ON files (path, root);
CREATE INDEX files_nfc ON files (nfc) WHERE nfc IS NOT NULL;
CREATE INDEX files_document ON files (document) WHERE document IS NOT NULL;
CREATE TABLE documents (
  seq INTEGER PRIMARY KEY, state TEXT DEFAULT 'planned', bag TEXT, number TEXT, payload_key TEXT,
  tag_manifest TEXT, files INTEGER, bytes INTEGER, folder TEXT, cut INTEGER, awaiting INTEGER,
  warnings INTEGER, reference TEXT, bagit TEXT, bag_warnings INTEGER, headings INTEGER, differs TEXT,
  source BLOB, place BLOB, title TEXT, description BLOB, cells TEXT);
CREATE TABLE made (seq INTEGER PRIMARY KEY, manifest_row BLOB, indexed BLOB);
CREATE TABLE headings (id INTEGER PRIMARY KEY, headings TEXT UNIQUE);
CREATE INDEX documents_state ON documents (state, seq);
CREATE INDEX documents_reference ON documents (reference) WHERE reference IS NOT NULL;
CREATE INDEX documents_payload ON documents (payload_key) WHERE payload_key IS NOT NULL;
CREATE TABLE told_held (bag TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE checksums (
  file INTEGER, algorithm TEXT, value TEXT, stated_in BLOB, judged INTEGER,
  PRIMARY KEY (file, algorithm)) WITHOUT ROWID;
CREATE TABLE twins (file INTEGER PRIMARY KEY, digest TEXT);
CREATE INDEX twins_digest ON twins (digest);
CREATE TABLE folder_rows (
  root INTEGER, folder BLOB, description BLOB, reference TEXT, place BLOB, PRIMARY KEY (root, folder));
CREATE TABLE not_taken (root INTEGER, path BLOB, code TEXT, why TEXT);
CREATE TABLE misnamed (meant BLOB, root INTEGER, place BLOB, said TEXT);
CREATE INDEX misnamed_meant ON misnamed (meant, root, place);
CREATE TABLE folders (root INTEGER, folder BLOB, document INTEGER, PRIMARY KEY (root, folder));
CREATE TABLE left_out (source BLOB, why TEXT);
CREATE TABLE findings (source BLOB, error INTEGER, finding TEXT);
CREATE INDEX findings_source ON findings (source);
"""
