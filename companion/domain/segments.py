"""What does a text cost on the air, and how is it kept from costing double?

A text of GSM-7 characters goes in one part of 160 or in parts of 153; any other character moves the whole
text to UCS-2, one part of 70 or parts of 67 (GSM 03.38 and 03.40).
"""

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("^{}\\[]~|€")

# What phones and word processors put in by themselves. One of these would halve the room in every part.
_FOLDED = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u02bc`\u00b4",
    '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022",
    "...": "\u2026",
    " ": "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    "": "\u00ad\u200b\u2060\ufeff",
}
_TO_GSM7 = {ord(character): plain for plain, characters in _FOLDED.items() for character in characters}
# All but these of ASCII's characters stay as they are.
_FOLDED_ASCII = [chr(number) for number in _TO_GSM7 if number < 0x80]


def fold_to_gsm7(text: str) -> str:
    """`text` with typographic quotes, dashes, ellipses and spaces in their GSM-7 form.

    Letters (Welsh ŵ and ŷ among them) and emoji stay as they are although they cost: they say something.
    """
    if text.isascii() and not any(character in text for character in _FOLDED_ASCII):
        return text
    return unicodedata.normalize("NFC", text).translate(_TO_GSM7)


def is_gsm7(text: str) -> bool:
    """Can all of `text` be sent in the GSM-7 alphabet and its extension table?"""
    return all(character in _BASIC or character in _EXTENSION for character in text)


def segments(text: str) -> int:
    """The number of parts in which `text` goes out and is paid for; 0 for an empty text."""
    if not text:
        return 0
    if is_gsm7(text):
        return _parts([2 if character in _EXTENSION else 1 for character in text], alone=160, joined=153)
    return _parts([2 if ord(character) > 0xFFFF else 1 for character in text], alone=70, joined=67)


def _parts(widths: list[int], *, alone: int, joined: int) -> int:
    if sum(widths) <= alone:
        return 1
    parts, room = 1, joined
    for width in widths:
        # An escape and its character, or the two halves of an emoji, do not part company.
        if width > room:
            parts, room = parts + 1, joined
        room -= width
    return parts
