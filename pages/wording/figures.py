"""The words of a year's figures: what the year was like in a sentence, and how each figure is made. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from data.people.jurisdictions import Jurisdiction
from data.rights.states import RequestKind
from data.statistics import year
from data.statistics.cases import Outcome
from pages.shell import markup, words

PLACES = {
    Jurisdiction.GDPR: "EU (GDPR)",
    Jurisdiction.UK: "UK",
    Jurisdiction.CALIFORNIA: "California",
}

METHOD = (
    "Counted are the requests **received** in the calendar year, each by the date where its person works, whenever they"
    " ended. All figures are exact, and change while requests of the year still wait.\n\n"
    "- **What it came to**: as it stands now. *Granted* includes questions that were answered; *granted in part*"
    " includes deletions of which a legal hold keeps something. What an appeal won goes on under a number of its own,"
    " which is not counted as another request.\n"
    "- **Days**: calendar days from the day of receipt to the first answer in substance (made, deleted as far as the"
    " law lets, answered or refused). Days on which the clock stood count here. What was taken back has none.\n"
    f"- **Median**: the middle one, or the mean of the two in the middle. **95th percentile**: nearest rank, the"
    f" smallest number of days within which at least 95 of 100 were answered, so below 20 answers it is the slowest. Of"
    f" fewer than {year.FEWEST} answers neither is given: it would be a single person's case, not a figure.\n"
    "- **Within the clock**: the first answer came on or before the day on which it was due by then, extensions and"
    " stopped days included. **Late**: after it; or taken back after it; or still waiting beyond it.\n"
    "- **Appeals**: of the year's requests, whenever they were appealed. Late: decided after the day on which that was"
    " due, or still waiting beyond it."
)
CALIFORNIA = (
    "California's rules (11 CCR § 7102(a)) want these figures of the previous calendar year by July 1, from businesses"
    " that handle the personal information of 10 million or more consumers in a year. Counted are requests under"
    " California's clock. Requests to delete are deletions, requests to know are copies, requests to correct are"
    " corrections of the roster and of whose captures they are. Daylight takes no requests to opt-out of sale or"
    " sharing, and none to limit: those rows say so and stay empty. Objections, sealings, and questions about looks"
    " stand below, as only you can say whether one of them was meant as such a request. Both the median and the mean"
    " are given, also of few requests, as the rule wants them; the note says of how few."
)
APPEALS = {"what": "Asked for", "appealed": "Appealed", "upheld": "Upheld", "overturned": "Overturned"} | {
    "waiting": "Waiting",
    "late": "Late",
}


def headline(chosen: int, kinds: Any, clock: Any, today: date) -> str:
    """What the year was like, as HTML. The frames are those of data/statistics/year.py."""
    total, time = kinds.iloc[-1], clock.iloc[-1]
    received, late, waiting = int(total["received"]), int(time["late"]), int(total[Outcome.WAITING.value])
    still = " so far" if chosen == today.year else ""
    if not received:
        return markup.answer(f"Nobody asked for anything in {chosen}{still}.", icon="inbox")
    said = f"{words.count(received, 'request')} came in during {chosen}{still}."
    answered = f"{words.count(int(time['answered']), 'request')} got an answer, {int(time['in_time'])} within the clock"
    detail = f"{answered}; {waiting or 'none'} still {words.plural(waiting, 'waits', 'wait') if waiting else 'waits'}."
    if late:
        was = f"{words.count(late, 'request')} {words.plural(late, 'was or is', 'were or are')} late."
        return markup.answer(f"{said} {was}", markup.html(detail), tone="attention", icon="report")
    return markup.answer(f"{said} None was late.", markup.html(detail), icon="fact_check")


def named(frame: Any) -> Any:
    """The frame with its kinds and jurisdictions in words, without the row of all."""
    shown = frame[frame["what"] != year.ALL]
    return shown.assign(what=[_name(one) for one in shown["what"]])


def with_all(frame: Any) -> Any:
    """The same with the row of all."""
    return frame.assign(what=["All" if one == year.ALL else _name(one) for one in frame["what"]])


def _name(what: str) -> str:
    if what in set(RequestKind):
        return RequestKind(what).nature.many
    return PLACES[Jurisdiction(what)] if what in set(Jurisdiction) else what
