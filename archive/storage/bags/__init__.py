"""Bags on the disk: found, read, hashed, written, revised, restored and set aside."""
