"""Words of dates in English, French, German and Spanish, without accents, in lower case."""

import re
import unicodedata

_MONTHS = """
jan january januar janner janvier enero ene
feb february februar fevrier fev fevr febrero
mar march marz mars marzo
apr april avril avr abril abr
may mai mayo
jun june juni juin junio
jul july juli juillet juil julio
aug august aout agosto ago
sep sept september septembre septiembre setiembre
oct october oktober okt octobre octubre
nov november novembre noviembre
dec december dezember dez decembre diciembre dic
"""
MONTHS = {
    word: number for number, line in enumerate(_MONTHS.strip().splitlines(), 1) for word in line.split()
}

_SEASONS = """
spring printemps fruhling fruhjahr primavera
summer ete sommer verano
autumn fall automne herbst otono
winter hiver invierno
"""
SEASONS = {
    word: number for number, line in enumerate(_SEASONS.strip().splitlines(), 21) for word in line.split()
}

_UNDATED = """
n d|nd|n.d.|no date|undated|not dated|unknown|date unknown|unknown date|sine dato|s.d.|s d|sd|s.a.
sin fecha|s.f.|sans date|o.d.|ohne datum|o.j.|ohne jahr|undatiert|non date|none|n/a|-|?|0000-00-00
"""
UNDATED = frozenset(word for line in _UNDATED.strip().splitlines() for word in line.split("|"))

# Say nothing about the date.
_FILLERS = """
the of in on day year de del el la le en dem der den am im year date dated anno ad ce a.d. c.e.
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes sabado domingo
montag dienstag mittwoch donnerstag freitag samstag sonntag
"""
FILLERS = frozenset(_FILLERS.split())

_ORDINALS = """
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first
"""
ORDINALS = {word: number for number, word in enumerate(_ORDINALS.split(), 1)}

_ROMAN = """
i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi
"""
ROMAN = {word: number for number, word in enumerate(_ROMAN.split(), 1)}

_DASHES = re.compile("\\s*[\u2010-\u2015\u2212]\\s*")
_MARKS = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u00a0": " ", "\u00ba": "", "\u00b0": "", "\u00aa": ""}
)


def plain(text: str) -> str:
    """The text in lower case without accents, white space single, en dashes and the like as ` – `."""
    dashed = _DASHES.sub(" – ", text.translate(_MARKS))
    bare = "".join(char for char in unicodedata.normalize("NFD", dashed) if not unicodedata.combining(char))
    return " ".join(bare.lower().split())
