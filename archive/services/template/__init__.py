"""Templates: a table to be filled in by a person, with what the files themselves suggest.

Imported from its modules, so that a command loads only those that it needs.
"""
