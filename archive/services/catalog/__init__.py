"""The catalog: what is derived from ledger and bags, kept current by each writer, rebuilt and verified.

Imported from its modules, so that a command loads only those that it needs.
"""
