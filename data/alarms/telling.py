"""Alarms told to those who chose them, in the app and by e-mail: as counts, and of nobody.

What was told stands in an entry of the access log, with up to where, in the transaction that makes the notices: neither
a restart nor a second process tells it again, and nothing that is killed leaves it out.
"""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.alarms import alarm, sources
from data.alarms.alarm import Alarm, Told
from data.database import Database, lock
from data.notices.notice import Mail, Why
from data.notices.tables import AlarmChoiceRow, NoticeRow
from data.people import holding
from data.people.permissions import OTHERS, Permission
from data.proofs import checks, witnesses
from data.sealing.vault import Vault

EVERY = 20.0  # seconds between two rounds


class Teller:
    """Tells of alarms, again and again. It remembers what it found the last time only to be quick."""

    def __init__(self) -> None:
        self._looked: tuple[object, ...] = ()

    def keep_up(self, database: Database, vault: Vault, *, by_mail: bool) -> int:
        """Tell of every alarm that was raised since the last call; how many those were."""
        # Looked for first: on nearly every round there is nothing, and nobody who writes should wait for that.
        with database.reading() as session:
            looked = _state(session, vault)
            if looked == self._looked:
                return 0
            is_news = bool(_untold(session, vault)[1])
        done = _tell(database, vault, by_mail=by_mail) if is_news else 0
        self._looked = looked
        return done


def _tell(database: Database, vault: Vault, *, by_mail: bool) -> int:
    with database.writing() as session:
        lock(session, "alarms")
        told, new = _untold(session, vault)
        if not new:
            return 0
        counts = alarm.counted(new)
        scope = {"alarms": {kind.value: count for kind, count in counts.items()}, "told": asdict(told.with_all(new))}
        position = log.append(
            session, vault, action=Action.ALARM, people=(), accessor=None, reason=None, scope=scope, count=len(new)
        )
        mail = (Mail.WAITING if by_mail else Mail.NONE).value
        for person_id in sorted(_listeners(session, [kind.value for kind in counts])):
            made = {"why": Why.CHOSEN.value, "mail": mail, "made_at": instants.now()}
            session.add(NoticeRow(person_id=person_id, position=position, **made))
        session.flush()
        return len(new)


def _untold(session: Session, vault: Vault) -> tuple[Told, list[Alarm]]:
    """Up to where alarms were told, as the newest entry about it that still opens says, and what came since."""
    found, _ = events.of(session, vault, Action.ALARM)
    told = Told(**found[-1].scope["told"]) if found else Told()
    return told, [one for one in sources.every(session, vault) if told.is_new(one)]


def _state(session: Session, vault: Vault) -> tuple[object, ...]:
    """What has to change before there can be another alarm."""
    actions = [one.value for one in sources.ACTIONS]
    last = session.scalar(select(func.max(EntryRow.position)).where(EntryRow.action.in_(actions)))
    return last, checks.failures(session, vault), witnesses.raised(session)


def _listeners(session: Session, kinds: list[str]) -> frozenset[int]:
    """Those who chose any of the kinds and may still see the programme's conduct."""
    chose = select(AlarmChoiceRow.person_id).where(
        AlarmChoiceRow.kind.in_(kinds), AlarmChoiceRow.person_id.in_(holding.holders(*OTHERS[Permission.SEE_CONDUCT]))
    )
    return frozenset(session.scalars(chose))
