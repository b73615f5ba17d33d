"""Alarms about the programme in words. They name nobody. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from data.alarms.alarm import Kind
from pages.shell import markup, words

PLAIN: Mapping[Kind, str] = {
    Kind.DISOBEYED: "Devices that go on in a pause",
    Kind.OBJECTED: "Captures sent of what somebody objects to",
    Kind.CONTROL: "A promise found broken",
    Kind.PRESS: "The public told before the staff",
    Kind.EXPOSURE: "An exposure opened",
    Kind.DRIFT: "Captured without a promise",
    Kind.CHECK: "The log’s check failed",
    Kind.WITNESS: "A witness refused the log",
}
_SAID: Mapping[Kind, tuple[str, str]] = {
    Kind.DISOBEYED: ("time a device went on in a pause", "times a device went on in a pause"),
    Kind.OBJECTED: ("time captures came that were objected to", "times captures came that were objected to"),
    Kind.CONTROL: ("promise was found broken", "promises were found broken"),
    Kind.PRESS: ("public statement before the staff were told", "public statements before the staff were told"),
    Kind.EXPOSURE: ("exposure opened", "exposures opened"),
    Kind.DRIFT: ("thing captured without having been promised", "things captured without having been promised"),
    Kind.CHECK: ("check of the access log failed", "checks of the access log failed"),
    Kind.WITNESS: ("state of the log that a witness refused", "states of the log that a witness refused"),
}
METHOD = (
    "What you choose is shown here and on your first screen when it happens, and sent to you by e-mail where your "
    "company has set that up: within half a minute in the app, at most one e-mail an hour. Nothing from before is "
    "told. An alarm is a number and a kind; whom it concerns, nobody learns from it."
)
NO_MAIL = "No mail server is set up here, so they are told in the app alone."
NEWS = "Alarms about the programme that you chose are new."


def new(counts: Mapping[Kind, int]) -> str:
    """What is new, as HTML; nothing when nothing is."""
    if not counts:
        return ""
    total = sum(counts.values())
    said = f"{words.count(total, 'alarm')} {'is' if total == 1 else 'are'} new to you."
    parts = words.listed([words.count(count, *_SAID[kind]) for kind, count in counts.items()])
    return markup.answer(said, markup.html(f"{words.start(parts)}."), tone="alarm", icon="notifications_active")


def chosen(count: int) -> str:
    """How many kinds are chosen now. Plain text."""
    if not count:
        return "You are told of none now."
    return f"You are told of {words.count(count, 'kind')} of alarm now."
