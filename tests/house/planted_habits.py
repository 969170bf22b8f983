"""Which bad habits must be found? Each stands in a house of a few lines, beside the same house put right."""

from tests.house import habits, scope
from tests.house.planted_imports import Planted
from tests.house.source import planted, planted_package

STATUS = 'from enum import StrEnum\nclass CarePlanStatus(StrEnum):\n    ACTIVE = "active"\n'
TASK = "class Task(Base):\n    pain_service_id: Mapped[UUID]\n"
ASK = "require(actor, Permission.SEE_RECORD)"

HABITS: list[Planted] = [
    (
        habits.imports_stand_at_the_top,
        planted(api__app="def f():\n    if True:\n        import os"),
        planted(api__app="import os\ndef f():\n    pass"),
        "api/app.py:3: imports stand at the top",
    ),
    (
        habits.imports_stand_at_the_top,
        planted(api__app="import importlib\nx = importlib.import_module('os')"),
        planted(api__app="import importlib\nx = importlib.metadata.version('os')"),
        "api/app.py:2: imports stand at the top",
    ),
    (
        habits.imports_stand_at_the_top,
        planted(api__app="from companion.lazy import lazy\ndef f():\n    return lazy('typst').compile"),
        planted(api__app="from companion.lazy import lazy\ntypst = lazy('typst')"),
        "api/app.py:3: what is lazy is named at the top",
    ),
    (
        habits.imports_are_absolute,
        planted(api__app="from . import config"),
        planted(api__app="from api import config"),
        "imports are absolute",
    ),
    (
        habits.imports_are_absolute,
        planted(api__app="from companion.models import *"),
        planted(api__app="from companion.models import Task"),
        "name what they take",
    ),
    (
        habits.every_file_says_what_it_answers,
        planted(api__app="import os"),
        planted(api__app='"""How is it put together?"""'),
        "begins with the question",
    ),
    (
        habits.files_are_short,
        planted(api__app="x = 1\n" * 301),
        planted(api__app="x = 1\n" * 300),
        "api/app.py:301: a file has at most 300 lines; this one has 301",
    ),
    (
        habits.files_are_named_by_a_noun,
        planted(nudges__utils=""),
        planted(nudges__planner=""),
        "named by the one noun",
    ),
    (
        habits.one_asks_the_time,
        planted(nudges__planner="from datetime import UTC, datetime as dt\nnow = dt.now(UTC)"),
        planted(companion__clock="from datetime import UTC, datetime as dt\nnow = dt.now(UTC)"),
        "nudges/planner.py:2: ask companion.clock",
    ),
    (
        habits.one_asks_the_time,
        planted(nudges__planner="import datetime\ntoday = datetime.date.today"),
        planted(nudges__planner="import datetime\nday = datetime.date.max"),
        "nudges/planner.py:2: ask companion.clock",
    ),
    (
        habits.one_asks_the_time,
        planted(nudges__planner="from time import time"),
        planted(nudges__planner="from datetime import time\nfrom time import sleep"),
        "ask companion.clock",
    ),
    (
        habits.one_asks_the_time,
        planted(nudges__planner="from sqlalchemy import func\nnow = func.now()"),
        planted(nudges__planner="from sqlalchemy import func\nall = func.count()"),
        "ask companion.clock",
    ),
    (
        habits.nobody_asks_the_environment,
        planted(api__settings__config="import os\nport = os.environ['PORT']"),
        planted(api__settings__config="import os\nid = os.getpid()"),
        "api/settings/config.py:2: the environment is read by api.settings.config",
    ),
    (
        habits.nobody_asks_the_environment,
        planted(nudges__worker="from os import getenv as ask"),
        planted(nudges__worker="from os import getpid as ask"),
        "the environment is read by api.settings.config",
    ),
    (
        habits.errors_are_named,
        planted(nudges__sending__outbox="try:\n    f()\nexcept (KeyError, Exception):\n    pass"),
        planted(nudges__sending__outbox="try:\n    f()\nexcept (KeyError, ValueError):\n    pass"),
        "nudges/sending/outbox.py:3: name the error",
    ),
    (
        habits.errors_are_named,
        planted(nudges__sending__outbox="try:\n    f()\nexcept:\n    pass"),
        planted(nudges__sending__outbox="try:\n    f()\nfinally:\n    pass"),
        "name the error",
    ),
    (
        habits.errors_are_named,
        planted(nudges__sending__outbox="with contextlib.suppress(Exception):\n    f()"),
        planted(nudges__sending__outbox="with contextlib.suppress(OSError):\n    f()"),
        "name the error",
    ),
    (
        habits.statuses_are_no_text,
        planted(companion__domain__care_plan=STATUS, api__v1__task="if plan.status == 'active':\n    pass"),
        planted(companion__domain__care_plan=STATUS, api__v1__task="if plan.status == 'another':\n    pass"),
        "api/v1/task.py:1: 'active' is a word of an enum",
    ),
    (
        habits.statuses_are_no_text,
        planted(companion__domain__care_plan=STATUS, api__v1__task="x = plan.status in ('active', other)"),
        planted(companion__domain__care_plan=STATUS, api__v1__task="x = plan.status in (P.ACTIVE, other)"),
        "'active' is a word of an enum",
    ),
    (
        habits.statuses_are_no_text,
        planted(companion__domain__care_plan=STATUS, api__v1__task="plan = Plan(status='active')"),
        planted(companion__domain__care_plan=STATUS, api__v1__task="plan = Plan(name='active')"),
        "'active' is a word of an enum",
    ),
    (
        habits.statuses_are_no_text,
        planted(companion__domain__care_plan=STATUS, api__v1__task="plan.status = 'active'"),
        planted(companion__domain__care_plan=STATUS, api__v1__task="plan.status = P.ACTIVE"),
        "'active' is a word of an enum",
    ),
    (
        habits.statuses_are_no_text,
        planted(companion__domain__care_plan=STATUS, api__v1__task="match s:\n    case 'active':\n        pass"),
        planted(companion__domain__care_plan=STATUS, api__v1__task="match s:\n    case P.ACTIVE:\n        pass"),
        "api/v1/task.py:2: 'active' is a word of an enum",
    ),
    (
        habits.the_api_holds_no_session,
        planted(api__v1__task="session.commit()"),
        planted(nudges__sending__outbox="session.commit()"),
        "the api neither commits nor queries: .commit(…)",
    ),
    (
        habits.nothing_knows_that_it_is_tested,
        planted(api__app="if app.config['TESTING']:\n    pass"),
        planted(api__app="if app.config['SIMULATED']:\n    pass"),
        "does not ask whether it is tested",
    ),
    (
        habits.rows_are_loaded_on_purpose,
        planted(companion__models__staff="roles = relationship()"),
        planted(companion__models__staff="roles = relationship(lazy='raise')"),
        'lazy="raise"',
    ),
    (
        scope.the_actor_comes_first,
        planted(companion__use_cases__task="def inbox(session, actor: Actor): pass"),
        planted(companion__use_cases__task="def inbox(actor: Actor, session): pass"),
        "task.inbox takes no actor first",
    ),
    (
        scope.the_actor_comes_first,
        planted(companion__use_cases__task="def inbox(): pass"),
        planted(companion__use_cases__task="def _inbox(): pass"),
        "task.inbox takes no actor first",
    ),
    (
        scope.permission_comes_first,
        planted(companion__use_cases__task=f"def inbox(actor: Actor):\n    x = 1\n    {ASK}"),
        planted(companion__use_cases__task=f'def inbox(actor: Actor):\n    """Who?"""\n    {ASK}'),
        "companion/use_cases/task.py:1: task.inbox does not begin with require",
    ),
    (
        scope.permission_comes_first,
        planted(companion__use_cases__task=f"def inbox(actor: Actor):\n    {ASK.replace('actor', 'system()')}"),
        planted(companion__use_cases__task=f"def inbox(actor: Actor):\n    {ASK}"),
        "task.inbox does not begin with require",
    ),
    (
        scope.who_writes_is_told_the_time,
        planted(companion__use_cases__task="def done(actor):\n    with transaction() as session:\n        pass"),
        planted(companion__use_cases__task="def done(actor, now):\n    with transaction() as session:\n        pass"),
        "task.done writes, so it is told `now`",
    ),
    (
        scope.queries_begin_in_scope,
        planted(companion__models__task=TASK, companion__use_cases__task="def f():\n    select(Task).where(x)"),
        planted(companion__models__task=TASK, companion__use_cases__task="def f():\n    scoped(Task, actor).where(x)"),
        "companion/use_cases/task.py:2: select(Task) does not begin with scoped",
    ),
    (
        scope.queries_begin_in_scope,
        planted(companion__models__task=TASK, companion__records__task="def f():\n    select(func.count(Task.id))"),
        planted(companion__models__task=TASK, nudges__receiving__inbound="def f():\n    select(func.count(Task.id))"),
        "select(Task) does not begin with scoped",
    ),
    (
        scope.queries_begin_in_scope,
        planted(companion__models__task=TASK, companion__use_cases__task="def f():\n    session.get(Task, task_id)"),
        planted(companion__models__task=TASK, companion__use_cases__task="def f():\n    session.get(Heartbeat, name)"),
        "get(Task) does not begin with scoped",
    ),
    (
        habits.package_files_are_empty,
        planted_package("companion.domain", '"""Rules."""\nfrom companion.domain.task import Desk'),
        planted_package(
            "companion.models", '"""Tables."""\nfrom companion.models.task import Task\n__all__ = ["Task"]'
        ),
        "companion/domain/__init__.py:2: an __init__ holds a docstring only",
    ),
    (
        habits.package_files_are_empty,
        planted_package("companion.models", '"""Tables."""\nfrom companion.db import Base'),
        planted_package("companion.domain", '"""Rules."""'),
        "an __init__ holds a docstring only",
    ),
    (
        habits.one_asks_the_time,
        planted(api__web__logs="import time\nnow = time.gmtime()"),
        planted(api__web__logs="import time\nthen = time.gmtime(record.created)"),
        "api/web/logs.py:2: ask companion.clock",
    ),
    (
        habits.errors_are_named,
        planted(api__server__serve="try:\n    f()\nexcept BaseException:\n    clear_up()"),
        planted(api__server__serve="try:\n    f()\nexcept BaseException:\n    clear_up()\n    raise"),
        "api/server/serve.py:3: name the error",
    ),
]
