"""Can an address make us send somebody to another site?"""

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.redirection import LONGEST, own

HERE = "https://pain.example.nhs.uk"
HOME = "/home"


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "home",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "https://evil.example",
        "https:evil.example",
        "HTTPS:/evil.example",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "/home\r\nLocation: https://evil.example",
        "/home\x00",
        "/home\u2028",
        "/hom\u00e9",
        "/" + "x" * LONGEST,
        "@evil.example",
        ":443/x",
    ],
)
def test_nothing_but_a_page_of_ours_counts(wanted: str | None) -> None:
    assert own(wanted, HOME) == HOME


@pytest.mark.parametrize(
    "wanted",
    ["/", "/home?page=2#top", "/a/b-c_d~e", "/%0d%0aLocation:%20x", "/x//evil.example", "/sign-in?next=https://x"],
)
def test_a_page_of_ours_is_gone_to(wanted: str) -> None:
    assert own(wanted, HOME) == wanted
    assert urljoin(f"{HERE}/sign-in", wanted).startswith(f"{HERE}/")


@given(st.text(alphabet="/\\:@.?#%ehtps \t\r\n\x00\u2028", max_size=12))
def test_whatever_is_asked_for_the_browser_stays_here(wanted: str) -> None:
    # As a browser reads it: tabs and line breaks fall away, and a backslash is a slash.
    read = "".join(each for each in own(wanted, HOME) if each not in "\t\r\n").replace("\\", "/")
    assert urljoin(f"{HERE}/sign-in", read).startswith(f"{HERE}/")
