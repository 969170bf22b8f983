"""Is this an NHS number, is this a mobile we may text, and how is each written down?"""

import re

from nhs_number.standardise import standardise_format
from nhs_number.validate import is_valid

from companion.lazy import lazy

phonenumbers = lazy("phonenumbers")

# England, Wales, Scotland and Northern Ireland, and the three islands whose mobiles share +44.
UK_REGIONS = ("GB", "GG", "JE", "IM")
# Numbers Ofcom keeps for drama: not "valid" to phonenumbers, and all that demonstrations may use.
DRAMA_RANGE = range(447700900000, 447700901000)

_BRITISH_MOBILE = re.compile(r"\+447[0-9]{9}")


class IdentifierError(ValueError):
    """The text is not the identifier it should be; the message says why and never repeats it."""


def nhs_number(text: str) -> str:
    """The ten digits of an NHS number written in any usual way, spaces and hyphens included.

    The check digit is modulus 11 (NHS Data Dictionary).

    Raises:
        IdentifierError: not ten digits, or the check digit is wrong.
    """
    digits = standardise_format(text)
    # Other scripts have digits too; one number written in two of them would be two patients.
    if not digits or not digits.isascii() or not is_valid(digits):
        raise IdentifierError("Enter a valid NHS number, which has 10 digits.")
    return digits


def mobile(text: str) -> str:
    """A mobile number in E.164. Numbers without a country code are read as United Kingdom ones.

    Raises:
        IdentifierError: not a number, not a mobile, or of a country the pain service does not text.
    """
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException as error:
        raise IdentifierError("Enter a phone number, like 07700 900123.") from error
    written: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.extension:
        raise IdentifierError("Leave out the extension: a mobile number has none.")
    if int(written[1:]) in DRAMA_RANGE:
        return written
    if phonenumbers.region_code_for_number(number) not in UK_REGIONS:
        raise IdentifierError("Enter a UK mobile number, like 07700 900123. Texts cannot go to other countries.")
    if phonenumbers.number_type(number) is not phonenumbers.PhoneNumberType.MOBILE:
        raise IdentifierError("Enter a mobile number, like 07700 900123. This number cannot receive texts.")
    return written


def sender(text: str) -> str:
    """Any sender as the provider writes it: E.164 where it is a number, otherwise as it stands.

    Inbound texts may come from anywhere: a short code, a name, an overseas number. None is refused.
    """
    if _BRITISH_MOBILE.fullmatch(text):
        return text  # what nearly every text has, and reading it costs more than all else that is done with it
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return text.strip()
    # A short code is "possible" too, within its own country: it has no E.164 form.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return text.strip()
    written: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # Odd numbers lose a zero each time they are read; what is not the same when it is read again is left as it came.
    again = phonenumbers.format_number(phonenumbers.parse(written), phonenumbers.PhoneNumberFormat.E164)
    return written if again == written else text.strip()
