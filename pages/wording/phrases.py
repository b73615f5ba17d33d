"""What the first screen says, in sentences: what is known, since when, and what is not known. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.accesses.coverage import Gap
from data.accesses.entry import DAYLIGHT, Action, Purpose
from data.captures.preview import Preview
from data.captures.schema import Kind
from data.captures.summary import DeviceHeld, Held, Summary
from data.looks.look import Look, LookFigures
from data.proofs.sight import Sight
from data.rights.request import Request
from data.rights.states import RequestKind, State
from pages.shell import markup, readable, words
from pages.shell.words import Calendar
from pages.wording import beside

DAYS = 30
TILES = 5

_FIRST = (Kind.KEY, Kind.CLICK, Kind.POINTER, Kind.WINDOW, Kind.SCREEN)
_DID = {Action.READ: "opened", Action.COPY: "copied", Action.QUERY: "searched", Action.TRAIN: "trained a model on"}


@dataclass(frozen=True)
class Said:
    """A sentence, what stands below it (HTML), and how it is meant: plain, attention or alarm."""

    headline: str
    detail: str = ""
    tone: str = "plain"
    icon: str = "check_circle"


def tiles(summary: Summary) -> tuple[Held, ...]:
    """The kinds to show as figures: the most telling first, then by count."""
    order = {kind.value: place for place, kind in enumerate(_FIRST)}
    held = sorted(summary.kinds, key=lambda one: (order.get(one.kind, len(order)), -one.count))
    return tuple(one for one in held if one.count)[:TILES]


def held(summary: Summary, calendar: Calendar) -> str:
    """'1.2 million captures in all, from 24 Sep to today, in 48 MB; 300 screens.' as HTML."""
    if not summary.total or summary.first is None or summary.last is None:
        return f'<p class="dl soft">{", ".join(_refused(summary))}.</p>' if summary.refused else ""
    shown = {one.kind for one in tiles(summary)}
    rest = sum(one.count for one in summary.kinds if one.kind not in shown)
    parts = [f"{markup.figure(summary.total)} {words.plural(summary.total, 'capture')} in all"]
    if rest:
        parts.append(f"{markup.figure(rest)} of them of other kinds")
    parts.append(f"made {calendar.days(summary.first, summary.last)}")
    parts.append(f"{words.size(summary.sealed_bytes)} sealed")
    return f'<p class="dl soft">{", ".join([*parts, *_refused(summary)])}.</p>'


def _refused(summary: Summary) -> list[str]:
    erased = summary.refused - summary.objected - summary.paused
    reasons = {"you had them deleted": erased, "you object": summary.objected, "capturing was paused": summary.paused}
    return [f"{markup.figure(count)} refused because {why}" for why, count in reasons.items() if count]


PROVED = "The log proves that an entry was here."
PAST = "Reads past this app, straight from the database or the storage, are not recorded here."


def opened(figures: LookFigures, sight: Sight, days: int = DAYS) -> str:
    """'6 people and 2 automated jobs opened your data in the last 30 days. 1 look gave no reason.', and of what that is
    not said."""
    return _opened(figures, sight, days) + ("" if sight.outside else f" {PAST}")


def _opened(figures: LookFigures, sight: Sight, days: int) -> str:
    lost = f" {words.count(figures.lost, 'look')} can no longer be read: what was written there was altered."
    gone = f" Who it was is no longer kept of {words.count(figures.destroyed, 'look')}, as promised."
    more = (lost if figures.lost else "") + (gone if figures.destroyed else "")
    if more and figures.lost + figures.destroyed == figures.total:
        return f"Somebody opened your data in the last {days} days.{more}"
    least = "at least " if figures.shared else ""
    who = [least + words.count(figures.people, "person", "people")] if figures.people else []
    who += [words.count(figures.automated, "automated job")] if figures.automated else []
    if not who:
        limits = ("" if sight.outside else " through this app") + (" in the time we can see" if sight.gaps else "")
        return f"In the last {days} days nobody opened your data{limits}."
    said = f"{words.listed(who)} opened your data in the last {days} days."
    if figures.unsaid:
        said += f" {words.count(figures.unsaid, 'look')} gave no reason."
    if figures.unexplained:
        verb, it = ("is", "it") if figures.unexplained == 1 else ("are", "them")
        count = words.count(figures.unexplained, "look")
        said += f" {count} {verb} unexplained: an audit saw {it}, nothing explains {it}."
    said += more
    return said[0].upper() + said[1:]


def who(look: Look) -> str:
    """'Officer, Privacy office': role and team, or the automated account. Plain text."""
    if look.is_own:
        return "You"
    if look.lost:
        return "Somebody"
    if look.automated:
        return f"{look.account or 'An account without a name'} (automated{', a shared login' if look.shared else ''})"
    if look.shared:
        return ", ".join(part for part in ("Somebody with a shared login", look.role, look.team) if part)
    if not look.role and not look.team:
        return "Somebody whose role was not recorded"
    return ", ".join(part for part in (look.role.capitalize(), look.team) if part)


def what(look: Look) -> str:
    """'opened 1,204 captures'. Plain text."""
    if other := beside.looked(look):
        return other
    verb = _DID.get(look.action, look.action.value)
    if look.lost:
        return f"{verb} your data"
    much = words.count(look.count, "capture") if look.count else "your data, how much was not recorded"
    kinds = look.scope.get("kinds")
    if look.count and isinstance(kinds, list) and len(kinds) == 1:
        much = f"{words.number(look.count)} {readable.noun(str(kinds[0]), look.count)}"
    return f"{verb} {much}"


def why(look: Look) -> str:
    """'To fix a technical problem (INC-4711)'. Plain text."""
    if look.lost and not look.lost.destroyed:
        return PROVED.removesuffix(".")
    if look.lost and look.purpose is Purpose.NONE:
        return "Who it was is no longer kept, as promised"
    if look.purpose is Purpose.NONE and look.explanation is not None and look.explanation.destroyed:
        return "Declared; the reason is no longer kept, as promised"
    said = look.purpose.plain + (f" ({look.ticket})" if look.ticket else "")
    return said[0].upper() + said[1:]


def source(name: str) -> str:
    """What a source of evidence is called on a screen. Plain text."""
    return "this app" if name == DAYLIGHT else name


def known(look: Look) -> str:
    """'Known from this app's own record', 'Known from database audit'. Plain text."""
    return "Known from this app's own record" if look.source == DAYLIGHT else f"Known from {look.source}"


