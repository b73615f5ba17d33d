"""The organizer's words: whether the programme keeps its promises, in a sentence and in figures. Pure."""

from __future__ import annotations

from typing import Any

from data.accesses.entry import Purpose
from data.exposures.exposure import Figures
from data.statistics import year
from data.statistics.conduct import Conduct
from pages.shell import markup, words
from pages.wording.tiles import Figure, figures

METHOD = (
    "All of it is counted one by one, for the whole company; where a large figure is shortened, the exact one is shown"
    " on hover.\n\n"
    "- **Seen, not explained**: looks that an audit outside Daylight recorded, that nobody declared and no officer"
    " has explained yet. **Without a reason** counts the looks of the weeks shown, explained later or not.\n"
    "- **Requests overdue**: they wait for an answer, and the day on which it was due has passed where their person"
    " works. One whose clock stands is not among them: it is counted beside it.\n"
    "- **Clocks that stand**: requests under the law of the United Kingdom that wait for what an officer asked their"
    " person. The days are whole days since the longest of them was stopped.\n"
    "- **Copies outside overdue**: holders of copies that left Daylight were told to delete or correct somebody's"
    " captures, the day for it has passed, and nothing came back. A copy that two people's requests reach counts twice."
)
TAKEN = "In the week of the capture (UTC); refused ones in the week they were sent."
ASKED = "In the week at their person’s place. Those taken back are never answered."
LOOKS = (
    "Everybody’s looks at somebody else’s data, as far as a source of evidence was recording. A bulk read is one look."
)
ROLES = "As the source of the evidence calls them; a role is no name. The scale is that of looks by purpose."
SCALE = "On the scale of all looks, so that their share can be seen."
ALARMS = "What the programme’s own record says; each once, when it began."
CROSSED = "Over the weeks above. A look is of whoever made it, in the role that they had then."
REQUESTS = (
    "Days from receipt to the first answer (made, deleted, answered or refused), in calendar days where its person"
    f" works, those on which its clock stood too. The median is the middle one; of fewer than {year.FEWEST} none is"
    " given. Counts are of the whole company, of all years, and exact."
)


def headline(found: Conduct) -> str:
    """The sentence that answers whether the programme keeps its word, as HTML."""
    weeks = words.count(len(found.mondays), "week")
    taken, looks = int(found.captures["taken"].sum()), int(found.looks["count"].sum())
    opened = f"people's data was opened {words.count(looks, 'time')}, as far as that was recorded"
    said = f"In the last {weeks} the programme took {words.count(taken, 'capture')} and {opened}."
    trouble = []
    if found.unexplained:
        trouble.append(f"{words.count(found.unexplained, 'look')} gave no reason")
    if found.overdue:
        trouble.append(f"{words.count(found.overdue, 'request')} {'is' if found.overdue == 1 else 'are'} overdue")
    if found.copies_overdue:
        late = words.plural(found.copies_overdue, "is", "are")
        trouble.append(f"{words.count(found.copies_overdue, 'copy', 'copies')} outside {late} overdue")
    fine = "Every look that was recorded gave a reason, and nothing asked for is overdue."
    detail = f"{words.listed(trouble)}." if trouble else fine
    tone, icon = ("attention", "report") if trouble else ("plain", "fact_check")
    return markup.answer(said, markup.html(detail), tone=tone, icon=icon)


def exposures(found: Figures, blind: int) -> str:
    """How many there were, as HTML. `blind`: databases of which the newest look could not tell, or is too old."""
    unknown = (
        f" {words.count(blind, 'database')} could not be looked at lately: whether data is open there is not known."
        if blind
        else ""
    )
    if not found.total:
        return f'<p class="dl">No look at the permissions has found data open to more people than allowed.{unknown}</p>'
    are = (
        f"{words.exact(found.open)} of them {words.plural(found.open, 'is', 'are')}"
        if found.open
        else "none of them is"
    )
    said = f"{words.count(found.total, 'exposure')} on record; {are} open now."
    if found.unwatched:
        more = f"{words.exact(found.unwatched)} more {words.plural(found.unwatched, 'is', 'are')}"
        said += f" {more} no longer looked at, so nobody knows whether that is closed."
    if found.again:
        said += f" {words.count(found.again, 'time')} a place was open again after it had been found right."
    if found.unlinked:
        said += f" To {words.exact(found.unlinked)} no incident was opened."
    mark = '<span class="dl-mark">open now</span>' if found.open else ""
    return f'<p class="dl">{said}{unknown}{mark}</p>'


def crossed(frame: Any) -> Any:
    """The looks by purpose and role for reading."""
    shown = frame.assign(purpose=[purpose(Purpose(one)) for one in frame["purpose"]])
    return shown.rename(columns={name: markup.cell(words.start(name)) for name in shown.columns})


def purpose(one: Purpose) -> str:
    """The purpose in plain words; here 'you' is nobody in particular."""
    return one.plain.replace("you made", "somebody made").replace("you asked", "somebody asked")


def requests(frame: Any) -> Any:
    """The requests for reading; where a number of days is not given, a word says so."""
    answers = frame["count"].where(frame["slowest_days"].notna(), 0)
    shown = frame.assign(
        **{
            name: [words.days(value, int(of)) for value, of in zip(frame[name], answers, strict=True)]
            for name in ("median_days", "slowest_days")
        }
    )
    names = {"kind": "Asked for", "outcome": "Outcome", "count": "Requests"}
    days = {"median_days": "Days to the first answer (median)", "slowest_days": "Days (slowest)"}
    return shown.rename(columns=names | days)


def tiles(found: Conduct) -> str:
    """The figures and how each went from week to week, as HTML; the last week is the running one."""
    taken, refused = (found.captures[name].tolist() for name in ("taken", "refused"))
    weekly = found.looks.groupby("week")["count"].sum()
    without = found.looks[found.looks["purpose"] == Purpose.NONE].groupby("week")["count"].sum()
    without = without.reindex(weekly.index, fill_value=0)
    overdue, late = f"{found.overdue} of {found.waiting}", f"{found.copies_overdue} of {found.copies_told}"
    stands = f"the oldest for {words.count(found.stands, 'day')}" if found.stands else "the oldest since today"
    return figures(
        (
            Figure("download", "Captures taken", markup.figure(sum(taken)), "by week", tuple(taken)),
            Figure("block", "Captures refused", markup.figure(sum(refused)), "by week", tuple(refused)),
            Figure("visibility", "Looks", markup.figure(int(weekly.sum())), "by week", tuple(weekly.tolist())),
            Figure(
                "help", "Without a reason", markup.figure(found.unexplained), "looks by week", tuple(without.tolist())
            ),
        )
    ) + figures(
        (
            Figure("alarm", "Requests overdue", overdue, "of those open now" if found.waiting else "none is open now"),
            Figure(
                "pause_circle",
                "Clocks that stand",
                words.exact(found.stopped),
                stands if found.stopped else "none waits for its person",
            ),
            Figure(
                "person_search",
                "Seen, not explained",
                words.exact(found.to_explain),
                "looks an audit saw, of all time",
            ),
            Figure(
                "folder_copy",
                "Copies outside overdue",
                late,
                "of those to be deleted or corrected" if found.copies_told else "none is to be deleted",
            ),
        )
    )
