"""Which teams look for which purpose, as a privacy officer has named them.

The log is the only record of it: what was in force when somebody looked cannot be changed afterwards to fit the look.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from data.accesses import events, log
from data.accesses.entry import Action, Purpose
from data.accesses.purposes import NAMEABLE, Named, Register
from data.accesses.tables import EntryRow
from data.errors import BadInput, Conflict
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault

MOST, LONGEST = 50, 100  # teams of a purpose, characters of a team's name


def name(session: Session, viewer: Viewer, vault: Vault, purpose: Purpose, teams: Sequence[str]) -> Named:
    """Say which teams look for a purpose from now on; none takes it off the record. Permission NAME_TEAMS.

    Raises BadInput for a purpose that is nobody's to name or a name that is none, Conflict when it is so already.
    """
    require(viewer, Permission.NAME_TEAMS)
    if purpose not in NAMEABLE:
        raise BadInput(f"Who looks for “{purpose.plain}” is certain; name teams for {', '.join(NAMEABLE)}.")
    wanted = tuple(sorted({" ".join(team.split()) for team in teams if team.strip()}, key=str.casefold))
    if len(wanted) > MOST or any(len(team) > LONGEST or not team.isprintable() for team in wanted):
        raise BadInput(f"Name at most {MOST} teams, each in at most {LONGEST} plain characters.")
    held = next((one for one in reversed(register(session, vault).named) if one.purpose is purpose), None)
    if wanted == (held.teams if held else ()):
        raise Conflict(f"That is on record for “{purpose.plain}” already; nothing was changed.")
    position = log.append(
        session,
        vault,
        action=Action.TEAMS_NAMED,
        people=(),
        accessor=viewer,
        reason=None,
        scope={"purpose": purpose.value, "teams": list(wanted)},
        count=len(wanted),
    )
    return Named(purpose, wanted, session.get_one(EntryRow, position).at, position)


def register(session: Session, vault: Vault) -> Register:
    """Everything that was named."""
    found, altered = events.of(session, vault, Action.TEAMS_NAMED)
    named = [
        Named(Purpose(scope["purpose"]), tuple(scope["teams"]), row.recorded_at, row.position) for row, scope in found
    ]
    return Register(tuple(named), altered)
