"""What is to be done again and again beside the requests: each chore in a thread of its own, so that none waits for
another. A new chore is one line in `chores_of`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Event, Thread
from typing import NamedTuple

from data.alarms import telling as alarms
from data.alarms.telling import Teller
from data.controls import looking
from data.controls.looking import Watch
from data.copies import telling
from data.errors import Error
from data.incidents import drift
from data.looks.reconciliation import Reconciler
from data.notices import notice, post
from data.programme import going_on
from data.proofs import checks, submitting
from data.rights import escalation, reminding, reviewing
from data.rights.erasure import issuing
from data.rights.retention import forgetting
from data.rights.retention import running as retention
from data.settings import Witness
from data.statistics.people import beside, drawing
from data.store import Store

_logger = logging.getLogger(__name__)


class Chore(NamedTuple):
    """Something to do every `pause` seconds. It is a transaction or several, and does no harm when cut off."""

    name: str
    run: Callable[[Store], object]
    pause: float


def chores_of(store: Store) -> tuple[Chore, ...]:
    """Everything that is to be done again and again in `store`."""
    reconciler, watch, teller = Reconciler(), Watch(), Teller()
    return (
        Chore("log", lambda store: checks.keep_up(store.database, store.vault, store.anchor), 2.0),
        Chore("notices", lambda store: notice_all(store, reconciler), notice.EVERY),
        Chore(
            "deadlines",
            lambda store: escalation.keep_up(store.database, store.vault, by_mail=store.settings.smtp is not None),
            escalation.EVERY,
        ),
        Chore("quarantine", lambda store: reviewing.settle(store.database, store.vault), reviewing.EVERY),
        Chore("certificates", lambda store: issuing.keep_up(store.database, store.vault), issuing.EVERY),
        Chore(
            "reminders",
            lambda store: reminding.keep_up(store.database, store.vault, store.settings),
            reminding.EVERY,
        ),
        Chore("devices", lambda store: going_on.keep_up(store.database, store.vault), going_on.EVERY),
        Chore("drift", lambda store: drift.keep_up(store.database, store.vault), drift.EVERY),
        Chore(
            "retention",
            lambda store: retention.keep_up(store.database, store.vault, store.settings),
            retention.EVERY,
        ),
        Chore(
            "accesses",
            lambda store: forgetting.keep_up(store.database, store.vault, store.settings),
            forgetting.EVERY,
        ),
        Chore(
            "alarms",
            lambda store: teller.keep_up(store.database, store.vault, by_mail=store.settings.smtp is not None),
            alarms.EVERY,
        ),
        Chore("figures", lambda store: drawing.keep_up(store.database, store.vault, store.anchor), drawing.EVERY),
        Chore("releases", lambda store: beside.keep_up(store.database, store.vault), beside.EVERY),
        # By itself: a mail server that is away takes its time to say so.
        Chore("mail", lambda store: post.deliver(store.database, store.settings), post.EVERY),
        # By itself: a holder of copies that is away takes its time to say so.
        Chore("copies", lambda store: telling.tell(store.database, store.vault), telling.EVERY),
        # By itself: a database that is away takes its time to say so.
        Chore("controls", lambda store: watch.turn(store.settings, store.database, store.vault), looking.TURN),
        *(_asking(witness) for witness in store.settings.witnesses),
    )


@contextmanager
def running(store: Store, stop: Event, chores: tuple[Chore, ...] | None = None) -> Generator[None]:
    """Do `chores` (all of the store's unless some are named) for as long as the block lasts, or until `stop`."""
    chores = chores_of(store) if chores is None else chores
    threads = [Thread(target=_again, args=(chore, store, stop), name=chore.name, daemon=True) for chore in chores]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=5)


def notice_all(store: Store, reconciler: Reconciler) -> None:
    """Hold what audits saw against what was declared, and then tell people: of what was declared nobody is told that
    it is unexplained. What cannot be reconciled is told all the same."""
    until = notice.newest(store.database)
    try:
        reconciler.run(store.database, store.vault)
    finally:
        notice.keep_up(store.database, store.vault, by_mail=store.settings.smtp is not None, until=until)


def _asking(witness: Witness) -> Chore:
    """Having one witness cosign: a chore of its own, as one that does not answer must not hold up another."""
    return Chore(f"witness {witness.name}", lambda store: submitting.keep_up(store.database, witness), submitting.EVERY)


def _again(chore: Chore, store: Store, stop: Event) -> None:
    while not stop.is_set():
        try:
            chore.run(store)
        except Error as error:
            _logger.warning("The chore %s stopped: %s", chore.name, error)
        except Exception as error:
            # The message may quote a row; its kind is enough to look for.
            _logger.error("The chore %s stopped: %s", chore.name, type(error).__name__)
        stop.wait(chore.pause)
