"""How is a code written, by whoever types it?"""

# Without what is taken for something else on paper: I, L, O, U (Crockford's base 32).
RECOVERY_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECOVERY_CODES = 10
# 50 bits: guessing one of ten takes longer than anybody is let.
_GROUP, _GROUPS = 5, 2
RECOVERY_LENGTH = _GROUP * _GROUPS
_TAKEN_FOR = str.maketrans("ILO", "110")


def normal_totp(code: str) -> str:
    """The digits of an app's code, without the spaces that apps show between them."""
    return "".join(code.split())


def normal_recovery(code: str) -> str:
    """A recovery code without spaces and hyphens, whichever way it was typed."""
    return "".join(code.replace("-", " ").split()).upper().translate(_TAKEN_FOR)


def written_recovery(characters: str) -> str:
    """A recovery code as it is shown: 'ABCDE-12345'."""
    return "-".join(characters[start : start + _GROUP] for start in range(0, RECOVERY_LENGTH, _GROUP))
