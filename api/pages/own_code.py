"""Patient sign-in in a browser, with a code by text and a second fact."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import house
from api.pages.own_page import NOTHING, fact
from api.schemas.patient_sign_in import code_typed, mobile_typed
from api.web import patient_cookie
from companion.domain.refusal import NotSignedInError, TooManyError
from companion.domain.second_fact import Fact
from companion.use_cases import code

door = Blueprint("own-code-door", __name__)

ON_ITS_WAY = (
    "If that number is registered with a pain service, we have sent it a text with a code. The code lasts 5 minutes."
)
NO_NUMBER = "Enter a UK mobile number, like 07700 900123."
NO_CODE = "Enter the 6-digit code from the text, like 123456."

Answer = str | Response | tuple[str, int]


@door.get("/own/sign-in")
def begin() -> str:
    """Ask for the number."""
    return render_template("own_page/sign_in.html", nhs_login=house.nhs_login() is not None)


@door.post("/own/sign-in")
def ask() -> Answer:
    """Have a code texted. What is answered is the same whether or not the number is known."""
    mobile = mobile_typed(request.form.get("mobile", ""))
    if mobile is None:
        return _ask_again(NO_NUMBER, 422)
    try:
        code.ask(mobile, _address(), house.now())
    except TooManyError as refusal:
        return _ask_again(refusal.words, 429)
    return render_template("own_page/code.html", mobile=mobile, words=ON_ITS_WAY)


@door.post("/own/sign-in/code")
def use() -> Answer:
    """Let them in, if number, code and fact belong together."""
    mobile, typed, known = (
        mobile_typed(request.form.get("mobile", "")),
        code_typed(request.form.get("code", "")),
        fact(),
    )
    if mobile is None:
        return _ask_again(NO_NUMBER, 422)
    if typed is None or known == Fact():
        return _again(mobile, NO_CODE if typed is None else NOTHING, 422)
    try:
        secret = code.use_on_page(mobile, typed, known, _address(), house.now())
    except NotSignedInError as refusal:
        return _again(mobile, refusal.words, 401)
    except TooManyError as refusal:
        return _again(mobile, refusal.words, 429)
    return patient_cookie.put(redirect(url_for("own-page.show"), 303), secret)


def _ask_again(fault: str, status: int) -> tuple[str, int]:
    return render_template("own_page/sign_in.html", fault=fault, nhs_login=house.nhs_login() is not None), status


def _again(mobile: str, fault: str, status: int) -> tuple[str, int]:
    return render_template("own_page/code.html", mobile=mobile, fault=fault), status


def _address() -> str:
    return request.remote_addr or "unknown"
