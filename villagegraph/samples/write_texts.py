"""Text messages as SMS Backup & Restore writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from villagegraph.samples.model import Plan, Text


def sms_xml(plan: Plan) -> str:
    """Return the backup, a line a message."""
    lines = [_line(plan, text) for text in plan.texts]
    head = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>"
    return "\n".join([head, f'<smses count="{len(lines)}">', *lines, "</smses>"]) + "\n"


def _line(plan: Plan, text: Text) -> str:
    person = plan.person(text.person)
    plan.saw(person.id, "phone:" + person.phone)
    return (
        f'  <sms protocol="0" address="{person.phone}" date="{int(text.at.timestamp() * 1000)}" '
        f'type="{2 if text.out else 1}" subject="null" body={quoteattr(text.text)} read="1" '
        f'status="-1" contact_name={quoteattr(person.name.full)} />'
    )
