"""The background worker: carries out what is approved, takes up what a crash interrupted, ends what has expired."""

from __future__ import annotations

import logging
from threading import Event

from sqlalchemy import func, select

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.captures import compaction
from data.captures.tables import SegmentRow
from data.database import Database
from data.errors import Error
from data.people.viewer import OPERATOR
from data.rights import precedence, steps
from data.rights.export import offer
from data.rights.states import WAITING, State
from data.rights.tables import RequestRow
from data.rights.work import is_free, starts_at
from data.sealing.vault import Vault
from data.settings import Settings

PAUSE = 1.0  # seconds between two looks at the queue
_RETRY = instants.MINUTE  # after a failure, so that what cannot succeed does not run all the time
_TIDY = 10 * instants.MINUTE
_MANY = 8  # small segments of one person, from which merging them is worth the writing
_AT_ONCE = 20  # people, so that a request never waits long for the tidying

_logger = logging.getLogger(__name__)


def work(database: Database, vault: Vault, settings: Settings, stop: Event) -> None:
    """Carry out requests one after the other until `stop` is set (between two steps)."""
    failed: dict[int, int] = {}
    tidied = 0
    while not stop.is_set():
        try:
            found = waiting(database, settings)
        except Exception as error:  # a database that is away comes back
            _log("The look at the queue", error)
            stop.wait(PAUSE)
            continue
        ready = [one for one in found if instants.over(failed.get(one, 0), _RETRY, instants.now())]
        for request_id in ready:
            if stop.is_set():
                return
            try:
                steps.run(database, vault, settings, OPERATOR, request_id, until=stop.is_set)
                failed.pop(request_id, None)
            except Exception as error:  # a worker that dies of one request carries out none
                failed[request_id] = instants.now()
                _log(f"Request {request_id}", error)
        if not ready and instants.over(tidied, _TIDY, instants.now()):
            tidied = instants.now()  # first, so that what fails is not tried all the time
            for chore in (tidy, merge_small):
                try:
                    chore(database, vault)
                except Exception as error:
                    _log(f"The chore {chore.__name__}", error)
        if not ready:
            stop.wait(PAUSE)


def waiting(database: Database, settings: Settings) -> tuple[int, ...]:
    """The requests that can be carried out now, the one that is due first at the head."""
    states = [State.APPROVED.value, State.RUNNING.value]
    query = select(RequestRow).where(RequestRow.state.in_(states)).order_by(RequestRow.due_on, RequestRow.id)
    with database.reading() as session:
        found = [
            row for row in session.scalars(query) if is_free(row) and precedence.deletion_before(session, row) is None
        ]
        return tuple(row.id for row in found if (starts_at(row, settings) or 0) <= instants.now())


def merge_small(database: Database, vault: Vault) -> int:
    """Merge the small segments of whoever has many of them; returns how many fewer there are. Whoever has a request
    that is being carried out is left for later: a copy in the making counts on its segments. What one person's segments
    fail with is logged, and stops nobody else's."""
    with database.reading() as session:
        busy = select(RequestRow.person_id).where(RequestRow.state.in_([one.value for one in WAITING]))
        small = (
            select(SegmentRow.person_id)
            .where(SegmentRow.count < compaction.SMALL, SegmentRow.person_id.not_in(busy))
            .group_by(SegmentRow.person_id)
            .having(func.count() >= _MANY)
            .order_by(func.random())  # whoever cannot be merged takes nobody else's turn for ever
            .limit(_AT_ONCE)
        )
        people = list(session.scalars(small))
    fewer = 0
    for person_id in people:
        try:
            fewer += compaction.compact(database, vault, person_id)
        except Exception as error:
            _log(f"Merging segments of person {person_id}", error)
    return fewer


def tidy(database: Database, vault: Vault, now: int | None = None) -> int:
    """Expire exports whose time is over and delete what is left of them; returns how many expired."""
    now = instants.now() if now is None else now
    with database.writing() as session:
        over = list(session.scalars(offer.over(now).with_for_update()))
        for row in over:
            offer.expire(session, row, "Its time was over.")
        for row in over:
            log.append(
                session,
                vault,
                action=Action.EXPORT_EXPIRED,
                people=[row.person_id],
                accessor=None,
                reason=None,
                scope={"request": row.id},
                count=0,
            )
    with database.reading() as session:
        offer.sweep(session, vault)
    return len(over)


def _log(what: str, error: Exception) -> None:
    """Log that `what` stopped, and why, as far as that may be told."""
    if isinstance(error, Error):
        _logger.warning("%s stopped: %s", what, error)
    else:
        # The message may quote a row; its kind is enough to look for.
        _logger.error("%s stopped: %s", what, type(error).__name__)
