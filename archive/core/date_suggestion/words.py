"""Words of dates in the languages that catalogues of Europe use, without accents, in lower case."""

import re
import unicodedata

# Left out is what two languages disagree about: listopad is October in Zagreb and November in Warsaw.
_MONTHS = """
jan january januar januari janner janvier enero ene gennaio janeiro
  tammikuu tammikuuta stycznia ledna januara января январь
feb february februar februari fevrier fev fevr febrero febbraio fevereiro
  helmikuu helmikuuta lutego unora февраля февраль
mar march marz mars marzo maart mrt marts marco maaliskuu maaliskuuta marca brezna marcius марта март
apr april avril avr abril abr aprile huhtikuu huhtikuuta kwietnia dubna aprilis апреля апрель
may mai mayo maggio mei maj maio toukokuu toukokuuta maja kvetna majus мая маи
jun june juni juin junio giugno junho kesakuu kesakuuta czerwca cervna junius июня июнь
jul july juli juillet juil julio luglio julho heinakuu heinakuuta lipca cervence julius июля июль
aug august aout agosto ago augustus augusti elokuu elokuuta sierpnia srpna augusztus августа август
sep sept september septembre septiembre setiembre settembre setembro
  syyskuu syyskuuta wrzesnia zari szeptember сентября сентябрь
oct october oktober okt octobre octubre ottobre outubro
  lokakuu lokakuuta pazdziernika rijna октября октябрь
nov november novembre noviembre novembro marraskuu marraskuuta ноября ноябрь
dec december dezember dez decembre diciembre dic dicembre dezembro desember
  joulukuu joulukuuta grudnia prosince декабря декабрь
"""
MONTHS = {
    word: number
    for number, lines in enumerate(_MONTHS.strip().replace("\n  ", " ").splitlines(), 1)
    for word in lines.split()
}

_SEASONS = """
spring printemps fruhling fruhjahr primavera voorjaar lente var
summer ete sommer verano estate zomer verao
autumn fall automne herbst otono autunno herfst najaar outono host
winter hiver invierno inverno vinter
"""
SEASONS = {
    word: number for number, line in enumerate(_SEASONS.strip().splitlines(), 21) for word in line.split()
}

_UNDATED = """
n d|nd|n.d.|no date|undated|not dated|unknown|date unknown|unknown date|sine dato|s.d.|s d|sd|s.a.
n. d.|s. d.|o. d.|null|nan|--|---|??|???|????|unbekannt|inconnu|inconnue|date inconnue|senza data|sem data
zonder datum|z.d.|z.j.|bez daty|not known|not available|[date unknown]|undat.|
sin fecha|s.f.|sans date|o.d.|ohne datum|o.j.|ohne jahr|undatiert|non date|none|n/a|-|?|0000-00-00
"""
UNDATED = frozenset(word for line in _UNDATED.strip().splitlines() for word in line.split("|"))

# Say nothing about the date.
_FILLERS = """
di van het den af roku г года год ano
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
