"""Text as it is stored, compared and searched: the same rules on both databases."""

import re
import unicodedata

from django.utils.translation import ngettext

from opora.kit.errors import Invalid

_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_WORDS = re.compile(r"\w+", re.UNICODE)


def fold(text: object) -> str:
    """The key two texts are compared by: NFC, no case, ё as е, white space collapsed.

    SQLite folds no Cyrillic, so folding happens here, for writing and for asking alike.
    """
    normal = unicodedata.normalize("NFC", str(text)).replace("\x00", "")
    return _SPACES.sub(" ", normal.casefold().replace("ё", "е")).strip()


def clean(text: str, limit: int, *, field: str = "text", lines: bool = False) -> str:
    """The text to store (R7.12): NUL removed, NFC, trimmed, nothing cut silently.

    `lines` keeps line breaks; otherwise they become spaces. Raises `Invalid` naming `field` above `limit` characters.
    """
    normal = unicodedata.normalize("NFC", text).replace("\x00", "").replace("\r\n", "\n").strip()
    if not lines:
        normal = re.sub(r"[\r\n\t]+", " ", normal)
    if len(normal) > limit:
        raise Invalid(
            {field: ngettext("At most %(n)d character.", "At most %(n)d characters.", limit) % {"n": limit}}
        )
    return normal


def is_blank(text: object) -> bool:
    """Whether nothing a person could see is in it (R5.02): white space and zero-width characters are nothing."""
    return not _INVISIBLE.sub("", str(text)).strip()


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORDS.findall(fold(text))


def digits(text: str) -> str:
    """Only the ASCII digits of a text."""
    return "".join(c for c in text if c in "0123456789")


_LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>"
_CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбюЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)


def other_layout(text: str) -> str:
    """The same keys typed on the other keyboard layout: «ghbdtn» gives «привет» and the other way round."""
    has_cyrillic = any("а" <= c <= "я" or c == "ё" for c in text.casefold())
    return text.translate(_TO_LATIN if has_cyrillic else _TO_CYRILLIC)
