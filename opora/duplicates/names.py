"""A name as its duplicates have it: alike in both scripts, with doubled or swapped letters, in any order of words."""

import re

from opora.kit.text import fold, words

LEGAL_FORMS = frozenset(
    words("ооо зао оао пао ао нко ип чп тоо муп гуп фгуп гк oo mchj mchzh aj ok xk yatt llc ltd inc gmbh co")
)
"""Legal forms of firms in Russian, Uzbek and English: they say nothing of who it is."""
SHORTEST = 4
"""Names of fewer letters mean too many different people."""
_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "j", "з": "z", "и": "i", "й": "i", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h",
    "ц": "c", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "ў": "o", "қ": "k", "ғ": "g", "ҳ": "h",
}  # fmt: skip
_SAME_SOUND = (
    ("shch", "sh"), ("zh", "j"), ("kh", "h"), ("ts", "c"), ("ph", "f"), ("x", "h"), ("q", "k"), ("w", "v"),
    ("y", "i"),
)  # fmt: skip
_APOSTROPHES = dict.fromkeys(map(ord, "ʻʼ'’‘`"))
_DOUBLED = re.compile(r"(.)\1+")


def key_of(name: str) -> str:
    """The key of a name, or an empty text when it is too short to mean anybody.

    Each word becomes its Latin sounds without doubled letters, the letters of a word and the words of a name are put
    in order: «Юсупов Дилшод», "Dilshod Yusupov" and «Дилшод Юусупво» are one.
    """
    spoken = words(fold(name).translate(_APOSTROPHES))
    named = [word for word in spoken if word not in LEGAL_FORMS and any(c.isalpha() for c in word)]
    parts = [_letters(word) for word in named]
    found = sorted(part for part in parts if part)
    return " ".join(found)[:200] if sum(map(len, found)) >= SHORTEST else ""


def _letters(word: str) -> str:
    latin = "".join(_LATIN.get(letter, letter) for letter in word)
    for written, sound in _SAME_SOUND:
        latin = latin.replace(written, sound)
    return "".join(sorted(_DOUBLED.sub(r"\1", latin)))
