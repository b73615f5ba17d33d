"""The e-mail that says there is something to see. It says no more: no name, no content, not even how much. Pure."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

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
There is news about a request of yours.

What happened, and what happens next and when, is shown only after you sign in:

{url}/requests
"""
_DEADLINE = """\
A deadline that privacy officers keep comes within seven days, is today, or has passed.

What it is about is shown only after you sign in:

{url}/queue
"""
_SUBJECTS = {
    _INCIDENT: "a notice about an incident",
    _LOOK: "somebody opened your data",
    _DEADLINE: "a deadline comes, or has passed",
    _REQUEST: "news about a request of yours",
}
_END = """
This message says nothing else on purpose. You get at most one an hour, however much there is to see.
"""


def write(
    sender: str,
    to: str,
    url: str,
    *,
    looks: bool = True,
    incident: bool = False,
    request: bool = False,
    deadline: bool = False,
) -> EmailMessage:
    """The whole message, about `looks`, an `incident`, a `request`, a `deadline`, or several of these.
    Raises BadInput for an address that is none: nothing of it can add a header."""
    found = EmailMessage(policy=SMTP)
    found["From"] = address(sender)
    found["To"] = address(to)
    chosen = {_INCIDENT: incident, _LOOK: looks, _DEADLINE: deadline, _REQUEST: request}
    parts = [part for part, is_about in chosen.items() if is_about]
    found["Subject"] = f"Daylight: {_SUBJECTS[parts[0]]}"
    found["Date"] = formatdate()
    found["Message-ID"] = make_msgid(domain=address(sender).domain)
    found["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    found.set_content("\n".join(part.format(url=url) for part in parts) + _END)
    return found


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
