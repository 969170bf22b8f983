"""How does a plan come to begin with a template?"""

from companion.domain.care_plan import Content
from companion.domain.plan_template import FLARE_LINES, Decided, Decision, Start, TemplateStatus, lines
from companion.use_cases import plan_template
from tests.support.world import World


def start(world: World, own: Content) -> Start:
    """With what the product ships, once Ben has approved it and taken it into use; all is the plan's own."""
    ben, now = world.people.ben, world.now
    shipped = plan_template.listed(ben, None, 0, 1).items[0]
    plan_template.approve(ben, shipped.template.id, 1, now)
    plan_template.move(ben, shipped.template.id, 2, TemplateStatus.ACTIVE, now)
    changed = {line for line, name in FLARE_LINES.items() if getattr(own, name)}
    said = {line: Decision.CHANGED if line in changed else Decision.LEFT_OUT for line in lines(shipped.said)}
    return Start(shipped.template.id, 1, tuple(Decided(line, decision) for line, decision in said.items()))
