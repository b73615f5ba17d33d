"""The words of the figures about people: what is most worth knowing, what compares, and what is still to come. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from data.statistics.comparison import Mark, Share, Stand, alike
from data.statistics.people import method
from data.statistics.people.figure import Figure
from data.statistics.people.release import Group, Plan, Record, Release, Upcoming, in_words
from data.statistics.quarter import Quarter
from pages.shell import markup, words
from pages.shell.words import Calendar
from pages.wording import tiles

# What is asked about first: what people should not have met comes before what they did.
_FIRST = (Figure.OUTSIDE, Figure.EXPOSED, Figure.REFUSED, Figure.OPTED_OUT, Figure.ERASURE, Figure.CAPTURED)
_GRAVE = frozenset({Figure.OUTSIDE, Figure.EXPOSED, Figure.REFUSED})
_ICONS: Mapping[Figure, str] = {
    Figure.CAPTURED: "keyboard",
    Figure.OPTED_OUT: "front_hand",
    Figure.REFUSED: "block",
    Figure.EXPOSED: "lock_open",
    Figure.ERASURE: "delete",
    Figure.OUTSIDE: "visibility",
}
_ORDINAL = ("first", "second", "third", "fourth")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")

STANDS: Mapping[Stand, str] = {
    Stand.WHOLE: "Whole company",
    Stand.MORE: "More",
    Stand.ALIKE: "Cannot be told apart",
    Stand.FEWER: "Fewer",
}
MARKS: Mapping[Mark, str] = {
    Mark.NOT_COUNTED: "not counted in this quarter",
    Mark.NO_RELEASE: "no release of this quarter",
    Mark.NO_GROUP: "its departments were not a group by themselves then",
    Mark.OTHERS: "other departments went by this name then",
    Mark.UNNUMBERED: "nobody can tell whether the departments of that release are the same",
    Mark.ALTERED: "this release was altered",
}
BESIDE = (
    "The true number lies somewhere in the bar, in 95 of 100 cases. Where bars overlap, what they stand for cannot be"
    " told apart. Departments differ in size, so bars are of every 100 people; sizes are rounded, and bars are a little"
    " wider for it. The band is the whole company, which “more” and “fewer” are meant beside."
)
_QUARTERS = (
    "People of every 100, on the same axis in every panel. Hatched: not counted in that quarter, so nothing is drawn"
    " through it. ≠: other departments went by this name then; –: its departments were not a group by themselves."
    " Neither compares. Something changed only where two bars do not overlap."
)


def quarter(one: Quarter) -> str:
    """'the third quarter of 2026'."""
    return f"the {_ORDINAL[one.number - 1]} quarter of {one.year}"


def short(one: Quarter) -> str:
    """'Third quarter of 2026', to choose from."""
    return f"{_ORDINAL[one.number - 1].capitalize()} quarter of {one.year}"


def title(figure: Figure) -> str:
    """'People who opted out'."""
    return f"People who {figure.plain}"


def ordered(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """What is asked about first."""
    return tuple(sorted(figures, key=_FIRST.index))


def headline(release: Release, shares: Mapping[Figure, tuple[Share, tuple[Share, ...]]], coming: str) -> str:
    """The sentence that answers, as HTML. `shares`: of each figure the company's, and those of the departments, the
    largest first; `coming` says when the next release comes."""
    order = ordered(shares)
    first = next((one for one in order if shares[one][0].estimate.low), order[0])
    whole, parts = shares[first]
    said = f"In {quarter(release.quarter)} {in_words(whole.estimate, whole.group)} people {first.plain}."
    rest = [standing_out(parts)] if len(parts) > 1 else []
    rest += [f"{capital(_range(shares[one][0]))} {one.plain}." for one in order if one is not first]
    grave = bool(whole.estimate.low) and first in _GRAVE
    detail = f'{markup.html(" ".join(rest))}<br><span class="soft">{markup.html(coming)}</span>'
    return markup.answer(said, detail, tone="attention" if grave else "plain", icon="report" if grave else "groups")


def standing_out(parts: Sequence[Share]) -> str:
    """Which department has the largest share, and whether that can be told at all. Plain text."""
    same = alike(parts)
    if len(same) == len(parts):
        return "No department stands out: the largest cannot be told apart from any other."
    if len(same) == 1:
        return f"The share is largest in {same[0].group.name}: {in_words(same[0].estimate, same[0].group)}."
    names = words.listed([one.group.name for one in same[:4]] + (["others"] if len(same) > 4 else []))
    return f"The share is largest in {names}, which cannot be told apart."


def apart(parts: Sequence[Share], most: int) -> str:
    """Which departments can be told apart from the one with the largest share. Plain text."""
    if len(parts) < 2:
        return "The company is not cut up: there is one group."
    more = f" The {most} largest of {len(parts)} are drawn; the table has all." if len(parts) > most else ""
    same, first = alike(parts)[1:], parts[0]
    if len(same) + 1 == len(parts):
        return f"No two departments can be told apart.{more}" if _none_apart(parts) else f"{standing_out(parts)}{more}"
    if not same:
        return f"{first.group.name} has a larger share than every other department.{more}"
    names = words.listed([one.group.name for one in same[:3]] + (["others"] if len(same) > 3 else []))
    return f"{first.group.name} cannot be told apart from {names}; the rest have smaller shares.{more}"


def _none_apart(parts: Sequence[Share]) -> bool:
    return not any(one.apart(other) for one in parts for other in parts)


def course(groups: int, most: int) -> str:
    """How the panels are to be read."""
    return _QUARTERS + (f" The first {most} of {groups} groups are drawn; the CSV has all." if groups > most else "")


def then(found: str, name: str, called: str) -> str:
    """What is said of a quarter of the group `name`, which was `called` so then. Plain text."""
    return f"{found}, then called {called}" if called not in ("", name) else found


def renamed(name: str, quarters: Iterable[tuple[str, str]]) -> str:
    """'Sales was called Field in 2026-Q1 and 2026-Q2.' `quarters`: each, and what the group was called then. Plain
    text, "" for no other name."""
    found: dict[str, list[str]] = {}
    for quarter, called in quarters:
        if called not in ("", name):
            found.setdefault(called, []).append(quarter)
    return " ".join(f"{name} was called {called} in {words.listed(of)}." for called, of in found.items())


def alarm(record: Record) -> str:
    """What is said of releases that were altered, as HTML; "" when none was."""
    if not record.altered:
        return ""
    which = words.listed([quarter(one) for one in record.altered])
    said = f"The figures of {which} were altered after they were released."
    below = (
        "What the database holds of them is not what the access log says was released, so"
        " none of them is shown here or given for download. Keep what you downloaded earlier, and tell the auditor."
    )
    return markup.answer(said, below, tone="alarm", icon="gpp_bad")


def empty(coming: Upcoming, calendar: Calendar) -> str:
    """What will be here, when, and why it is not yet, as HTML."""
    if coming.obstacle:
        said = "There are no figures about people, and none are on their way."
        return markup.answer(said, markup.html(coming.obstacle), tone="plain", icon="inbox")
    below = (
        "For the whole company and for departments of at least"
        f" {method.SMALLEST} people you will read here how many people {_named(coming.plan)}, as a range such as"
        " “between 52 and 66 of about 100”. A quarter has to be over before anybody is counted, and what is still"
        f" recorded of it has two weeks to arrive. {next_release(coming, calendar)}"
    )
    return markup.answer("No figures about people have been drawn yet.", markup.html(below), icon="hourglass_empty")


def next_release(coming: Upcoming, calendar: Calendar) -> str:
    """'The next release comes on Thu 14 Jan 2027: of the fourth quarter of 2026, how many people were exposed.'"""
    of = f"of {quarter(coming.plan.quarter)}, how many people {_named(coming.plan)}"
    if coming.obstacle:
        return f"The next release does not come, as things stand: {coming.obstacle}"
    if coming.draws_at <= calendar.now:
        return f"The next release is being drawn: {of}."
    return f"The next release comes on {calendar.day(coming.draws_at)}: {of}."


def totals(shares: Mapping[Figure, tuple[Share, tuple[Share, ...]]]) -> str:
    """A tile for each figure of the whole company, as HTML."""
    shown = [
        tiles.Figure(
            _ICONS[figure],
            capital(figure.plain),
            markup.html(f"{shares[figure][0].estimate.low:,} to {shares[figure][0].estimate.high:,}"),
            f"of about {shares[figure][0].group.about:,} people",
        )
        for figure in ordered(shares)
    ]
    return tiles.figures(shown)


def meanings(figures: Iterable[Figure]) -> str:
    """Exactly who is counted by each, as markdown."""
    return "\n".join(f"- **{title(one)}**: {one.meaning}" for one in ordered(figures))


def together(pooled: Sequence[Group], *, whole: bool = False) -> str:
    """Why some departments are not shown by themselves, as HTML; `whole`: the company is not cut up at all."""
    if whole:
        said = f"The company is counted as one: cut up, a part of it would have fewer than {method.SMALLEST} people."
        return f'<p class="dl soft">{said}</p>'
    if not pooled:
        said = f"Every department has at least {method.SMALLEST} people, so each is shown by itself."
        return f'<p class="dl soft">{said}</p>'
    rows = "".join(
        f"<li><span><strong>{markup.html(one.name)}</strong><br>"
        f'<span class="soft">about {one.about:,} people</span></span>'
        f"<span>{markup.html(_some(one.departments))}</span></li>"
        for one in pooled
    )
    why = (
        f"A department of fewer than {method.SMALLEST} people is never shown by itself: the fewer people, the more a"
        " figure says about each of them, and the range would be as wide as the team. They are counted together with"
        " others of their division, and small divisions with other divisions; where there are no divisions, with others"
        " of the company. Sometimes a larger one is among them, so that nobody is left over to be worked out by taking"
        " away. Everybody is counted somewhere."
    )
    return f'<p class="dl soft">{why}</p><ul class="dl dl-rows">{rows}</ul>'


def planned(plan: Plan) -> str:
    """What a quarter's plan is and who made it. Markdown."""
    who = "Organizers chose this" if plan.chosen else "Nobody chose, so the calendar does"
    return f"**{short(plan.quarter)}**: how many people {_named(plan)}. {who}."


