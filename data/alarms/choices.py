"""Which alarms the viewer wants to be told of, and what is new of them to them: in counts, about nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import events
from data.accesses.entry import Action
from data.alarms.alarm import Kind
from data.errors import NotAllowed
from data.notices.notice import Why
from data.notices.tables import AlarmChoiceRow, NoticeRow
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault


def mine(session: Session, viewer: Viewer) -> frozenset[Kind]:
    """What the viewer chose. Permission SEE_CONDUCT."""
    require(viewer, Permission.SEE_CONDUCT)
    chosen = select(AlarmChoiceRow.kind).where(AlarmChoiceRow.person_id == viewer.person_id)
    return frozenset(Kind(one) for one in session.scalars(chosen) if one in set(Kind))


def choose(session: Session, viewer: Viewer, kinds: Collection[Kind]) -> None:
    """From now on the viewer is told of these, and of no others. Permission SEE_CONDUCT. Raises NotAllowed for whoever
    is nobody on the roster."""
    before = mine(session, viewer)
    if viewer.person_id is None:
        raise NotAllowed("Alarms are told to people on the roster; name one with --as.")
    rows = AlarmChoiceRow.person_id == viewer.person_id
    session.execute(delete(AlarmChoiceRow).where(rows, AlarmChoiceRow.kind.not_in([one.value for one in kinds])))
    now = instants.now()
    session.add_all(
        AlarmChoiceRow(person_id=viewer.person_id, kind=one.value, since=now) for one in sorted(set(kinds) - before)
    )
    session.flush()


def unseen(session: Session, viewer: Viewer, vault: Vault) -> Mapping[Kind, int]:
    """How many of each kind that the viewer chose are new to them. Permission SEE_CONDUCT."""
    chosen = mine(session, viewer)
    rule = NoticeRow.person_id == viewer.person_id, NoticeRow.why == Why.CHOSEN.value, NoticeRow.seen_at.is_(None)
    positions = set(session.scalars(select(NoticeRow.position).where(*rule)))
    if not positions:
        return {}
    found: Counter[Kind] = Counter()
    for row, scope in events.of(session, vault, Action.ALARM)[0]:
        if row.position in positions:
            found.update({Kind(kind): int(count) for kind, count in scope["alarms"].items()})
    return {kind: found[kind] for kind in Kind if found[kind] and kind in chosen}
