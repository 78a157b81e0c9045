"""What an ingest would say, said without one: findings, corrections, a survey of what was brought.

Imported from its modules, so that a command loads only those that it needs.
"""
