"""Language tags: the three states, and the registry that ships with langcodes as the measure."""

import re
import subprocess
import sys
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.descriptions.language_names import TAG_OF_NAME
from archive.core.descriptions.languages import _COMMON, LanguageState, judge, several

MALFORMED, WELL_FORMED = LanguageState.MALFORMED, LanguageState.WELL_FORMED
VALID, CANONICAL = LanguageState.VALID, LanguageState.CANONICAL

JUDGEMENTS = [
    # tag, state, canonical, suggestion
    ("en", CANONICAL, "en", None),
    ("en-US", CANONICAL, "en-US", None),
    ("zh-Hant-TW", CANONICAL, "zh-Hant-TW", None),
    ("de-1901", CANONICAL, "de-1901", None),
    ("es-419", CANONICAL, "es-419", None),
    ("ja-Latn-hepburn", CANONICAL, "ja-Latn-hepburn", None),
    ("sl-rozaj", CANONICAL, "sl-rozaj", None),
    ("en-u-co-phonebk", CANONICAL, "en-u-co-phonebk", None),
    ("grc", CANONICAL, "grc", None),
    ("x-family-slang", CANONICAL, "x-family-slang", None),
    ("qaa", CANONICAL, "qaa", None),
    ("i-default", CANONICAL, "i-default", None),
    ("tl", CANONICAL, "tl", None),
    ("cnr-Cyrl", CANONICAL, "cnr-Cyrl", None),
    ("ru-SU", CANONICAL, "ru-SU", None),
    ("sr-Latn-YU", CANONICAL, "sr-Latn-YU", None),
    ("EN", VALID, "en", "en"),
    ("en-us", VALID, "en-US", "en-US"),
    ("eng", VALID, "en", "en"),
    ("fre", VALID, "fr", "fr"),
    ("ger", VALID, "de", "de"),
    ("iw", VALID, "he", "he"),
    ("en-Latn", VALID, "en", "en"),
    ("en-GB-oed", VALID, "en-GB-oxendict", "en-GB-oxendict"),
    ("i-klingon", VALID, "tlh", "tlh"),
    ("zh-yue", VALID, "yue", "yue"),
    ("zh-cmn-Hans", VALID, "cmn-Hans", "cmn-Hans"),
    ("de-dd", VALID, "de-DE", "de-DE"),
    ("TL-ph", VALID, "tl-PH", "tl-PH"),
    ("xx", WELL_FORMED, None, None),
    ("English", WELL_FORMED, None, "en"),
    ("Spanish", WELL_FORMED, None, "es"),
    ("english", WELL_FORMED, None, "en"),
    ("root", WELL_FORMED, None, None),
    ("abcd", WELL_FORMED, None, None),
    ("en-UK", WELL_FORMED, None, "en-GB"),
    ("en-999", WELL_FORMED, None, None),
    ("en-yue", WELL_FORMED, None, None),
    ("zh-cmn-yue", WELL_FORMED, None, None),
    ("de-1901-1901", WELL_FORMED, None, None),
    ("en-u-co-phonebk-u-ca-buddhist", WELL_FORMED, None, None),
    ("en-Qqqq", WELL_FORMED, None, None),
    ("en-abcde", WELL_FORMED, None, None),
    ("en_US", MALFORMED, None, "en-US"),
    ("en_uk", MALFORMED, None, "en-GB"),
    (" en ", MALFORMED, None, "en"),
    ("eng_US", MALFORMED, None, "en-US"),
    ("Portuguese", MALFORMED, None, "pt"),
    ("Français", MALFORMED, None, "fr"),
    ("en-", MALFORMED, None, "en"),
    ("en\n", MALFORMED, None, "en"),
    ("", MALFORMED, None, None),
    ("e", MALFORMED, None, None),
    ("en-US-US", MALFORMED, None, None),
    ("en-a", MALFORMED, None, None),
    ("en-x", MALFORMED, None, None),
    ("en; fr", MALFORMED, None, None),
    ("english-french", WELL_FORMED, None, None),
    ("abcdefghi", MALFORMED, None, None),
    ("١٢", MALFORMED, None, None),
    ("\u212ao", MALFORMED, None, None),  # the Kelvin sign, k when lowered
    ("a" * 100_000, MALFORMED, None, None),
    ("en" + "-abcde" * 100_000, MALFORMED, None, None),
]


