"""Finds and compiles the JSON Schemas; the only importer of jsonschema."""

from pathlib import Path


def schema_dir() -> Path:
    """The folder with the schemas: inside the wheel, else beside the package in a checkout."""
    package = Path(__file__).parent
    shipped = package / "_schemas"
    return shipped if shipped.is_dir() else package.parent / "schemas"
