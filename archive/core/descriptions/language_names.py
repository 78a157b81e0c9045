"""What languages are called where a tag should stand: in English, and each in its own words."""

from typing import Final

_NAMES: Final = """
af afrikaans
ang old english;anglo-saxon;english, old
ar arabic;العربية
be belarusian;беларуская
bg bulgarian;български
bn bengali;bangla
br breton;brezhoneg
bs bosnian;bosanski
ca catalan;català
cs czech;čeština;česky
cy welsh;cymraeg
da danish;dansk
de german;deutsch
dv dhivehi;divehi;maldivian
el greek;modern greek;greek, modern;ελληνικά
en english;anglais;englisch;inglés;inglese
enm middle english;english, middle
eo esperanto
es spanish;castilian;español;castellano;spanisch;espagnol
et estonian;eesti
eu basque;euskara
fa persian;farsi;فارسی
fi finnish;suomi
fil filipino
fr french;français;französisch;francés
fro old french;french, old
ga irish;irish gaelic;gaeilge
gd scottish gaelic;gàidhlig
gl galician;galego
gmh middle high german
goh old high german
grc ancient greek;classical greek;greek, ancient
he hebrew;עברית
hi hindi;हिन्दी
hr croatian;hrvatski
hu hungarian;magyar
hy armenian;հայերեն
id indonesian;bahasa indonesia
is icelandic;íslenska
it italian;italiano;italienisch;italien
ja japanese;日本語
jv javanese
ka georgian;ქართული
kk kazakh
km khmer
ko korean;한국어
ku kurdish
la latin;latina;lateinisch
lb luxembourgish
lo lao
lt lithuanian;lietuvių
lv latvian;latviešu
mi maori;māori
mk macedonian;македонски
mn mongolian
ms malay;bahasa melayu
mt maltese;malti
mul multiple languages;multiple;multilingual;several languages;various
nah nahuatl
nb norwegian bokmål;bokmål
ne nepali
nl dutch;flemish;nederlands
nn norwegian nynorsk;nynorsk
no norwegian;norsk
oc occitan;provençal
pa punjabi;panjabi
pl polish;polski
pt portuguese;português
qu quechua
ro romanian;română
ru russian;русский
sa sanskrit
sco scots
se northern sami
sk slovak;slovenčina
sl slovenian;slovene;slovenščina
sq albanian;shqip
sr serbian;српски
sv swedish;svenska
sw swahili;kiswahili
ta tamil;தமிழ்
te telugu
th thai;ไทย
tl tagalog
tr turkish;türkçe
uk ukrainian;українська
und undetermined;undefined;unknown
ur urdu;اردو
vi vietnamese;tiếng việt
yi yiddish;ייִדיש
yue cantonese
zh chinese;中文
zh-Hans simplified chinese;chinese (simplified)
zh-Hant traditional chinese;chinese (traditional)
zu zulu
zxx no linguistic content;no language;not applicable
"""
TAG_OF_NAME: Final = {
    name.casefold(): tag
    for tag, _, names in (line.partition(" ") for line in _NAMES.strip().splitlines())
    for name in names.split(";")
}
