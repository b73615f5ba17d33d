"""Incidents as the access log holds them: each line of an incident's history is an entry of the log, so that none of
it can be rewritten, and there is no other place that could say something else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log
from data.accesses.entry import Action
from data.accesses.events import Logged
from data.accesses.tables import AboutRow
from data.database import lock
from data.errors import Conflict, NotAllowed, NotFound
from data.incidents import incident as rules
from data.incidents import telling
from data.incidents.incident import Event, Happening, Incident, Said
from data.looks import unexplained
from data.people import crowd
from data.people.permissions import Permission, may, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Record:
    """The incidents that somebody may read, newest first. `altered` counts entries of the log that were about an
    incident, whomever it concerned, and no longer open: what they said is lost, that they were there is not."""

    incidents: tuple[Incident, ...]
    altered: int = 0

    @property
    def positions(self) -> frozenset[int]:
        """The entries of the log that can be read of them."""
        return frozenset(event.position for one in self.incidents for event in one.events)


@dataclass(frozen=True)
class Opening:
    """What an incident begins with: whom it concerns and which accesses it is about, as far as is known. `aware_at`:
    since when the company knew (None: now)."""

    title: str
    words: str
    aware_at: int | None = None
    people: Sequence[int] = ()
    looks: Sequence[int] = ()


def read(session: Session, viewer: Viewer, vault: Vault) -> Record:
    """The incidents that the viewer may read: all for whoever watches the programme; others read those that concern
    them, and those of which all staff, or the public, were told. Exact numbers of few people are the officers'."""
    require(viewer, Permission.READ_INCIDENTS)
    found, altered = _all(session, vault, viewer.person_id)
    if not may(viewer, Permission.SEE_INCIDENTS):
        found = [one for one in found if one.is_mine or one.is_public]
    whole = crowd.company(session)
    return Record(tuple(_shown(viewer, one, whole) for one in reversed(found)), altered)


def _shown(viewer: Viewer, one: Incident, whole: int) -> Incident:
    events = tuple(
        # A notice to all staff is about the whole company.
        event
        if event.happening is Happening.STAFF
        else replace(
            event,
            told=crowd.shown(viewer, event.told, whole),
            seen=crowd.among(viewer, event.seen, event.told) if event.told else 0,
        )
        for event in one.events
    )
    return replace(one, people=crowd.shown(viewer, one.people, whole), events=events)


def one(session: Session, viewer: Viewer, vault: Vault, number: int) -> Incident:
    """One incident that the viewer may read. Raises NotFound."""
    found = next((each for each in read(session, viewer, vault).incidents if each.number == number), None)
    if found is None:
        raise NotFound(f"There is no incident {number}, or it is not yours to see; check its number.")
    return found


def every(session: Session, vault: Vault) -> tuple[Incident, ...]:
    """All of them by number, for what follows from them; shows none of this to anybody."""
    return tuple(_all(session, vault, None)[0])


def open_new(session: Session, viewer: Viewer, vault: Vault, opening: Opening) -> int:
    """Open an incident; its number. Permission HANDLE_INCIDENTS. Raises BadInput, and Conflict where one is open that
    says exactly this."""
    require(viewer, Permission.HANDLE_INCIDENTS)
    words, title = rules.text_of(opening.words), rules.title_of(opening.title)
    now = instants.now()
    aware_at = rules.instant_of(opening.aware_at, now)
    lock(session, log.LOCK)  # so that two officers do not give out one number
    held, _ = _all(session, vault, None)
    if same := next((each for each in held if _says(session, each, title, words, opening)), None):
        raise Conflict(f"Incident {same.number} is open and says exactly this; no other was opened.")
    number = max((each.number for each in held), default=0) + 1
    more = {"title": title, "aware_at": aware_at, "looks": list(opening.looks)}
    said = Said(Happening.OPENED, words)
    _append(session, viewer, vault, number, said, opening.people, more)
    return number


def _says(session: Session, each: Incident, title: str, words: str, opening: Opening) -> bool:
    """Whether an incident that is open holds all of an opening: one that was sent twice. Said of another time, the
    same words are of another incident, with a clock of its own."""
    is_same = not each.is_closed and (each.title, each.events[0].words) == (title, words)
    is_same = is_same and opening.aware_at in (None, each.aware_at)
    return is_same and {*opening.looks} <= {*each.looks} and {*opening.people} <= {*concerned(session, each)}


def widen(session: Session, viewer: Viewer, vault: Vault, found: Incident, opening: Opening) -> None:
    """Take more people and accesses into an incident that `handled` gave in this transaction. Permission
    HANDLE_INCIDENTS. Raises BadInput, and Conflict when it is closed."""
    require(viewer, Permission.HANDLE_INCIDENTS)
    said = Said(Happening.WIDENED, rules.text_of(opening.words))
    rules.check(found, said, instants.now())
    _append(session, viewer, vault, found.number, said, opening.people, {"looks": list(opening.looks)})


