"""What is new about one's requests, and which deadlines officers are to look at: by the number of each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.accesses.entry import Action
from data.notices import letter
from data.notices.notice import Beside
from pages.shell import words

EXPOSURE = "Something is new about an exposure of your data: who could open it, and since when."
OBJECTED = "A device of yours sent captures that you object to. They were refused, and none was kept."
MOST = 4  # lines; the page that they lead to has all of it

_SAID: Mapping[str, str] = {
    Action.REQUEST_OPENED: "it arrived",
    Action.REQUEST_CONFIRMED: "its receipt was confirmed",
    Action.REQUEST_EXTENDED: "its answer was put off",
    Action.REQUEST_STOPPED: "a privacy officer asks you something first",
    Action.REQUEST_RESUMED: "it goes on without your answer",
    Action.REQUEST_DECIDED: "it was decided",
    Action.REQUEST_ANSWERED: "it was answered",
    Action.REQUEST_LIFTED: "what stood because of it ends",
    Action.APPEAL_DECIDED: "your appeal was decided",
    Action.ERASURE_DONE: "the deletion is done",
    Action.ERASURE_HELD: "a legal duty keeps some of it for now",
    Action.EXPORT_MADE: "your copy is ready",
    Action.DELAY_ENDS: "it starts soon, and can be taken back until then",
    Action.REPLY_AWAITED: "what a privacy officer asked you still waits for your answer",
    Action.HOLD: "something changed about a legal hold",
}


# Each with the page that it leads to.
_ALARMS: Mapping[str, tuple[str, str]] = {
    Action.CONTROL: ("A promise of the programme was found broken.", "controls"),
    Action.EXPOSURE: ("Data was found open to more people than allowed: an exposure was opened.", "incidents"),
    Action.DISOBEYED: ("Devices went on capturing while the programme is paused.", "control"),
    Action.WENT_ON: ("Devices report that they go on capturing while the programme is paused.", "control"),
    Action.INCIDENT: ("The public was told of an incident before all staff were.", "incidents"),
}
_OTHER = "There is an alarm for privacy officers.", "control"


def alarms(found: Sequence[Beside]) -> tuple[str, ...]:
    """A line for each sort of alarm that an officer has not seen, the newest first. Plain text."""
    return tuple(dict.fromkeys(_ALARMS.get(one.action, _OTHER)[0] for one in found))


def leads_to(found: Sequence[Beside]) -> str:
    """The page of the newest of them."""
    return _ALARMS.get(found[0].action, _OTHER)[1] if found else _OTHER[1]


def steps(found: Sequence[Beside]) -> tuple[str, ...]:
    """A line for each thing that happened to one's requests, newest first. Plain text."""
    said = list(dict.fromkeys(_step(one) for one in found))
    left = len(said) - MOST
    return (*said[:MOST], f"And {words.count(left, 'thing')} more.") if left > 1 else tuple(said)


def deadlines(found: Sequence[Beside]) -> str:
    """Which deadlines came close, or passed, and which requests are stuck. Plain text."""
    numbers = sorted({one.request for one in found if one.request is not None})
    reviews = any(one.action == Action.REVIEW_DUE for one in found)
    holds = sum(one.request is None and one.action != Action.REVIEW_DUE for one in found)
    parts = [letter.numbered(numbers)] if numbers else []
    parts += [words.count(holds, "legal hold")] if holds else []
    parts += ["the review of what is in quarantine"] if reviews else []
    return f"Deadlines of officers came close, or passed, or a step failed: {words.listed(parts)}."


def due_at(found: Sequence[Beside]) -> str:
    """The page on which they are seen to."""
    return "control" if all(one.action == Action.REVIEW_DUE for one in found) else "queue"


def _step(one: Beside) -> str:
    said = _SAID.get(one.action, "something happened")
    return f"Request {one.request}: {said}." if one.request is not None else f"{said[0].upper()}{said[1:]}."
