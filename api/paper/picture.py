"""QR codes for authenticator apps. The only adapter of segno."""

from markupsafe import Markup

from companion.lazy import lazy

segno = lazy("segno")


def qr(address: str) -> Markup:
    """The address as a QR code, to stand in a page: no style of its own, which our policy would not let it have."""
    made = segno.make(address, error="m", micro=False)
    svg = made.svg_inline(scale=4, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=False)
    # It is made of squares: none of the address's characters stand in it.
    return Markup(svg)  # noqa: S704
