"""What is asked for of a letter."""

from marshmallow import EXCLUDE, Schema

from api.schemas.field import Choice
from companion.domain.plan_words import Reader


class LetterQuery(Schema):
    """To whom it goes. What else stands in the query string is left alone."""

    class Meta:
        unknown = EXCLUDE

    reader = Choice(Reader, load_default=Reader.PATIENT)
