"""Loads the official XML Schemas into two engines, from the folder that ARCHIVE_XSD_DIR names."""

import os
import re
import shutil
from pathlib import Path
from typing import Any, Protocol

import pytest
import xmlschema
from lxml import etree

# The published simpledc20021212.xsd declares this attribute, as its own documentation says ("with xml:lang
# attribute available"); re-indented copies of the file are about that have lost it.
_WITHOUT_LANG = re.compile(r'(<xs:extension base="xs:string">)\s*(</xs:extension>)')
_LANG = r'\1<xs:attribute ref="xml:lang" use="optional"/>\2'


class Engine(Protocol):
    """One schema in one engine."""

    def errors(self, document: bytes) -> list[str]:
        """What the engine has against the document; empty where it is valid."""
        ...


class Libxml2:
    """lxml's engine."""

    def __init__(self, path: Path) -> None:
        self._schema = etree.XMLSchema(etree.parse(str(path)))

    def errors(self, document: bytes) -> list[str]:
        """What libxml2 has against the document."""
        tree = etree.fromstring(document)
        return [] if self._schema.validate(tree) else [str(self._schema.error_log)]


class PythonXmlschema:
    """The package xmlschema, an implementation of its own."""

    def __init__(self, path: Path) -> None:
        self._schema: Any = xmlschema.XMLSchema(str(path), allow="local")

    def errors(self, document: bytes) -> list[str]:
        """What xmlschema has against the document."""
        return [str(each.reason) for each in self._schema.iter_errors(document.decode())]


def folder() -> Path:
    """The folder with the schemas; skips the test where none is named."""
    named = os.environ.get("ARCHIVE_XSD_DIR")
    if not named or not Path(named, "SOURCES.txt").is_file():
        pytest.skip("ARCHIVE_XSD_DIR does not name the folder with the official XML Schemas")
    return Path(named)


def oai_dc(copies: Path) -> Path:
    """oai_dc.xsd beside the simpledc20021212.xsd it imports, as published."""
    for name in ("oai_dc.xsd", "simpledc20021212.xsd", "xml.xsd"):
        shutil.copyfile(folder() / name, copies / name)
    simple = copies / "simpledc20021212.xsd"
    simple.write_text(_WITHOUT_LANG.sub(_LANG, simple.read_text("utf-8")), "utf-8")
    return copies / "oai_dc.xsd"


def premis() -> Path:
    """premis-v3-0.xsd, which imports nothing."""
    return folder() / "premis-v3-0.xsd"


def engines(path: Path) -> tuple[Engine, ...]:
    """The schema in both engines."""
    return (Libxml2(path), PythonXmlschema(path))


def mets(copies: Path) -> Path:
    """mets1-all.xsd: METS 1.12.1 with PREMIS 3 and Dublin Core in one set, XLink taken from beside it."""
    for name in ("mets1-all.xsd", "mets-1.12.1.xsd", "premis-v3-0.xsd", "xlink.xsd", "xml.xsd"):
        shutil.copyfile(folder() / name, copies / name)
    shutil.copytree(folder() / "qdc", copies / "qdc")
    schema = copies / "mets-1.12.1.xsd"
    remote = "http://www.loc.gov/standards/xlink/xlink.xsd"
    schema.write_text(schema.read_text("utf-8").replace(remote, "xlink.xsd"), "utf-8")
    return copies / "mets1-all.xsd"
