"""A guess at the language is right where it is given, and not given where nobody could tell."""

import pytest

from archive.core.descriptions.languages import LanguageState, judge
from archive.core.language_guess import guess_language
from archive.core.language_guess.words import LANGUAGES

SAID = {
    "en": "Dear Sir, we have received the parcel that you sent to us, and it was not broken at all.",
    "de": "Sehr geehrter Herr, wir haben das Paket, das Sie uns am Montag geschickt haben, nicht erhalten.",
    "fr": "Monsieur, nous avons reçu le colis que vous nous avez envoyé et il n'est pas dans un bon état.",
    "es": "Muy señor mío, hemos recibido el paquete que usted nos envió el lunes y no está en buen estado.",
    "it": "Egregio signore, abbiamo ricevuto il pacco che ci ha inviato e non è in buono stato.",
    "pt": "Senhor, recebemos o pacote que nos enviou e não está em bom estado para a entrega.",
    "nl": "Geachte heer, wij hebben het pakket dat u ons op maandag hebt gestuurd niet ontvangen, nu wel.",
    "pl": "Szanowny Panie, otrzymaliśmy paczkę, którą nam pan przysłał, i nie jest ona w dobrym"
    " stanie, a to że się tak stało jest dla nas przykre.",
    "ru": "Милостивый государь, мы получили посылку, которую вы нам прислали, и она не в порядке,"
    " но мы и не ждали, что это будет так.",
    "el": "Αξιότιμε κύριε, λάβαμε το δέμα που μας στείλατε τη Δευτέρα.",
    "he": "אדון נכבד, קיבלנו את החבילה ששלחת לנו ביום שני",
    "zh": "敬启者：星期一寄来的包裹已经收到，特此告知。谢谢您的来信和礼物。",
    "ja": "月曜日に送っていただいた小包を受け取りました。ありがとうございます。",
    "ko": "월요일에 보내주신 소포를 잘 받았습니다 감사합니다",
    "la": "In nomine domini amen, anno domini millesimo, quod est et non est ad nos per hoc et ex his sunt.",
}


@pytest.mark.parametrize("tag", SAID)
def test_a_sentence_is_told(tag: str) -> None:
    guess = guess_language(SAID[tag])
    assert guess is not None
    assert guess.tag == tag
    assert guess.basis.startswith("a guess from ")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Smith, Anna; Miller, Bert; Jones, Carl; Brown, Dora; Stone, Emil; Wood, Fritz; Field, Gerda",
        "1918 1919 1920 1921 1922 1923 1924 1925 1926 1927 1928 1929",
        "yes",
        "\ud800\udfff\0" * 100,
    ],
)
def test_what_nobody_could_tell_is_not_guessed(text: str) -> None:
    assert guess_language(text) is None


def test_every_tag_is_canonical() -> None:
    assert {tag for tag in LANGUAGES if judge(tag).state is not LanguageState.CANONICAL} == set()
