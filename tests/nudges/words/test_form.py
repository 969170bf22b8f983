"""Does the lean transport write a form as the library does, whatever the words?"""

from urllib.parse import quote_plus

from hypothesis import given
from hypothesis import strategies as st

from nudges.providers.lean_transport import quoted


@given(words=st.text() | st.sampled_from(["", " ", "+44 7700", "a=b&c", "£5 ’ 😀", "100%", "~._-"]))
def test_every_word_is_quoted_as_the_library_quotes_it(words: str) -> None:
    assert quoted(words) == quote_plus(words)


def test_a_number_is_quoted_as_its_figures() -> None:
    assert quoted(14_400) == "14400"
