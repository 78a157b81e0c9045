"""What is held, for people: lists, searches, one document in full, a copy to read, the state of it all.

Imported from its modules, so that a command loads only those that it needs.
"""
