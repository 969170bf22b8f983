"""What did a person type, once capitals, typography and invisible characters no longer matter?

Phones write "can’t", "CAN'T", "can?t" (a gateway's idea of a curly apostrophe) and "can t"; people paste bold
letters and full-width digits. Whatever looks for words or numbers in a text looks in this form.
"""

import re
import unicodedata

_APOSTROPHES = (
    "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}"
    "\N{GRAVE ACCENT}\N{ACUTE ACCENT}\N{PRIME}"
)
_NEW_LINES = "\r\v\f\N{NEXT LINE}\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"
_STRAIGHT = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_NEW_LINES, "\n"))
# Zero-width and direction marks, other controls, lone surrogates, and marks that sit on a letter or an emoji.
_INVISIBLE = frozenset({"Cf", "Cc", "Cs", "Mn", "Me"})
_SKIN_TONES = range(0x1F3FB, 0x1F400)

_APOSTROPHE = re.compile(r"'|(?<=[a-z])\?(?=(?:t|m|s|d|ll|re|ve)\b)")
_NOT_IN_A_WORD = re.compile(r"[\W_]+")
# "can t", "i m": a phone or a person put a space where the apostrophe was.
_LOST_APOSTROPHE = re.compile(r"(?<=n) (?=t\b)|(?<=\bi) (?=(?:m|d|ll|ve)\b)")


def fold(body: str) -> str:
    """`body` in small letters, straight apostrophes and hyphens, ASCII digits and no invisible character.

    Line breaks stay (as \\n), any other space is a plain one, accented letters stay. Any text is accepted.
    """
    return body.translate(_ASCII) if body.isascii() else _fold(body)


def _fold(body: str) -> str:
    small = unicodedata.normalize("NFKC", body.translate(_STRAIGHT)).casefold()
    return "".join(map(_fold_character, small))


def _fold_character(character: str) -> str:
    if character == "\n" or (character.isascii() and character.isprintable()):
        return character
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category in _INVISIBLE or ord(character) in _SKIN_TONES:
        return ""
    if category == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    return str(unicodedata.decimal(character)) if category == "Nd" else character


# Most texts are plain ASCII, in which each character is folded by itself: this way it takes a twentieth of the time.
_ASCII = {code: _fold(chr(code)) for code in range(128)}


def plain_words(body: str) -> str:
    """The words of `body`, folded, one space between them and nothing else: "I can't!" gives "i cant"."""
    spaced = _NOT_IN_A_WORD.sub(" ", _APOSTROPHE.sub("", fold(body)))
    return _LOST_APOSTROPHE.sub("", spaced).strip()