@pytest.mark.parametrize(
    ("tag", "state", "canonical", "suggestion"), JUDGEMENTS, ids=lambda value: str(value)[:20]
)
def test_tag_is_judged(tag: str, state: LanguageState, canonical: str | None, suggestion: str | None) -> None:
    judged = judge(tag)
    assert (judged.original, judged.state, judged.canonical, judged.suggestion) == (
        tag,
        state,
        canonical,
        suggestion,
    )


@given(st.one_of(st.text(max_size=40), st.text("abenuxzhAN019-_ ", max_size=30)))
def test_any_text_is_judged_and_what_comes_out_is_canonical(tag: str) -> None:
    judged = judge(tag)
    for result in (judged.canonical, judged.suggestion):
        if result is not None:
            assert judge(result).state is CANONICAL
    assert (judged.canonical is not None) is (judged.state in (VALID, CANONICAL))
    assert judged.suggestion is None or judged.suggestion != tag


def _registry() -> list[dict[str, str]]:
    file = resources.files("langcodes") / "data" / "language-subtag-registry.txt"
    records = []
    for block in file.read_text(encoding="utf-8").split("%%"):
        lines = re.sub(r"\n\s+", " ", block).strip().splitlines()
        records.append(dict(reversed([line.partition(": ")[::2] for line in lines])))
    return records


def test_every_two_letter_language_of_the_registry_gets_its_registered_form() -> None:
    languages = [record for record in _registry() if record.get("Type") == "language"]
    two_letters = {
        r["Subtag"]: r.get("Preferred-Value", r["Subtag"]) for r in languages if len(r["Subtag"]) == 2
    }
    assert len(two_letters) > 180
    assert {tag: judge(tag).canonical for tag in two_letters} == two_letters


def test_every_region_of_the_registry_gets_its_registered_form() -> None:
    regions = [r for r in _registry() if r.get("Type") == "region" and ".." not in r["Subtag"]]
    wanted = {f"mul-{r['Subtag']}": f"mul-{r.get('Preferred-Value', r['Subtag'])}" for r in regions}
    assert len(wanted) > 280
    assert {tag: judge(tag).canonical for tag in wanted} == wanted


def test_every_extended_language_of_the_registry_stands_alone() -> None:
    extended = [r for r in _registry() if r.get("Type") == "extlang"]
    wanted = {f"{r['Prefix']}-{r['Subtag']}": r["Preferred-Value"] for r in extended}
    assert len(wanted) > 200
    assert {tag: judge(tag).canonical for tag in wanted} == wanted


def test_grandfathered_tags_without_a_preferred_value_stay() -> None:
    records = [r for r in _registry() if r.get("Type") == "grandfathered"]
    wanted = {r["Tag"]: r.get("Preferred-Value", r["Tag"]) for r in records}
    assert {tag: judge(tag).canonical for tag in wanted} == wanted


def test_common_tags_are_what_langcodes_says_too() -> None:
    langcodes = pytest.importorskip("langcodes")
    assert all(langcodes.tag_is_valid(tag) and langcodes.standardize_tag(tag) == tag for tag in _COMMON)


def test_common_tag_is_judged_without_importing_langcodes() -> None:
    code = "import sys; from archive.core.descriptions import languages; languages.judge('en')"
    code += "; sys.exit('langcodes' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("Undetermined", "und"),
        ("Welsh", "cy"),
        ("Nederlands", "nl"),
        ("English, Middle", "enm"),
        ("multiple languages", "mul"),
        ("\ud55c\uad6d\uc5b4", "ko"),
        ("\u0420\u0443\u0441\u0441\u043a\u0438\u0439", "ru"),
    ],
)
def test_name_of_a_language_suggests_its_tag(name: str, tag: str) -> None:
    assert judge(name).suggestion == tag


def test_every_tag_of_a_name_is_canonical() -> None:
    assert {tag for tag in TAG_OF_NAME.values() if judge(tag).canonical != tag} == set()


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("lat; eng", ("la", "en")),
        ("English and French", ("en", "fr")),
        ("eng|fre", ("en", "fr")),
        ("English", ()),
        ("English; gibberish", ()),
        ("", ()),
    ],
)
def test_several_languages_in_one_text_are_told_apart(text: str, tags: tuple[str, ...]) -> None:
    assert several(text) == tags
