"""A table of one byte for each letter is read in the encoding under which its words are words."""

import io

import pytest

from archive.formats.descriptions.csv_encoding import Encoding, detect

TEXTS = {
    "French": "Lettre \u00e0 Zo\u00e9\nCaf\u00e9 d\u2019\u00e9t\u00e9, na\u00efve \u0153uvre; don\u2019t",
    "German": "\u00dcber Gr\u00f6\u00dfe und Stra\u00dfe\nM\u00e4dchen",
    "Spanish": "El ni\u00f1o y la se\u00f1ora, \u00bfqu\u00e9 dijo?",
    "Swedish": "Brev fr\u00e5n \u00c5sa i G\u00f6teborg",
    "one word": "Caf\u00e9",
    "capitals": "M\u00dcLLER \u00c9COLE",
    "marks alone": "\u201cQuoted\u201d \u2013 dash\u2026 \u00a9 1999",
}


def told(data: bytes) -> Encoding:
    found = detect("m.csv", io.BytesIO(data))
    assert isinstance(found, Encoding)
    return found


def has_its_letters(encoding: str, language: str) -> bool:
    try:
        TEXTS[language].encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("encoding", "language"),
    [
        (encoding, language)
        for encoding in ("cp1252", "latin-1", "mac_roman", "cp850", "cp437")
        for language in TEXTS
        if has_its_letters(encoding, language)
    ],
)
def test_text_of_the_west_is_read_as_it_was_written(encoding: str, language: str) -> None:
    text = f"filename,title\na.txt,{TEXTS[language]}\n"
    data = text.encode(encoding)
    assert data.decode(told(data).name) == text


def test_polish_and_czech_are_told_from_the_west() -> None:
    for words in (
        "Za\u017c\u00f3\u0142\u0107 g\u0119\u015bl\u0105",
        "P\u0159\u00edli\u0161 \u017elu\u0165ou\u010dk\u00fd",
    ):
        data = f"filename,title\na.txt,{words}\n".encode("cp1250")
        assert data.decode(told(data).name).endswith(f"{words}\n")


def test_words_of_another_script_are_not_taken_for_letters_of_the_west() -> None:
    words = "Письмо к матери из деревни\nb.txt,Война и мир, том второй"
    data = f"filename,title\na.txt,{words}\n".encode("cp1251")
    assert data.decode(told(data).name).endswith(f"{words}\n")


def test_what_was_guessed_shows_a_word_so_that_a_person_can_judge() -> None:
    (finding,) = told("filename,title\na.txt,Z\u00fcrich\n".encode("mac_roman")).findings
    assert finding.code == "DESC-ENCODING-GUESSED"
    assert "Mac Roman" in finding.message
    assert "Z\u00fcrich" in finding.message
