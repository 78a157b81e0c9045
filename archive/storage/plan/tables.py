"""The tables of the plan."""

SCHEMA = """
CREATE TABLE files (
  id INTEGER PRIMARY KEY, root INTEGER, path BLOB, nfc BLOB, size INTEGER, role TEXT, document INTEGER,
  used INTEGER DEFAULT 0);
CREATE UNIQUE INDEX files_path ON files (path, root);
CREATE INDEX files_nfc ON files (nfc) WHERE nfc != path;
CREATE INDEX files_document ON files (document);
CREATE TABLE documents (
  seq INTEGER PRIMARY KEY, source BLOB, cut INTEGER, description BLOB, title TEXT, reference TEXT,
  awaiting INTEGER, place BLOB, warnings INTEGER, state TEXT DEFAULT 'planned', bag TEXT, number TEXT,
  payload_key TEXT, tag_manifest TEXT, files INTEGER, bytes INTEGER, folder TEXT, differs TEXT,
  manifest_row BLOB, indexed BLOB, bagit TEXT, bag_warnings INTEGER,
  headings INTEGER, cells TEXT);
CREATE TABLE headings (id INTEGER PRIMARY KEY, headings TEXT UNIQUE);
CREATE INDEX documents_state ON documents (state, seq);
CREATE INDEX documents_reference ON documents (reference) WHERE reference IS NOT NULL;
CREATE INDEX documents_payload ON documents (payload_key) WHERE payload_key IS NOT NULL;
CREATE TABLE checksums (
  file INTEGER, algorithm TEXT, value TEXT, stated_in BLOB, PRIMARY KEY (file, algorithm)) WITHOUT ROWID;
CREATE TABLE twins (file INTEGER PRIMARY KEY, digest TEXT);
CREATE INDEX twins_digest ON twins (digest);
CREATE TABLE folder_rows (folder BLOB PRIMARY KEY, description BLOB, reference TEXT, place BLOB);
CREATE TABLE left_out (source BLOB, why TEXT);
CREATE TABLE findings (source BLOB, error INTEGER, finding TEXT);
CREATE INDEX findings_source ON findings (source);
"""
