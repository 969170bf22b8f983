"""How does a command say no? In plain sentences, without a traceback, and with the exit code 1."""

from typing import Any

import click
from sqlalchemy.exc import OperationalError

from api.server.migration import why
from companion.domain.refusal import InvalidError, RefusalError


class Command(click.Command):
    """A command whose refusals, and whose database's, are told and not thrown at the operator."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it.

        Raises:
            ClickException: the product or its database said no.
        """
        try:
            return super().invoke(ctx)
        except InvalidError as refusal:
            faults = [f"{fault.field}: {fault.words}" for fault in refusal.faults]
            raise click.ClickException("\n".join(faults)) from refusal
        except RefusalError as refusal:
            raise click.ClickException(refusal.words) from refusal
        except OperationalError as error:
            raise click.ClickException(why(error)) from error