def prices(margins: Mapping[int, int]) -> str:
    """What each number of figures costs, in one line. Markdown."""
    parts = [f"{_NUMBERS[one]} ±{margin}" for one, margin in margins.items()]
    return f"{capital(parts[0])} · {' · '.join(parts[1:])}"


def price(figures: int, margin: int) -> str:
    """What so many figures cost, before they are chosen. Markdown."""
    each = "It" if figures == 1 else "Each of them"
    return (
        f"**{_NUMBERS[figures].capitalize()} {words.plural(figures, 'figure')}:** {each} will be off by at most about"
        f" **{margin} people** for a department, in 95 of 100 cases, whether it has 100 people or 1,000."
    )


PRICE = (
    "All figures of a quarter share one budget: the more you ask, the less each may say. By how many people each is off"
    " at most, for one figure to six: {prices}. What you choose is entered in the access log, with"
    " who chose it. It can be changed until the release is drawn; then never again."
)


def downloads(release: Release, calendar: Calendar) -> str:
    """What stands beside the two files of a release. Markdown."""
    figures = words.listed([one.plain for one in ordered(release.figures)])
    return f"**{short(release.quarter)}** · people who {figures} · drawn {calendar.day(release.drawn_at)}"


ORGANIZERS = "Organizers choose what is counted, before a release is drawn. Each choice is entered in the access log."
MENU = "Only these can be counted: each is a yes or no about one person."
PROOF = (
    "Each file holds the method, its parameters, the version of the program, and the entry of the access log that its"
    " fingerprint stands in. JSON is the whole release and can be checked; CSV is for spreadsheets."
)


def capital(text: str) -> str:
    """With a capital at its start."""
    return text[0].upper() + text[1:]


def _range(one: Share) -> str:
    found = one.estimate
    return f"between {found.low:,} and {found.high:,}" if found.low < found.high else f"{found.low:,}"


def _named(plan: Plan) -> str:
    return words.listed([one.plain for one in ordered(plan.figures)])


def _some(names: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {words.count(len(names) - most, 'more department')}"
