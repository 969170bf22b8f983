"""Which ways out must be found? Each stands in a house of a few lines, beside the same house put right."""

from tests.house import outward
from tests.house.planted_imports import Planted
from tests.house.source import planted

OUTWARD: list[Planted] = [
    (
        outward.only_callers_reach_out,
        planted(companion__use_cases__patient="from urllib.request import urlopen"),
        planted(companion__use_cases__patient="from urllib.parse import urlsplit"),
        "companion.use_cases.patient could reach out of the house by urllib.request",
    ),
    (
        outward.only_callers_reach_out,
        planted(api__pages__home="from http import HTTPStatus, client"),
        planted(api__pages__home="from http import HTTPStatus"),
        "api.pages.home could reach out of the house by http.client",
    ),
    (
        outward.callers_see_no_rows,
        planted(nudges__providers__transport="from companion.models import Patient"),
        planted(nudges__providers__transport="from companion.domain.message import MessageStatus"),
        "nudges.providers.transport calls outside and must not see rows",
    ),
    (
        outward.callers_are_made_of_settings,
        planted(nudges__sending__outbox="gateway = TwilioGateway(row.sid, row.token, row.service, row.url)"),
        planted(api__app="gateway = TwilioGateway(twilio.sid, twilio.token, twilio.service, twilio.url)"),
        "TwilioGateway is made in api.app",
    ),
    (
        outward.redirects_stay_here,
        planted(api__pages__home="def f():\n    return redirect(request.args['next'])"),
        planted(api__pages__home="def f():\n    return redirect(redirection.own(request.args.get('next'), '/'))"),
        "api/pages/home.py:2: redirect to url_for(…)",
    ),
    (
        outward.redirects_stay_here,
        planted(api__pages__home="def f():\n    return flask.redirect(f'/x/{name}')"),
        planted(api__pages__home="def f():\n    return flask.redirect(url_for('home.show'), 303)"),
        "or to redirection.own(…)",
    ),
]
