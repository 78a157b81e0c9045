"""What people call the columns that Dublin Core, or an ingest, has other names for, in five languages."""

import re
from typing import Final

from archive.core.descriptions.dcterms import normalise_key

_NAMES: Final = {
    "accessRights": "accessrights accessconditions accesscondition",
    "alternative": "alternativetitle alttitle othertitle subtitle",
    "bibliographicCitation": "citation bibliographiccitation",
    "contributor": "editor contributors mitwirkende beiträger",
    "created": "datecreated datetaken dateofcreation creationdate yearcreated productiondate datumaufnahme",
    "creator": "author authors artist writer autor autorin autore auteur verfasser urheber créateur creador"
    " photographer composer creators maker künstler fotograf fotograaf itemcreator",
    "date": "year dated datum jahr année annee fecha año anno data displaydate datetext dates itemdate",
    "description": "summary contents beschreibung inhalt descripción descripcion descrizione résumé resumen"
    " caption scopeandcontent omschrijving itemdescription",
    "extent": "pages umfang étendue extensión dimensions physicaldescription pagecount",
    "format": "fileformat mimetype",
    "identifier": "identifiers signatur cote signatura segnatura shelfmark callnumber accessionnumber"
    " objectid objectnumber itemid inventorynumber inventarnummer catalognumber referencecode",
    "isPartOf": "collection series fonds bestand collectionname partof ispartof",
    "issued": "datepublished dateissued publicationdate dateofpublication pubdate yearpublished",
    "language": "lang languages sprache langue idioma lengua lingua taal",
    "license": "licence licenses lizenz",
    "medium": "material technique materials",
    "publisher": "verlag éditeur editorial editore uitgever",
    "rights": "copyright rechte droits derechos diritti rightsstatement copyrightstatement usagerights"
    " rechten",
    "rightsHolder": "rightsholder copyrightholder copyrightowner",
    "spatial": "place location ort lieu lugar luogo city country plaats spatialcoverage geographiclocation",
    "subject": "subjects keyword keywords topic topics tags schlagwort schlagworte sujet tema soggetto"
    " subjectheading subjectheadings subjectterms onderwerp trefwoorden",
    "temporal": "period temporalcoverage timeperiod era",
    "title": "name titel titre título titulo titolo itemtitle objecttitle documenttitle",
    "type": "genre kind art gattung tipo resourcetype objecttype documenttype itemtype",
}
# Blanks and marks, `(s)`, and the number of a repeated column.
_NOT_OF_A_NAME: Final = re.compile(r"\(s\)|[\s_\-/.,:*()\[\]]+|(?<![0-9])[0-9]+\Z")
_ALGORITHM: Final = re.compile("(?<![a-z])(?:md5|sha ?(?:1|224|256|384|512))(?![0-9])")
_CHECKSUM: Final = re.compile(
    r"check ?sum|message ?digest|fixity|prüfsumme|hash ?(?:value|wert)|(?<![a-z])hash(?![a-z])"
    r"|somme de contrôle|suma de (?:verificación|comprobación)|controlesom|checksom",
)
_SIZE: Final = re.compile("size ?in ?bytes|file ?size|byte ?size|byte ?count|dateigröße|taille du fichier")
_NOT_OF_A_WORD: Final = re.compile(r"[\s_\-]+")
_MEANT: Final = {word: term for term, words in _NAMES.items() for word in words.split()}


def term_meant(heading: str) -> str | None:
    """The term that a heading which is no term probably means; None where nobody would say so."""
    name = _NOT_OF_A_NAME.sub("", heading.lower())
    return _MEANT.get(name) or (normalise_key(name) if name.isalpha() else None)


def measure_meant(heading: str) -> str | None:
    """`checksum`, the name of its algorithm, or `size`, where a heading probably means that; else None."""
    name = _NOT_OF_A_WORD.sub(" ", heading.lower())
    if algorithm := _ALGORITHM.search(name):
        return algorithm[0].replace(" ", "")
    if _CHECKSUM.search(name):
        return "checksum"
    return "size" if _SIZE.search(name) else None
