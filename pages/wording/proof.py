"""What stands behind the log, in words: what was signed, whether it is still what it was, who outside says so. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data.accesses.keeping import Promise
from data.proofs import checks
from data.proofs.accepting import Accepted
from data.proofs.backing import Backing
from data.proofs.pins import Pin
from data.proofs.publishing import Published
from data.proofs.scan import Scanned
from data.proofs.witnesses import ALARMS, Alarm, Trouble, WitnessState
from pages.shell import markup, words
from pages.shell.words import Calendar

_MOST = 5


_TROUBLE = {
    Trouble.UNREACHABLE: "It does not answer; what is new is not cosigned meanwhile.",
    Trouble.NOT_TRUSTED: "It was not told to watch this log: its owner adds the log's key with `witness trust`.",
    Trouble.NOT_UNDERSTOOD: "It gives an answer that no witness gives; the operator has to look at its address.",
    Trouble.REFUSED: "What the log holds now does not follow from what it cosigned: the history was changed.",
    Trouble.SHORTER: "It has seen more of this log than there is now: the log was put back to an older state.",
    Trouble.CHANGED: "What it cosigned is not what the log holds now: the history was changed.",
}
_GRAVE = ALARMS | {Trouble.CHANGED}


def lines(backing: Backing, pin: Pin | None, calendar: Calendar) -> str:
    """The newest checkpoint, what the reader saw last, the last full check and the witnesses as rows, as HTML; an alarm
    where something does not hold."""
    is_refused = any(one.problem in _GRAVE for one in backing.witnesses)
    rows = [_signed(backing.published, calendar), _pinned(pin, calendar), _checked(backing, calendar, is_refused)]
    rows += [_witness(one, calendar) for one in backing.witnesses] or [
        _row("No witness", "No witness is set: nobody outside checks this log. A works council can run one.")
    ]
    rows += [_refusals(backing.alarms, backing.older, calendar)] if backing.alarms else []
    rows += [_accepted(one, calendar) for one in backing.accepted]
    rows += [_kept(backing.kept)] if backing.kept is not None else []
    return f'<ol class="dl dl-rows">{"".join(rows)}</ol>'


def alarm(backing: Backing, calendar: Calendar) -> str:
    """The sentence that comes before everything else on a page when the log is not what it was, as HTML; else none."""
    refusing = [one.name for one in backing.witnesses if one.problem in _GRAVE]
    if refusing:
        said = f"The access log was changed or put back: {words.listed(refusing)} refused it."
        return markup.answer(said, "What this page says of past looks may not be true.", tone="alarm", icon="report")
    if backing.checked is not None and not backing.checked.holds:
        said = "The access log is damaged."
        return markup.answer(said, "What this page says of past looks may not be whole.", tone="alarm", icon="report")
    if _is_late(backing, calendar):
        said = "The access log was not read again in time."
        below = "Nobody can say whether it is still whole; below stands since when."
        return markup.answer(said, below, tone="alarm", icon="report")
    return ""


def _is_late(backing: Backing, calendar: Calendar) -> bool:
    """Whether the newest full check is older than it may be; of a log that was never checked, its newest entry."""
    if backing.checked is not None:
        return calendar.now - backing.checked.at > checks.LATE
    return backing.published is not None and calendar.now - backing.published.signed_at > checks.LATE


def _signed(published: Published | None, calendar: Calendar) -> str:
    if published is None:
        return _row("Not signed yet", "The first checkpoint is signed a few seconds after the first entry.")
    count = words.count(published.size, "entry", "entries")
    root = f'<code title="Root of the tree (SHA-256)">{markup.html(published.root.hex()[:16])}…</code>'
    link = '<a href="/log/checkpoint" target="_blank" rel="noopener">Take the checkpoint with you</a>'
    when = markup.when(calendar, published.signed_at)
    return _row("Signed", f"{markup.html(count)}, {when}. {root} {link}; whoever keeps it can tell if they change.")


def _pinned(pin: Pin | None, calendar: Calendar) -> str:
    if pin is None:
        return _row("Remembered", "From now on what you saw is remembered, and every later state must lead on from it.")
    when, count = markup.when(calendar, pin.seen_at), words.count(pin.size, "entry", "entries")
    if pin.leads_on:
        return _row("Remembered", f"The {markup.html(count)} you saw {when} are still there, and none was changed.")
    alarm = f"The {markup.html(count)} you saw {when} are not those of today: entries were changed or taken out."
    return _row("Alarm", f'<strong class="dl-mark">The history was changed</strong> {alarm}')


def scanned(found: Scanned) -> str:
    """What reading the whole log for somebody's own tags showed, as HTML."""
    if found.holds:
        said = f"{words.count(found.mine, 'entry concerns', 'entries concern')} you, and nothing is kept off this page."
        below = (
            f"All {words.count(found.entries, 'entry', 'entries')} were read, and have the root that was signed."
            " Those about you are the looks listed here, over all time, and what else the log keeps: imports, requests,"
            " decisions."
        )
        return markup.answer(said, below, icon="task_alt")
    wrong = [_which(found.omitted, "concerns you and is kept off this page", "concern you and are kept off this page")]
    wrong += [_which(found.foreign, "is on this page but not about you", "are on this page but not about you")]
    wrong += [_which(found.unclear, "no longer shows whom it is about", "no longer show whom they are about")]
    wrong += [] if found.is_signed else ["The entries are not those that were signed."]
    wrong += [] if found.is_my_key else ["Your key is not the one that this log would give you now."]
    below = markup.html(" ".join(one for one in wrong if one) + " Keep a copy of this page, and tell the auditor.")
    return markup.answer("What this page lists is not what the log holds.", below, tone="alarm", icon="report")


