"""Carry out a request step by step. Each step is its own transaction and repeatable; the row names the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from data.database import Database
from data.errors import Error
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.rights import record, work
from data.rights.erasure import deletion
from data.rights.export import making
from data.rights.record import Request
from data.rights.states import RequestKind
from data.rights.tables import RequestRow
from data.rights.work import Progress, Report, Work
from data.sealing.vault import Vault
from data.settings import Settings

__all__ = ["STEPS", "Progress", "run"]

Step = Callable[[Work], str | None]

# The kinds of request that can be carried out. A step does its part, stores the name of the next one in the same
# transaction, and returns it; None when the request is done.
STEPS: Mapping[RequestKind, Mapping[str, Step]] = {
    RequestKind.EXPORT: making.STEPS,
    RequestKind.ERASURE: deletion.STEPS,
}


def run(
    database: Database,
    vault: Vault,
    settings: Settings,
    viewer: Viewer,
    request_id: int,
    progress: Report | None = None,
    until: Callable[[], bool] | None = None,
) -> Request:
    """Carry out an approved request to its end, or take up an interrupted one where it stopped. Once `until` is
    true it is left after the step in hand, for the next run to take up.

    Raises NotAllowed, NotFound, Conflict when it is not approved, is done, or is being carried out by another
    process; any other error stops it, is kept with the request, and the next run goes on from the same step.
    """
    require(viewer, Permission.RUN_STEPS)
    claimed, step = work.take(database, vault, settings, request_id, progress)
    try:
        while step is not None and not (until and until()):
            step = STEPS[claimed.kind][step](claimed)
    except BaseException as error:
        work.leave(claimed, str(error) if isinstance(error, Error) else f"It stopped: {type(error).__name__}.")
        raise
    work.leave(claimed)
    with database.reading() as session:
        row = session.get_one(RequestRow, (claimed.person_id, request_id))
        return record.of(session, vault, row, with_events=True)
