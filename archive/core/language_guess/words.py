"""Small words (articles, prepositions, pronouns, forms of "to be") of languages that share a script, and
scripts that one language is nearly alone with.

Words were chosen to be frequent in letters and minutes of two centuries, not only in present prose. Where two
languages are near each other the words that tell them apart are there.
"""

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final[Mapping[str, str]] = {
    "af": "die en van het is nie wat om te sy hy ons hulle was vir met aan op 'n sal kan ook daar hierdie"
    " maar deur word haar my jy baie gewees",
    "ca": "de la el els les que i en un una amb per no és són del dels al als se va ser com més però aquest"
    " aquesta molt també seu seva nosaltres han està fins",
    "cs": "a se na je v že to s z do o i k ale jako za by pro jsem jsou byl byla bylo které který jeho jak"
    " po tak ve jsme když nebo od při ze být",
    "cy": "y yr a yn i o ar am ac mae oedd bod ei eu eich fy wedi gan ond at nid hwn hyn ni mewn gyda fel"
    " dros rhag chwi",
    "da": "og i at det er en den til af på som med for ikke der de et var har jeg han vi fra men om ved"
    " efter kan skal hvor sig mig blev være hun deres også nu af nogle",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an"
    " werden aus er hat dass daß sie nach wird bei einer um am sind noch wie einem über so zum war"
    " haben nur oder aber vor zur bis ich wir uns ihr mein durch wurde",
    "en": "the of and to in a is was for that it on with as be at by i this had not are but from or have an"
    " they which one you were her all she there would their we him been has when who will no if out so"
    " said what up its about into than them can only my your his",
    "es": "de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha"
    " me si sin sobre este ya entre cuando todo esta ser son dos también fue había era muy años hasta"
    " desde nos mi donde señor",
    "et": "ja on ei see et ta oli kui mis oma ka ning aga või kes seda ma tema nii olid meie siis nad pole"
    " välja olla mida saab",
    "eu": "eta da ez bat du zen dira izan den baina hau ere egin dute zuen hori duen bere zuten dela nahi"
    " gure edo izango",
    "fi": "ja on ei että se oli hän mutta ovat kun niin kuin joka tai minä he ole olen myös sen nyt mitä"
    " jos jo me sitä hänen minun olivat sekä ollut tämä",
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont"
    " avec son ses mais comme ou si leur nous vous été je cette aux elle lui même votre notre monsieur"
    " était",
    "ga": "an na agus ar i a go is bhí sé le do ag ní tá ach mar sin atá nach leis siad é sí féin ón don"
    " chun níl seo aon",
    "gl": "de a o que e do da en os unha un para non con as no na por se ao máis súa seu como foi dos das á"
    " pero tamén está ata polo pola moi",
    "hr": "i u je se na da su za od s koji a što iz kako ali nije bio bila biti sam smo samo po kao ili ne"
    " koja koje njegov bilo prema tijekom gdje",
    "hu": "a az és hogy nem is egy ez meg de csak van volt mint ki már el még ha azt vagy mert minden lesz"
    " amely úgy én ő pedig után nagyon vissza között",
    "id": "yang dan di dengan untuk tidak ini dari dalam akan pada itu juga saya ke karena tersebut bisa"
    " ada mereka lebih kata telah oleh atau sebagai kami adalah",
    "is": "og að í á er sem til um var við það hann en með ekki af þá fyrir hún þeir ég þegar eða þessi"
    " hafa vera eru voru frá sér okkur",
    "it": "di e il la che in a per un è del non una con le si da i sono dei al alla della nel come più ha"
    " ma gli o se anche lo delle suo questo era io mi ci quando essere loro due molto signore fu",
    "la": "et in est non ad cum ut quod qui de ex sed per a si quae enim atque esse quam ab aut nec sunt"
    " autem etiam hoc eius sua anno die domini nobis vel",
    "lt": "ir į kad iš su yra buvo ne tai jis apie kaip bet o po savo už per dar iki jau tik jų bus jos"
    " būti kuris ar nuo",
    "lv": "un ir ar no uz par kas tas ka bija viņš lai nav pie bet pēc kā arī jau savu vai tā kad es mēs"
    " viņa būt tikai līdz",
    "nl": "de van het een en in is dat op te zijn met voor niet die aan er om ook als bij maar uit door"
    " over worden werd was heeft naar hij ze hebben had haar nog wel kan geen deze tot dan zich ik wij"
    " mijn u",
    "no": "og i det er på som en til for av at med ikke den de har om et jeg var han fra vi men så seg"
    " etter ble kan hun mot sine bare nå skal eller noe hvor også ved",
    "pl": "i w na z się nie do to że jest o jak za od po przez dla a ale był była było przy tak jego co są"
    " tym który która które już oraz ze czy tylko aby pan",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das"
    " tem à seu sua ou ser quando muito nos já está eu também só pelo pela até isso ela entre era"
    " senhor",
    "ro": "și de în la a cu pe nu din care o un ce mai că să este pentru sunt lui se ca fost dar sau prin"
    " fi au al ei îi după când fără noi",
    "sk": "a v na sa je že s z do o aj k ale ako za by pre som sú bol bola bolo ktoré ktorý jeho po tak vo"
    " sme keď alebo od pri zo byť",
    "sl": "in je v na se da so za z ne pa ki s po bil bila bi ga kot tudi od ni ali iz ter sem smo ko pri"
    " že biti samo lahko",
    "sq": "e të në dhe i një me për që nga u është se më do ka nuk si por ai kjo janë ky ishte kur kishte"
    " tij edhe duke",
    "sv": "och i att det som en på är av för med till den har de inte om ett var han men sig från jag vi så"
    " kan när efter vid eller hade ut under mot skall där också nu hon mycket blev",
    "sw": "na ya wa kwa ni katika za la kuwa yake hii cha kama huo wao lakini pia wake hiyo sana watu au si"
    " yeye alikuwa vya",
    "tr": "ve bir bu da de için ile çok olarak daha ne gibi ki kadar sonra olan en var ben o her mi değil"
    " ama ya oldu bana biz dedi hiç",
    # Cyrillic
    "bg": "и на да се в от за е с не че са по като но ще до при си това той беше към или който аз ни ги още"
    " бил след",
    "ru": "и в не на что я с он как это по но к из у за от то же так его для о мы вы бы был была было они"
    " все или когда ее только меня при если",
    "sr": "и у је се на да су за од са који а што из како али није био била бити сам смо само по као или"
    " његов било",
    "uk": "і в не на що з та як це до за від у але його для про ми він вона був була було або які який так"
    " при якщо коли мене тільки є й",
    # Arabic script
    "ar": "في من على إلى أن التي الذي هذا عن مع ما لا كان هذه كل أو ذلك بعد قد هو هي بين كما لم ولا وقد ثم"
    " عند",
    "fa": "و در به از که این را با است برای آن یک می خود تا بر هم نیز شد بود او اما ما هر شده اند ها دو",
    "ur": "کے میں کی ہے اور سے کا کو اس نے پر ہیں یہ کہ جو تھا بھی نہیں ہو ایک وہ تو گیا تھے ہم",
    # Devanagari
    "hi": "के में की है और से का को इस ने पर हैं यह कि जो था भी नहीं हो एक वह तो गया थे हम",
    "mr": "आणि आहे या व ते हे तो की होते त्या नाही मी केली आहेत एक होता झाले पण",
    "ne": "र को छ मा का पनि यो एक हो भने लागि गरेको थियो छन् तर हुन्छ",
}

# First and last code point of a script, and the language that nearly every text in it is in.
SCRIPTS: Final[tuple[tuple[int, int, str], ...]] = (
    (0x0370, 0x03FF, "el"),
    (0x1F00, 0x1FFF, "el"),
    (0x0531, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"),
    (0x0980, 0x09FF, "bn"),
    (0x0A00, 0x0A7F, "pa"),
    (0x0A80, 0x0AFF, "gu"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0C00, 0x0C7F, "te"),
    (0x0C80, 0x0CFF, "kn"),
    (0x0D00, 0x0D7F, "ml"),
    (0x0D80, 0x0DFF, "si"),
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x0F00, 0x0FFF, "bo"),
    (0x1000, 0x109F, "my"),
    (0x10A0, 0x10FF, "ka"),
    (0x1100, 0x11FF, "ko"),
    (0x1780, 0x17FF, "km"),
    (0x3040, 0x30FF, "ja"),
    (0x3400, 0x9FFF, "zh"),
    (0xAC00, 0xD7AF, "ko"),
    (0x20000, 0x2FA1F, "zh"),
)
