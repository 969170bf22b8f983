"""Where may a browser be sent on to? To our own pages, whatever an address or a form asks for."""

import re

# What RFC 3986 lets stand in a path, a query and a fragment: no backslash, which browsers read as a slash, no space,
# no control character, nothing that is not ASCII.
_OWN = re.compile(r"/(?!/)[A-Za-z0-9\-._~!$&'()*+,;=:@%/?#]*")
LONGEST = 2_000


def own(wanted: str | None, otherwise: str) -> str:
    """The page that a `next` asks for if it is one of ours, else the one named by `otherwise`.

    wanted: whatever came with the request. Only a path from the root of this very host counts: no scheme, no host.
    """
    fine = wanted is not None and len(wanted) <= LONGEST and _OWN.fullmatch(wanted)
    return wanted if wanted is not None and fine else otherwise
