"""The plan: which figures are drawn of a quarter. By the calendar, unless organizers choose others before it is drawn.

The access log is the only record of what was chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.database import lock
from data.errors import BadInput, Conflict, Error
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault
from data.statistics.people import counting, figure, method, noise, reading
from data.statistics.people.figure import Figure
from data.statistics.people.release import Level, Plan, Upcoming
from data.statistics.quarter import Quarter

LOCK = "figures about people"
WAIT = 14 * instants.DAY  # after a quarter's end, before it is drawn: what is still recorded of it counts
_AHEAD = 4  # quarters
_LEVELS = frozenset(Level)


def planned(session: Session, viewer: Viewer, vault: Vault, quarter: Quarter) -> Plan:
    """What is to be counted of a quarter. Permission SEE_FIGURES. Raises Conflict when an entry about what was chosen
    no longer opens."""
    require(viewer, Permission.SEE_FIGURES)
    return of(session, vault, quarter)


def upcoming(session: Session, viewer: Viewer, vault: Vault, now: int | None = None) -> Upcoming:
    """The release that is drawn next: of the last quarter, while that was not drawn, or of the present one.
    Permission SEE_FIGURES."""
    require(viewer, Permission.SEE_FIGURES)
    at = instants.now() if now is None else now
    present, held = Quarter.of(at), reading.ledger(session, vault)
    begun = began(session)
    last_is_due = not held.spent(present.before) and begun is not None and begun < present.before.end
    quarter = present.before if last_is_due else present
    try:
        plan, obstacle = of(session, vault, quarter), ""
        # First what stays in the way longest.
        check_company(session, quarter)
        check_open(session, vault, quarter)
    except Error as error:
        plan, obstacle = by_calendar(quarter), str(error)
    return Upcoming(plan, quarter.end + WAIT, obstacle)


def choose(session: Session, viewer: Viewer, vault: Vault, quarter: Quarter, figures: Sequence[Figure | str]) -> Plan:
    """Have these figures drawn of a quarter instead of those that are planned. Permission CHOOSE_FIGURES.

    Raises BadInput for an unknown figure, one twice, none, or a quarter too far ahead; Conflict when the quarter was
    drawn already, ended before the programme began, or has these figures anyway."""
    require(viewer, Permission.CHOOSE_FIGURES)
    wanted = figure.checked(figures)
    lock(session, LOCK)
    check_open(session, vault, quarter)
    last = Quarter.of(instants.now())
    for _ in range(_AHEAD):
        last = last.after
    if quarter > last:
        raise BadInput(f"{quarter} is more than a year ahead; choose for a quarter until {last}.")
    if wanted == of(session, vault, quarter).figures:
        raise Conflict(f"These figures are planned for {quarter} already; nothing was changed.")
    log.append(
        session,
        vault,
        action=Action.FIGURES_CHOSEN,
        people=(),
        accessor=viewer,
        reason=None,
        scope={"quarter": str(quarter), "figures": [one.value for one in wanted]},
        count=len(wanted),
    )
    return Plan(quarter, wanted, True, price(len(wanted)))


def price(figures: int) -> int:
    """The margin of so many figures a quarter (`Plan.margin`): the more there are, the less each may spend."""
    return noise.margin(noise.shares(figures, _LEVELS)[Level.CELL])


def of(session: Session, vault: Vault, quarter: Quarter) -> Plan:
    """As `planned`, for what draws."""
    opened, altered = events.sorted_out(session, vault, Action.FIGURES_CHOSEN)
    # Of those that no longer open, the ones that were written so early cannot be about this quarter.
    earliest = Quarter(quarter.year - 1, quarter.number).start
    if lost := sum(row.at >= earliest for row in altered):
        raise Conflict(
            f"{lost} entries of the access log that say which figures were chosen were altered or taken away, so nobody"
            " can say what is planned; tell the auditor."
        )
    scopes = [details.read["scope"] for _, details in opened]
    chosen = next((scope for scope in reversed(scopes) if scope["quarter"] == str(quarter)), None)
    if chosen is None:
        return by_calendar(quarter)
    figures = figure.checked(chosen["figures"])
    return Plan(quarter, figures, True, price(len(figures)))


def by_calendar(quarter: Quarter) -> Plan:
    """The plan that nobody chose."""
    figures = figure.checked(figure.default(quarter))
    return Plan(quarter, figures, False, price(len(figures)))


def began(session: Session) -> int | None:
    """When the record of the programme begins: its first entry, in microseconds UTC. None while there is none."""
    return session.scalar(select(EntryRow.at).where(EntryRow.position == 0))


def check_open(session: Session, vault: Vault, quarter: Quarter) -> None:
    """Raise Conflict when a quarter was drawn already, or lies before the programme began."""
    held = reading.ledger(session, vault)
    if held.unknown:
        raise Conflict(
            f"{len(held.unknown)} entries of the access log that say what was drawn were altered, so nobody can say"
            " what is left of the budget, and nothing is drawn; tell the auditor."
        )
    if held.spent(quarter):
        raise Conflict(
            f"The figures of {quarter} were drawn already, and the budget of that quarter is spent: they are drawn once"
            " and never again."
        )
    begun = began(session)
    if begun is None or quarter.end <= begun:
        raise Conflict(f"{quarter} ended before the programme's record began; there is nothing to count in it.")


def is_due(session: Session, vault: Vault, quarter: Quarter, now: int) -> bool:
    """Whether a quarter is to be drawn by itself at `now` (microseconds UTC), and can be."""
    begun = began(session)
    if now < quarter.end + WAIT or begun is None or quarter.end <= begun:
        return False
    return counting.size(session, quarter) >= method.SMALLEST and not reading.ledger(session, vault).spent(quarter)


def check_company(session: Session, quarter: Quarter) -> None:
    """Raise Conflict when there are too few people for any figure about them."""
    if counting.size(session, quarter) < method.SMALLEST:
        raise Conflict(
            f"The company has fewer than {method.SMALLEST} people, so no figure about people in groups is ever drawn:"
            " it would say too much about each of them."
        )
