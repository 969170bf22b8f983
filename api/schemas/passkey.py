"""Shapes of passkeys, as forms send them."""

from api.schemas.field import Exact, Line, Strict
from companion.domain.passkey import LONGEST_NAME

# A passkey's longest name for itself and a public key of RSA take 4,000 letters between them.
LONGEST_ANSWER = 16_000


class AnswerSchema(Strict):
    """What came of asking a browser for a passkey: JSON, as browsers write it."""

    answer = Exact(LONGEST_ANSWER, required=True, load_only=True)


class NameSchema(Strict):
    """By what name its owner knows a passkey again."""

    name = Line(LONGEST_NAME, required=True)


class NewSchema(AnswerSchema, NameSchema):
    """Both."""
