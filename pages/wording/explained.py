"""What explains a look that an audit saw, what nearly does, and what could be compared of it. Pure; plain text."""

from __future__ import annotations

from data.accesses.entry import Purpose
from data.looks.budget import Why
from data.looks.explanations import Explanation, Nearly
from data.looks.look import Look
from data.looks.matching import THIS_APP, Compared, Unit
from data.looks.unexplained import Close
from data.looks.verdicts import Verdict
from pages.shell import words
from pages.shell.words import Calendar

_VERDICTS = {
    Verdict.EXPLAINED: "A privacy officer says",
    Verdict.UNJUSTIFIED: "A privacy officer found no good reason",
    Verdict.INCIDENT: "A privacy officer opened an incident",
}
_MUST = "A privacy officer must explain it; until then nobody can tell you what it was for."
_OPINION = "Anybody can declare what was seen already, so that explains nothing by itself."


def explained(found: Explanation, calendar: Calendar) -> tuple[str, str]:
    """What explains a look, and how far that can be trusted: a line, and more about it."""
    if found.verdict is not Verdict.DECLARED:
        said = f"Said {calendar.when(found.at)}; the log keeps it, word for word, as entry {found.said}."
        return f"{_VERDICTS[found.verdict]}: “{found.reason}”", said
    if found.compared is None and found.destroyed:
        return f"By access {found.declared}", "What was declared and seen is no longer kept, as promised."
    if found.compared is None:
        return f"By access {found.declared}", "What it was for can no longer be read: somebody changed the database."
    late = " It came into the log only when the read was over." if found.came_late else ""
    said = (
        f"Declared by the same account, for the same people, at that time.{late} {compared(found.compared, calendar)}"
    )
    return f"By access {found.declared}: {_why(found.purpose, found.ticket)}", said


def nearly(one: Nearly, calendar: Calendar) -> str:
    """What was declared and does not explain it, and why not."""
    declared = f"Access {one.declared} ({_why(one.purpose, one.ticket)})"
    match one.why:
        case Why.LATE:
            return (
                f"{declared} was declared only afterwards: {calendar.when(one.at)}, when the audit's record was in the"
                f" log already. {_OPINION}{_differs(one.compared)}"
            )
        case Why.MORE:
            return f"{declared} was declared by the same account for that time, but for less.{_differs(one.compared)}"
        case Why.USED:
            return (
                f"{declared} was declared by the same account for that time, but other reads have used up what it"
                f" declares.{_differs(one.compared)}"
            )
        case Why.COUNTS:
            return f"{declared} showed counts in this app and no captures, so it explains no read of captures."


def unexplained(one: Look, calendar: Calendar) -> str:
    """Why a look is called unexplained."""
    saw = "An audit outside this app saw it"
    # What was declared late has a mark, and a reason, of its own.
    if before := [nearly(it, calendar) for it in one.nearly if it.why is not Why.LATE]:
        return f"{saw}. {' '.join(before)} {_MUST}"
    if one.nearly:
        return f"{saw}, and nothing that was declared before explains it. {_MUST}"
    if one.role == THIS_APP:
        return (
            f"{saw}: an account of this app itself read it, and no look of anybody else at this data was logged at that"
            f" time. It may have been for your own page: what you open yourself is not logged. {_MUST}"
        )
    return f"{saw}, and nobody has declared a look of this account at this data at this time. {_MUST}"


def late(one: Look, calendar: Calendar) -> str:
    """Why a look is marked as declared only afterwards."""
    found = next((it for it in one.nearly if it.why is Why.LATE), None)
    if found is not None:
        return nearly(found, calendar)
    return (
        "An audit outside this app saw it; what explains it came into this log only when it was over, though before the"
        " audit's record did. What was declared afterwards is weaker evidence of why it was done."
    )


def close(one: Close, calendar: Calendar) -> str:
    """What the officer reads of the looks in a case that a declaration nearly explains."""
    many = "" if one.count == 1 else f"{words.number(one.count)} of these looks; the newest: "
    return f"{many}{nearly(one.example, calendar)}"


def compared(found: Compared, calendar: Calendar) -> str:
    """What was held against each other, and what could not be."""
    said = [f"The audit saw {_amount(unit, seen)}; {_declared(unit, told)}." for unit, seen, told in found.amounts]
    if found.untold and not found.of_app and found.until is None:
        said.append("The audit does not tell how much was read, so it counts as all that was declared.")
    elif found.untold:
        said.append("The audit does not tell how much was read.")
    if found.unsaid:
        said.append("How much was declared is not said in the audit's measure, so that was not compared.")
    if found.kinds_untold:
        said.append("Nor does it tell which kinds of captures." if found.untold else "It does not tell which kinds.")
    if found.until is not None:
        said.append(f"What was declared is a span of time, until {calendar.when(found.until)}.")
    if found.of_app:
        said.append(
            "The account is this app's own: for whose look it read, and whether for that one alone, cannot be told."
        )
    return " ".join(said)


def amounts(told: object) -> str:
    """How much a source tells beside the count, '1 object, 4.2 kB'; empty where it tells nothing."""
    held = told if isinstance(told, dict) else {}
    return ", ".join(_amount(unit, held[unit]) for unit in Unit if isinstance(held.get(unit), int))


def _differs(found: Compared) -> str:
    said = [
        f" The audit saw {_amount(unit, seen)}; {_declared(unit, told)}."
        for unit, seen, told in found.amounts
        if seen > told
    ]
    return "".join(said)


def _why(purpose: Purpose, ticket: str) -> str:
    return f"{purpose.plain}, {ticket}" if ticket else purpose.plain


def _declared(unit: Unit, amount: int) -> str:
    # A row of a table of captures is a capture.
    said = words.count(amount, "capture") if unit is Unit.ROWS else _amount(unit, amount)
    return f"{said} {'was' if amount == 1 else 'were'} declared"


def _amount(unit: Unit, amount: int) -> str:
    if unit is Unit.BYTES:
        return words.size(amount)
    return words.count(amount, unit.value.removesuffix("s"))
