"""Document provenance and archival preservation whose audits can be believed."""

__version__ = "0.1.0"
