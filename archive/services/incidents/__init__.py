"""Damage that is known: listed, shown, acknowledged."""