def note(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    number: int,
    said: Said,
    *,
    by_mail: bool,
    exposed: Callable[[Incident], Collection[int]],
    expected: int | None = None,
) -> Incident:
    """Record what happened in an incident; a notice goes out with it. Permission HANDLE_INCIDENTS.

    Raises NotFound, BadInput, Conflict in a sentence each, and NotAllowed where it is about looks of the viewer's.
    `by_mail`: a notice waits for an e-mail too. `exposed` gives the exposures of it that are not closed, which
    data/exposures/noting.py finds for everybody. `expected` is how many events the officer saw: with it, nothing is
    recorded, or sent, once more have happened.
    """
    found = handled(session, viewer, vault, number)
    if expected is not None and len(found.events) != expected:
        raise Conflict(
            f"Something else was recorded in incident {number} meanwhile; nothing was recorded or sent now. Copy"
            " your words, and reload to read it."
        )
    words = rules.text_of(said.words)
    rules.check(found, said, instants.now(), exposed(found))
    more = {"late": rules.text_of(said.late)} if said.late.strip() else {}
    people = concerned(session, found) if said.happening is Happening.AFFECTED else ()
    position = _append(session, viewer, vault, number, replace(said, words=words), people, more)
    if said.happening in rules.NOTICES:
        telling.tell(session, position, said.happening, by_mail=by_mail)
    noted = one(session, viewer, vault, number)
    if noted.press_first and not found.press_first:
        telling.alarm(session, position, viewer, by_mail=by_mail)
    return noted


def handled(session: Session, viewer: Viewer, vault: Vault, number: int) -> Incident:
    """An incident for the viewer to record in, in this transaction, none of whose looks is theirs. These are opened
    before the log is held, as very many take seconds, in which nothing could be logged; on SQLite a writing transaction
    holds it from its start. Permission HANDLE_INCIDENTS. Raises NotFound, NotAllowed."""
    require(viewer, Permission.HANDLE_INCIDENTS)
    known = one(session, viewer, vault, number).looks
    _check(session, viewer, vault, number, known)
    lock(session, log.LOCK)
    found = one(session, viewer, vault, number)
    # Others may have come in before the log was held.
    _check(session, viewer, vault, number, sorted({*found.looks} - {*known}))
    return found


def _check(session: Session, viewer: Viewer, vault: Vault, number: int, looks: Sequence[int]) -> None:
    if unexplained.is_own(session, viewer, vault, looks):
        raise NotAllowed(
            f"Incident {number} is about looks of your own; another officer must record what happens in it."
        )


def _append(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    number: int,
    said: Said,
    people: Sequence[int],
    more: Mapping[str, object],
) -> int:
    scope = {"incident": number, "event": said.happening.value, "words": said.words, **more}
    return log.append(
        session,
        vault,
        action=Action.INCIDENT,
        people=people,
        accessor=viewer,
        reason=None,
        scope=scope,
        count=1,
        at=said.at,
    )


def _all(session: Session, vault: Vault, reader: int | None) -> tuple[list[Incident], int]:
    """Every incident in the order of their numbers, and how many entries no longer open."""
    logged, altered = events.of(session, vault, Action.INCIDENT)
    said: dict[int, list[Logged]] = {}
    for one in logged:
        said.setdefault(int(one.scope["incident"]), []).append(one)
    counts = telling.counts(session, [one.row.position for one in logged])
    return [_built(session, number, lines, counts, reader) for number, lines in sorted(said.items())], altered


def _built(
    session: Session,
    number: int,
    lines: Sequence[Logged],
    counts: Mapping[int, tuple[int, int]],
    reader: int | None,
) -> Incident:
    events = [
        Event(
            position=row.position,
            happening=Happening(scope["event"]),
            at=row.at,
            recorded_at=row.recorded_at,
            words=str(scope["words"]),
            late=str(scope.get("late", "")),
            told=counts.get(row.position, (0, 0))[0],
            seen=counts.get(row.position, (0, 0))[1],
        )
        for row, scope in lines
    ]
    first = lines[0][1]
    people, is_mine = _people(session, [row.position for row, _ in lines], reader)
    return Incident(
        number=number,
        title=str(first.get("title", "An incident whose first entry no longer opens")),
        aware_at=int(first.get("aware_at", events[0].recorded_at)),
        events=tuple(events),
        people=people,
        looks=tuple(look for _, scope in lines for look in scope.get("looks", ())),
        is_mine=is_mine,
    )


def _people(session: Session, positions: Sequence[int], reader: int | None) -> tuple[int, bool]:
    about = AboutRow.position.in_(positions)
    count = session.scalar(select(func.count(AboutRow.person_id.distinct())).where(about)) or 0
    mine = select(AboutRow.position).where(about, AboutRow.person_id == reader).limit(1)
    return count, reader is not None and session.scalar(mine) is not None


def concerned(session: Session, found: Incident) -> Sequence[int]:
    """Whom an incident concerns, by id; for whoever asked for permission already."""
    about = AboutRow.position.in_([event.position for event in found.events])
    return list(session.scalars(select(AboutRow.person_id).where(about).distinct()))
