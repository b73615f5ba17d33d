"""The e-mail that says there is something to see. It says no more: no name, no content, not even how much. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from enum import StrEnum

from data.errors import BadInput

_LOOK = """\
Your data was opened in a way that you are told about at once: by a privacy officer, without a reason on record, or
for a reason that does not fit whoever opened it.

What it was, and when, is shown only after you sign in:

{url}/accesses
"""
_INCIDENT = """\
There is a notice for you about an incident with the data that the monitoring programme holds.

What happened, and what is done about it, is shown only after you sign in:

{url}/incidents
"""
_REQUEST = """\
There is news about {news}.

What happened, and what happens next and when, is shown only after you sign in:

{url}/requests
"""
_DEADLINE = """\
A deadline that privacy officers keep comes within seven days, is today, or has passed, or a step of a request
failed{late}.

What it is about is shown only after you sign in:

{url}/queue
"""
_PROGRAMME = """\
There is something for you to read about the monitoring programme and your data.

What it is, is shown only after you sign in, on the first screen:

{url}/
"""
_ALARM = """\
There is an alarm that privacy officers have to see to.

What it is about is shown only after you sign in, on the first screen:

{url}/
"""
_CHOSEN = """\
An alarm about the monitoring programme itself, which you chose to be told of, was raised.

What it is, in numbers that name nobody, is shown only after you sign in:

{url}/conduct
"""


class About(StrEnum):
    """What a message is about. The order is that in which it says so; the first names its subject."""

    INCIDENT = "a notice about an incident"
    LOOK = "somebody opened your data"
    ALARM = "an alarm for privacy officers"
    DEADLINE = "a deadline comes, or has passed{late}"
    PROGRAMME = "there is something for you to read"
    CHOSEN = "an alarm about the programme"
    REQUEST = "news about {news}"


_TEXTS: Mapping[About, str] = {
    About.INCIDENT: _INCIDENT,
    About.LOOK: _LOOK,
    About.ALARM: _ALARM,
    About.DEADLINE: _DEADLINE,
    About.PROGRAMME: _PROGRAMME,
    About.CHOSEN: _CHOSEN,
    About.REQUEST: _REQUEST,
}
_MOST = 10  # numbers a message
_END = """
This message says nothing else on purpose. You get at most one an hour, however much there is to see.
"""


def write(
    sender: str,
    to: str,
    url: str,
    about: Collection[About],
    *,
    requests: Sequence[int] = (),
    late: Sequence[int] = (),
) -> EmailMessage:
    """The whole message, about one thing or several. `requests` are the numbers of those that have news, `late` of
    those with a deadline: of a request only that is named. Raises BadInput for an address that is none: nothing of it
    can add a header."""
    found = EmailMessage(policy=SMTP)
    found["From"] = address(sender)
    found["To"] = address(to)
    parts = [one for one in About if one in about]
    names = {
        "url": url,
        "news": f"your {numbered(requests)}" if requests else "a request of yours",
        "late": f": {numbered(late)}" if late else "",
    }
    found["Subject"] = f"Daylight: {parts[0].value.format(**names)}"
    found["Date"] = formatdate()
    found["Message-ID"] = make_msgid(domain=address(sender).domain)
    found["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    found.set_content("\n".join(_TEXTS[one].format(**names) for one in parts) + _END)
    return found


def numbered(requests: Sequence[int]) -> str:
    """'request 12', 'requests 12, 14 and 15', 'requests 1, 2, ... and 3 more'."""
    shown = [str(one) for one in requests[:_MOST]]
    if len(requests) > _MOST:
        shown.append(f"{len(requests) - _MOST} more")
    words = f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
    return f"request{'s' if len(requests) > 1 else ''} {words}"


def address(text: str) -> Address:
    """A single e-mail address without a name. Raises BadInput without quoting it."""
    try:
        if not text.isprintable() or text != text.strip():
            raise ValueError
        found = Address(addr_spec=text)
        if not found.username or not found.domain:
            raise ValueError
    except (ValueError, MessageError, IndexError, AttributeError):
        raise BadInput("That is no e-mail address to write to; correct it on the roster or in the settings.") from None
    return found
