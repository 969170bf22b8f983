"""Password hashing, and how hard a password is to guess. The only adapter of argon2 and zxcvbn."""

from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from companion.lazy import lazy

guessing = lazy("zxcvbn")

# OWASP's second profile: 19 MiB, two passes. About 66 ms on a small machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Checked when nobody has the e-mail address, so that a wrong address takes as long as a wrong password.
# Of the words "nobody has this password"; written out, because making it takes as long as a start is given for all.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$VqIfT0a/UFNLKte23tYIjg$/rLXCVJSSNqHVRCuYefWGy9T7SOVyy8BZ9Sn6QObUG8"
SHORTEST = 12
# How we are called, as everybody knows who signs in here.
_OURS = ("ihelp", "companion", "pain", "service")
# How many letters and digits must stand beside what is known of somebody, and what is long enough to be known by.
_OF_ITS_OWN = 8
_SHORTEST_WORD = 3
# How many guesses zxcvbn thinks it takes, from 0 to 4; 3 is more than a hundred million.
_HARD_ENOUGH = 3
# Of a longer one it looks at the beginning: its time grows with the square.
LOOKED_AT = 72


def hashed(password: str) -> str:
    """The argon2id hash to store; salt and costs are in it."""
    return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one's. `stored` None or empty costs the same time and is never right."""
    try:
        _HASHER.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def weakness(password: str, known: Iterable[str]) -> str | None:
    """What is wrong with it as a password, in plain words, or None.

    Length, and how soon it is guessed by whoever has the lists of the commonest passwords, words and names, and knows
    `known`: the person's name and address, what we are called. No rules of composition (NCSC, NIST SP 800-63B).
    """
    if len(password) < SHORTEST:
        return f"A password has at least {SHORTEST} characters."
    words = [*_OURS, *(part for each in known for part in _parts(each))]
    guessed = guessing.zxcvbn(password[:LOOKED_AT], user_inputs=words)["score"] < _HARD_ENOUGH
    if guessed or len(_without(password, words)) < _OF_ITS_OWN:
        return "It is among the first that are guessed. Three or four words that have nothing to do with each other do."
    return None


def _without(password: str, words: Iterable[str]) -> str:
    """The letters and digits that are left without these words: of a name said four times, nothing."""
    rest = password.lower()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, " ") if len(word) >= _SHORTEST_WORD else rest
    return "".join(char for char in rest if char.isalnum())


def _parts(words: str) -> list[str]:
    lower = words.lower()
    return [part for part in (lower, *lower.replace("@", " ").replace(".", " ").split()) if part]