def _which(positions: tuple[int, ...], one: str, several: str) -> str:
    if not positions:
        return ""
    named = words.listed([str(position) for position in positions[:_MOST]])
    more = f" and {len(positions) - _MOST} more" if len(positions) > _MOST else ""
    return f"{'Entry' if len(positions) == 1 else 'Entries'} {named}{more} {one if len(positions) == 1 else several}."


def _checked(backing: Backing, calendar: Calendar, is_refused: bool) -> str:
    checked, is_late = backing.checked, _is_late(backing, calendar)
    if checked is None and is_late:
        return _row("Alarm", '<strong class="dl-mark">The log was never read again</strong>, as it is once a day.')
    if checked is None:
        return _row("Not checked yet", "All of the log is read again once a day.")
    when = markup.when(calendar, checked.at)
    if checked.holds and is_late:
        late = f'<strong class="dl-mark">The log was not read again</strong> since {when}, when it was whole.'
        return _row("Alarm", f"{late} It should be once a day; the operator has to look why it is not.")
    if checked.holds and is_refused:
        # Whoever writes all of it anew leaves nothing that a check of it by itself could find.
        return _row("Checked", f"All of it was read again {when}: it agrees with itself, which proves nothing now.")
    if checked.holds:
        return _row("Checked", f"All of it was read again {when}: nothing was changed, moved or taken out.")
    found = "".join(f"<li>{markup.html(one.sentence)}</li>" for one in checked.findings[:_MOST])
    more = len(checked.findings) - _MOST
    rest = f"<li>and {words.count(more, 'more place', 'more places')}</li>" if more > 0 else ""
    read = f"Not read again since {when}:" if is_late else f"Read again {when}:"
    read = read if checked.at else "No result of reading it again is left:"
    alarm = f'<strong class="dl-mark">The log is damaged</strong> {read}<ul>{found}{rest}</ul>'
    return _row("Alarm", alarm)


def _witness(state: WitnessState, calendar: Calendar) -> str:
    name = markup.html(state.name)
    if (state.last_size is None or state.last_at is None) and state.problem in _GRAVE:
        said = [f"No cosignature by {name} is kept here any more."]
    elif state.last_size is None or state.last_at is None:
        said = [f"{name} has not cosigned anything yet."]
    else:
        much = words.exact(state.last_size)
        entries = f"the first {much} entries" if state.last_size != 1 else "the first entry"
        when = markup.time(state.last_at, calendar.ago(state.last_at))
        said = [f"Cosigned by {name}, {when}: {entries}."]
    if state.problem is not None:
        since = f" Since {markup.when(calendar, state.since)}." if state.since is not None else ""
        said.append(markup.html(_TROUBLE[state.problem]) + since)
    elif state.behind and state.last_size is not None:
        said.append(f"{words.count(state.behind, 'newer entry', 'newer entries')} will follow.")
    if state.problem in _GRAVE:
        said.insert(0, '<strong class="dl-mark">The witness refuses this log</strong>')
        said.append("Ask its owner for the notes that it kept, and tell the auditor.")
    return _row("Alarm" if state.problem in _GRAVE else "Witness", " ".join(said))


def _refusals(alarms: Sequence[Alarm], older: int, calendar: Calendar) -> str:
    """Every refusal that is known of, so that one that is over does not pass for none."""
    items = "".join(
        f"<li>{markup.html(one.name)} {_refusal(one)}: first {markup.when(calendar, one.first_at)}, "
        f"last {markup.when(calendar, one.last_at)}.</li>"
        for one in alarms[:_MOST]
    )
    more = len(alarms[_MOST:]) + older
    rest = f"<li>and {words.count(more, 'more refusal')}</li>" if more > 0 else ""
    return _row("Refused", f"<ul>{items}{rest}</ul>")


def _accepted(one: Accepted, calendar: Calendar) -> str:
    """That the log goes on from a state in which something that was signed may be missing."""
    held = words.count(one.held, "entry", "entries")
    kept = "whose newest signed head was gone" if one.kept is None else f"though {words.exact(one.kept)} were signed"
    said = f"The operator went on with a log of {held}, {kept}, {markup.when(calendar, one.at)}. The reason given:"
    return _row("Put back", f"{said} “{markup.html(one.reason)}” What was logged in between is lost.")


def _refusal(one: Alarm) -> str:
    size, known = (
        f"{words.exact(amount)} {words.plural(amount, 'entry', 'entries')}" for amount in (one.size, one.known_size)
    )
    if one.trouble is Trouble.SHORTER:
        return f"was shown a log of {size} after it had seen {known}"
    if one.size == one.known_size:
        return f"refused another history of {size} than the one it saw"
    return f"refused a log of {size} that does not follow from the {known} it saw"


def _kept(promise: Promise) -> str:
    what = "Who looked, on which ticket and at what is kept"
    if promise.days is None:
        return _row("Kept", f"{what} for as long as there is a log, as entry {promise.position} promises.")
    return _row(
        "Kept",
        f"{what} for {words.exact(promise.days)} days, as entry {promise.position} promises; longer while it is needed,"
        " or where more was promised before. Then only that somebody looked, when, what for and at whose data.",
    )


def _row(name: str, said: str) -> str:
    return f"<li><span>{name}</span><span>{said}</span></li>"
