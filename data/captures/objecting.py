"""Whether an opt-out is kept: of what a person objects to, is anything held that was captured since?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from data import instants
from data.captures import labels, preview, segments
from data.captures.kinds import Kind
from data.captures.scope import Scope
from data.errors import NotAllowed
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.programme.reach import Reach
from data.programme.rules import Rule, RuleKind
from data.sealing.vault import Vault

# Which devices, and at which times of day, the rollups do not tell: what was captured is opened, of so long at most.
OPENED = 7 * instants.DAY
_COLUMNS = ("at", "kind", "app", "device")


@dataclass(frozen=True)
class KeptOut:
    """One objection that stands, by its request: since when it is looked whether anything of it was captured
    (microseconds UTC), and whether anything is held. `is_recent`: only the last week is looked at, as the objection is
    older and what it reaches has to be opened."""

    request_id: int
    since: int
    is_held: bool
    is_recent: bool = False


def kept_out(
    session: Session, viewer: Viewer, vault: Vault, person_id: int, rules: Sequence[Rule], now: int
) -> tuple[KeptOut, ...]:
    """How each objection among a person's `rules` is kept that stands at `now`. Raises NotAllowed unless they are the
    viewer's own."""
    require(viewer, Permission.SEE_SUMMARY, person_id)
    if not viewer.is_person(person_id):
        raise NotAllowed("What somebody objects to, and whether it is kept, is shown to that person alone.")
    standing = [one for one in rules if one.kind is RuleKind.OBJECTION and one.stands(now)]
    return tuple(_looked(session, vault, one, now) for one in standing)


def _looked(session: Session, vault: Vault, rule: Rule, now: int) -> KeptOut:
    reach = rule.reach.between(rule.since, instants.LAST_BOUND)
    since, end = reach.start or rule.since, reach.end
    kinds = frozenset(Kind(kind) for kind in reach.kinds)
    apps = reach.named(labels.names(session, vault, rule.person_id).values()) if reach.apps else frozenset[str]()
    is_opened = bool(reach.devices) or reach.hours is not None
    is_recent = is_opened and since < now - OPENED
    since = max(since, now - OPENED) if is_opened else since
    is_held = bool(apps) == bool(reach.apps) and preview.is_held(
        session, vault, rule.person_id, Scope(kinds, apps, since, end)
    )
    if is_held and is_opened:
        is_held = _opened(session, vault, rule.person_id, reach, since)
    return KeptOut(rule.request_id, since, is_held, is_recent)


def _opened(session: Session, vault: Vault, person_id: int, reach: Reach, since: int) -> bool:
    read = segments.read(session, vault, person_id, columns=_COLUMNS, start=since, end=reach.end)
    return any(bool(reach.mask(table).any()) for table in read)
