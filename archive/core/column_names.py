"""What people call the columns that Dublin Core has other names for, in five languages."""

from typing import Final

_NAMES: Final = {
    "title": "name titel titre título titulo titolo",
    "creator": "author authors artist writer autor autorin autore auteur verfasser urheber créateur creador",
    "date": "year dated datum jahr année annee fecha año anno data",
    "language": "lang languages sprache langue idioma lengua lingua",
    "description": "summary contents beschreibung inhalt descripción descripcion descrizione résumé resumen",
    "subject": "subjects keyword keywords topic topics tags schlagwort schlagworte sujet tema soggetto",
    "contributor": "editor contributors mitwirkende beiträger",
    "publisher": "verlag éditeur editorial editore",
    "rights": "copyright rechte droits derechos diritti",
    "type": "genre kind art gattung tipo",
    "identifier": "identifiers signatur cote signatura segnatura shelfmark callnumber",
    "spatial": "place location ort lieu lugar luogo",
    "extent": "pages umfang étendue extensión",
    "isPartOf": "collection series fonds bestand",
}
_MEANT: Final = {word: term for term, words in _NAMES.items() for word in words.split()}


def term_meant(heading: str) -> str | None:
    """The term that a heading which is no term probably means; None where nobody would say so."""
    return _MEANT.get("".join(heading.lower().replace("_", " ").replace("-", " ").split()))
