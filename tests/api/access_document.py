"""How is the matrix told to people? `python -m tests.api.access_document` writes docs/security/access.md."""

from collections.abc import Iterator
from pathlib import Path

from tests.api.matrix import TABLE
from tests.api.rule import HEADINGS, Asker, Rule, Whose

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "security" / "access.md"
INTRODUCTION = """# Who may do what

Made from the one table in [tests/api/matrix.py](../../tests/api/matrix.py) by `python -m tests.api.access_document`.
A test walks every line of it, as every asker and every combination of roles, about everybody's record, on SQLite and
PostgreSQL, and fails if one answer differs, if an address is missing here, or if this page differs from the table.

`yes` is let in. 401: sign in first. 403: the role does not allow it. 404: there is no such thing, said in the same
words of whatever lies in another pain service, so that nobody learns that it exists. Where it matters whose record is
asked about, a cell has three words: {whose}.
Whoever holds several roles may do what any one of them may. A patient's token opens what is under `/v1/me` and nothing
else, and a token of staff opens nothing there.

**Access to one record.** Two ways lead past that, and both to one record, to read, for a time. In an emergency any
member of staff *breaks the glass* for a patient of their own pain service: they say why, and have an hour. A clinician
*asks a partner*, a clinician of another pain service, for a second opinion: 14 days unless they say otherwise, 90 at
most. Who was let in names the access in the header `Access-Grant`, and then it alone counts, whatever their roles are.
Breaking the glass puts an urgent task into the inbox and a loud line into the log; both stand in the audit trail of the
patient's pain service and in the list of accesses, end by themselves, and can be ended before.

Besides what stands here, no answer holds a word of anybody whose record the asker may not see, and what is refused
leaves nothing changed: the same walk looks for both.
"""


def written() -> str:
    """The whole page."""
    whose = " · ".join(each.value for each in Whose)
    return "\n".join([INTRODUCTION.format(whose=whose), *_rules(), "", *_addresses(), ""])


def _rules() -> Iterator[str]:
    yield "## The rules"
    yield ""
    yield f"| rule | {' | '.join(HEADINGS[asker] for asker in Asker)} |"
    yield f"|---|{'---|' * len(Asker)}"
    for rule in dict.fromkeys(line.rule for line in TABLE):
        yield f"| {rule.words} | {' | '.join(_cell(rule, asker) for asker in Asker)} |"


def _cell(rule: Rule, asker: Asker) -> str:
    words = [rule.cell(asker, whose) for whose in Whose]
    return words[0] if len(set(words)) == 1 else " · ".join(words)


def _addresses() -> Iterator[str]:
    yield "## The addresses"
    yield ""
    yield "| address | rule |"
    yield "|---|---|"
    for line in TABLE:
        yield f"| `{line.address}` | {line.rule.words} |"


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(written(), encoding="utf-8")
