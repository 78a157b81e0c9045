"""Descriptions as files: changes on their way, profiles, and what archive.toml says of them."""
