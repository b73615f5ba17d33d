"""Whether an opt-out is kept, in words: what was sent all the same, and that nothing of it is held. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from data import instants
from data.captures.objecting import OPENED, KeptOut
from pages.shell import markup, words
from pages.shell.words import Calendar

_RECENT = (
    f"Of an opt-out by device or time of day the last {OPENED // instants.DAY} days are looked at; what was captured"
    " before is not."
)


def lines(
    objected: int, found: Sequence[KeptOut], heard: int | None, since: int | None, calendar: Calendar
) -> Iterator[str]:
    """A line each, as HTML. `objected` captures came in files since `since`; `heard`: when the newest data arrived."""
    for one in found:
        if one.is_held:
            yield alarm(
                f"Captures of what you object to (request {one.request_id}), made since {_since(one, calendar)}, are"
                " held. That must not be; ask a privacy officer why."
            )
    if objected and since is not None:
        yield alarm(
            f"Since you objected ({markup.time(since, calendar.day(since))}), files brought {markup.figure(objected)}"
            f" {words.plural(objected, 'capture')} of what you object to. We refused them and kept none."
        )
    kept: dict[tuple[int, bool], list[KeptOut]] = {}
    for one in found:
        if not one.is_held:
            kept.setdefault((calendar.midnight(calendar.local(one.since).date()), one.is_recent), []).append(one)
    for together in kept.values():
        yield _evidence(together, heard, calendar)


def alarm(said: str) -> str:
    """A line that alarms, as HTML."""
    return f'<span class="dl-alarm">{markup.symbol("report")}</span> <strong>{said}</strong>'


def _evidence(kept: Sequence[KeptOut], heard: int | None, calendar: Calendar) -> str:
    """That nothing was captured is only known as far as something was sent. `kept` are looked at since one day."""
    first = min(one.since for one in kept)
    numbers = words.listed([str(one.request_id) for one in kept])
    said = f"{markup.symbol('do_not_disturb_on')} What you object to ({words.plural(len(kept), 'request')} {numbers}):"
    if heard is None or heard < first:
        return f"{said} nothing of yours has arrived since, so whether your devices obey is not known yet."
    arrived = markup.when(calendar, heard)
    held = f"none of it captured since {_since(kept[0], calendar)} is held, as far as we have been sent"
    recent = f" {_RECENT}" if kept[0].is_recent else ""
    return f"{said} {held}: the newest data arrived {arrived}.{recent}"


def _since(one: KeptOut, calendar: Calendar) -> str:
    return markup.time(one.since, calendar.day(one.since))