def device(one: DeviceHeld, calendar: Calendar) -> str:
    """'THINKPAD-7: 1.2 million captures, the newest today, 14:05'. Plain text."""
    return f"{one.name}: {words.count(one.count, 'capture')}, the newest {calendar.when(one.last_at, place=False)}"


def unknowns(gaps: Sequence[Gap]) -> str:
    """'In 2 spans of these 30 days looks through database audit are not known.' Plain text."""
    sources = words.listed(sorted({source(gap.source) for gap in gaps}))
    return f"In {words.count(len(gaps), 'span')} of these {DAYS} days looks through {sources} are not known."


def unknown(gap: Gap, calendar: Calendar) -> str:
    """'Mon 9 Nov, 14:00 to Tue 10 Nov, 09:00: database audit was not recording.' Plain text."""
    why = gap.why or "it was not recording"
    between = f"{calendar.when(gap.start, place=False)} to {calendar.when(gap.end, place=False)}"
    return f"{between} ({calendar.place}): looks through {source(gap.source)} are unknown, {why}."


def collected(summary: Summary, calendar: Calendar) -> Said:
    """The captures page's sentence."""
    if not summary.total or summary.first is None or summary.last is None:
        below = "Every keystroke, click, window and screen that is captured would be listed here, with its time."
        return Said("Nothing that was captured about you is held here.", below, icon="inbox")
    from_devices = markup.html(words.listed([device(one, calendar) for one in summary.devices])) + "."
    amount = words.number(summary.total)
    span = f"from {calendar.day(summary.first)} to {calendar.day(summary.last)}"
    detail = f'<span class="soft">{from_devices}</span>' if summary.devices else ""
    return Said(f"{amount} {words.plural(summary.total, 'capture')} of you are held, {span}.", detail, icon="database")


NO_LOOKS = (
    "Each time somebody opens, copies, searches or trains on your data, it is listed here: who, when, why and how much."
)


def looks_note(since: int | None, calendar: Calendar) -> str:
    """How the list of looks is to be read, and since when this app keeps its own record. Plain text."""
    said = f"Newest first, times in {calendar.place}. People are told by role and team."
    return said if since is None else f"{said} Looks through this app are recorded since {calendar.when(since)}."


def looked(figures: LookFigures, sight: Sight, days: int) -> Said:
    """The accesses page's sentence."""
    said, gaps = opened(figures, sight, days), sight.gaps
    headline, _, rest = said.partition(". ")
    detail = [markup.html(rest)] if rest else []
    detail += (
        [f"In {words.count(len(gaps), 'span')} we cannot tell; they are listed below, with the reason."] if gaps else []
    )
    tone = "alarm" if figures.unexplained or figures.lost else "attention" if figures.unsaid else "plain"
    return Said(headline.removesuffix(".") + ".", " ".join(detail), tone, "visibility")


