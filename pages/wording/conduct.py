"""The organizer's words: whether the programme keeps its promises, in a sentence and in figures. Pure."""

from __future__ import annotations

from data.accesses.entry import Purpose
from data.statistics.conduct import Conduct
from pages.shell import markup, words
from pages.wording.tiles import Figure, figures


def headline(found: Conduct) -> str:
    """The sentence that answers whether the programme keeps its word, as HTML."""
    weeks = words.count(len(found.captures), "week")
    taken, looks = int(found.captures["taken"].sum()), int(found.looks["count"].sum())
    opened = f"people's data was opened {words.count(looks, 'time')}"
    said = f"In the last {weeks} the programme took {words.count(taken, 'capture')} and {opened}."
    trouble = []
    if found.unexplained:
        trouble.append(f"{words.count(found.unexplained, 'look')} gave no reason")
    if found.overdue:
        trouble.append(f"{words.count(found.overdue, 'request')} {'is' if found.overdue == 1 else 'are'} overdue")
    detail = f"{words.listed(trouble)}." if trouble else "Every look gave a reason and no request is overdue."
    tone, icon = ("attention", "report") if trouble else ("plain", "fact_check")
    return markup.answer(said, markup.html(detail), tone=tone, icon=icon)


def purpose(one: Purpose) -> str:
    """The purpose in plain words; here 'you' is nobody in particular."""
    return one.plain.replace("you made", "somebody made").replace("you asked", "somebody asked")


def tiles(found: Conduct) -> str:
    """The figures and how each went from week to week, as HTML; the last week is the running one."""
    taken, refused = (found.captures[name].tolist() for name in ("taken", "refused"))
    weekly = found.looks.groupby("week")["count"].sum()
    without = found.looks[found.looks["purpose"] == Purpose.NONE].groupby("week")["count"].sum()
    without = without.reindex(weekly.index, fill_value=0)
    overdue = f"{found.overdue} of {found.waiting}"
    return figures(
        (
            Figure("download", "Captures taken", markup.figure(sum(taken)), "by week", tuple(taken)),
            Figure("block", "Captures refused", markup.figure(sum(refused)), "by week", tuple(refused)),
            Figure("visibility", "Looks", markup.figure(int(weekly.sum())), "by week", tuple(weekly.tolist())),
            Figure(
                "help", "Without a reason", markup.figure(found.unexplained), "looks by week", tuple(without.tolist())
            ),
            Figure("alarm", "Requests overdue", overdue, "of those open now" if found.waiting else "none is open now"),
        )
    )
