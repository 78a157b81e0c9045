"""Ingest: from a folder to a commit (preflight, identify, stage, publish, commit, derive)."""