def takes(
    kind: RequestKind,
    taken: Preview,
    calendar: Calendar,
    stays: int = 0,
    *,
    waits: bool = False,
    by_app: bool = False,
) -> str:
    """Exactly what a request takes, before it is confirmed; as markdown. `stays`: what it asks for and leaves;
    `waits`: a copy for an officer; `by_app`: it names apps."""
    if not taken.all and stays:
        return "Nothing of it is deleted for now. What keeps all of it stands below; once that ends, it goes by itself."
    if not taken.all:
        return "Nothing that is held matches this. Choose more, and the counts appear here."
    if not taken.total:
        said = "Outside of quarantine nothing of it is deleted" + (" for now. " if stays else ". ")
        return f"{said}{quarantined(taken, by_app=by_app)} What stays, and why, stands below."
    parts = [f"{words.exact(n)} {readable.noun(one, n)}" for one, n in sorted(taken.kinds.items(), key=_by_count) if n]
    span = ""
    if taken.first is not None and taken.last is not None:
        span = f", made from {calendar.when(taken.first, place=False)} to {calendar.when(taken.last)}"
    word = "Your copy holds" if kind is RequestKind.EXPORT else "This deletes"
    said = f"{word} **exactly {words.exact(taken.total)} {words.plural(taken.total, 'capture')}**: "
    said += f"{words.listed(parts)}{span}."
    if kind is RequestKind.EXPORT:
        looks = "It is made once a privacy officer has looked whether others stand in its pictures."
        said += " It also holds who opened your data, and your requests."
        return f"{said} {looks if waits else 'It takes a few minutes at most.'}"
    kept = f"{words.exact(taken.kept_total)} {words.plural(taken.kept_total, 'capture')} stay."
    said += f" {kept} " if taken.kept_total else " Nothing of what was captured stays. "
    said += f"{quarantined(taken, by_app=by_app)} " if taken.quarantined else ""
    return said + "What also stays, and why, stands below."


def quarantined(taken: Preview, *, by_app: bool) -> str:
    """What a deletion takes out of quarantine; as markdown."""
    many = f"{words.exact(taken.quarantined)} {words.plural(taken.quarantined, 'capture')}"
    if by_app:
        return (
            f"From quarantine it takes **at most {many}** of a pause: those of the chosen apps. Which those are is"
            " found only when it is carried out, as nobody opens them before."
        )
    return f"From quarantine it takes **exactly {many}** of a pause."


def asked(request_id: int, kind: RequestKind, taken: Preview, *, waits: bool = False, by_app: bool = False) -> str:
    """What is said once a request was made."""
    if kind is RequestKind.EXPORT and waits:
        many = words.count(taken.total, "capture")
        return f"You asked for a copy of {many}: request {request_id}. A privacy officer looks at its pictures first."
    if kind is RequestKind.EXPORT:
        return f"Your copy of {words.count(taken.total, 'capture')} is being made: request {request_id}."
    apart = f"{'at most ' if by_app else ''}{words.count(taken.quarantined, 'capture')} in quarantine"
    parts = [words.count(taken.total, "capture")] if taken.total or not taken.quarantined else []
    parts += [apart] if taken.quarantined else []
    return f"You asked for the deletion of {words.listed(parts)}: request {request_id}."


def requested(found: Sequence[Request], calendar: Calendar) -> Said:
    """The requests page's sentence."""
    waiting = [one for one in found if one.waiting]
    if not found:
        below = (
            "You can ask for a copy of what is held about you, for its deletion, or about a look at it. "
            "What you ask for is listed here."
        )
        return Said("You have not asked for anything yet.", below, icon="inbox")
    if not waiting:
        return Said("Nothing of yours is waiting.", f"{words.count(len(found), 'request')} answered.", icon="task_alt")
    late = [one for one in waiting if one.overdue]
    unanswered = [one for one in waiting if one.state is not State.HELD]
    if not unanswered:
        wait = words.plural(len(waiting), "waits", "wait")
        said = f"{words.count(len(waiting), 'deletion')} of yours {wait} for the law."
        return Said(said, "A legal duty keeps what is left for now; see below until when.", "plain", "gavel")
    running = [one for one in unanswered if one.state is not State.STOPPED]
    first = min(running, key=lambda one: one.due_on, default=None)
    said = f"{words.count(len(waiting), 'request')} of yours {'is' if len(waiting) == 1 else 'are'} open."
    detail = "An officer asked back, and waits for your answer; see below."
    if first is not None:
        detail = f"The next answer is {calendar.due(first.due_on, first.days_left)}."
    return Said(said, detail, "alarm" if late else "plain", "alarm" if late else "pending_actions")


def _by_count(one: tuple[Kind, int]) -> int:
    return -one[1]
