"""The story of June: a programme without a way out of it, tables open to everyone, a fix that does not hold, a pause
that a device ignores, and the press told before the staff."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile

from data import instants
from data.captures import disobeying
from data.controls import record as controls
from data.controls.control import Name
from data.errors import Conflict
from data.exposures import noting
from data.exposures import record as exposures
from data.exposures.exposure import Exposure
from data.incidents import record as incidents
from data.incidents.incident import Happening, Incident, Said
from data.incidents.record import Opening
from data.people import grants, roster
from data.programme import devices, record, versions
from data.programme.beat import State
from data.programme.reach import Reach
from data.rights import objection
from data.scenarios import company, invented, readings
from data.scenarios.company import PEOPLE
from data.scenarios.stage import Stage
from data.scenarios.story import Step, Story
from data.scenarios.warehouse import NAME

TABLES = "Engineering"  # whose captures lie in the warehouse
INCIDENT = 1
READER = "lukas"  # who reads what he may not


def begin(stage: Stage) -> str:
    """The roster, the roles, the devices and the notice."""
    with NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
        file.write(company.roster())
        file.flush()
        stage.act("", roster.load, Path(file.name))
    for one in PEOPLE:
        if one.role:
            stage.act("", grants.grant, one.email, one.role)
    owned = [one for one in PEOPLE if one.device]
    made = stage.act("", devices.enrol, [(stage.id(one.key), one.device) for one in owned])
    stage.tokens |= {one.key: token for one, token in zip(owned, made, strict=True)}
    stage.act("ingrid", versions.publish, invented.NOTICE)
    stage.report({one.key: State.CAPTURING for one in owned})
    read = stage.read("tomasz", versions.read)
    counts = f"0 of {len(PEOPLE)}" if read is None else f"{read.people} of {read.of}"
    return f"A notice is on record; {counts} people have said that they read it. {len(owned)} devices capture."


def first_look(stage: Stage) -> str:
    """The warehouse is named to the probes, which look for the first time."""
    stage.warehouse.load("day_0", invented.rows(TABLES))
    assert stage.store.settings.controls_path is not None
    stage.warehouse.watched(stage.store.settings.controls_path, TABLES)
    stage.look()
    return readings.stands(stage)


def objected(stage: Stage) -> str:
    """Nobody asked her, and it counts all the same."""
    reach = Reach(frozenset({"key"}), frozenset({"Element"}))
    made = stage.act("amara", objection.ask, stage.id("amara"), reach, "I write to my family there.")
    return f"Her objection (request {made.id}) counts from now on; an officer has until {made.due_on:%-d %B} to decide."


def captured(stage: Stage) -> str:
    """The first day's captures come in."""
    found = [stage.capture(one.key, invented.day(stage.begins)) for one in PEOPLE if one.device]
    mine = found[0]
    return (
        f"{sum(one.added for one in found):,} captures are taken in. Of Amara's, {mine.objected:,} are refused and"
        " leave nothing behind, as she objects."
    )


def opened(stage: Stage) -> str:
    """Everybody may read the tables; Daylight may not even sign in any more."""
    stage.warehouse.open_to_everyone()
    stage.warehouse.lock_out(locked=True)
    stage.pass_until(instants.now())
    stage.look()
    return readings.stands(stage)


def audit_off(stage: Stage) -> str:
    """What the company's own record will say of this time."""
    stage.look()
    return f"{readings.stands(stage)} The last good look is {readings.since_good(stage)} old."


def was_read(stage: Stage) -> str:
    """Somebody who may not reads, really, while nothing records it."""
    count = stage.warehouse.read_as(READER)
    stage.look()
    return f"He reads {count:,} rows, and nothing records it. {readings.stands(stage)}"


def was_read_again(stage: Stage) -> str:
    """The same, and now an audit sees it."""
    count = stage.warehouse.read_as(READER)
    stage.look()
    return f"He reads {count:,} rows. {readings.stands(stage)}"


def found(stage: Stage) -> str:
    """Daylight's login is let in again."""
    stage.warehouse.lock_out(locked=False)
    stage.look()
    return f"{readings.stands(stage)} {readings.exposure(_newest(stage))}"


def incident(stage: Stage) -> str:
    """The officer opens an incident, of which the clocks run, and links the exposure."""
    aware = stage.begins + 3 * instants.DAY + 9 * instants.HOUR
    opening = Opening("Keystrokes were open to everyone", "Every login could read keystrokes of Engineering.", aware)
    number = stage.act("ingrid", incidents.open_new, opening)
    stage.act("ingrid", exposures.link, _newest(stage).number, number, "It is the table that the incident is about.")
    one = _incident(stage)
    left = (one.regulator_due - instants.now()) / instants.HOUR
    return f"Incident {number} concerns {one.people} people; {left:.1f} hours are left to tell the regulator."


def evidence(stage: Stage) -> str:
    """The audit's record, with the hole in it."""

    def at(day: int, hour: float) -> str:
        return instants.iso(stage.begins + (day - 1) * instants.DAY + round(hour * instants.HOUR))

    read = {"at": at(4, 7.5), "source": NAME, "action": "query", "who": stage.warehouse.role(READER), "role": "analyst"}
    read |= {"people": [company.named(key).email for key in ("amara", "bjorn")], "count": 2, "observed": True}
    read |= {"scope": {"what": NAME, "kinds": ["key"]}, "team": "Sales"}
    stage.evidence(
        [
            {"coverage": NAME, "start": at(1, 8), "end": at(2, 11), "why": "the audit was switched off"},
            {"coverage": NAME, "start": at(4, 6), "end": None, "why": ""},
            read,
        ]
    )
    return readings.card(stage)


def fixed(stage: Stage) -> str:
    """The first fix, which forgets the tables that will come."""
    stage.warehouse.close_what_is_there()
    _claim(stage, "Nobody but the application reads the tables any more.")
    stage.look()
    _note(stage, Happening.CONTAINED, "The tables were closed.")
    _note(stage, Happening.FIX_CLAIMED, "The permission of everybody was taken back.")
    tomorrow = readings.said(stage, "new-tables")
    return f"{readings.stands(stage)} {readings.exposure(_newest(stage))} Of tables to come: {tomorrow}"


def failed(stage: Stage) -> str:
    """The nightly load makes a table, open as the defaults still say."""
    stage.warehouse.load("day_4", invented.rows(TABLES))
    stage.look()
    return f"{readings.stands(stage)} {readings.exposure(_newest(stage))}"


def paused(stage: Stage) -> str:
    """The officer puts it on record, and pauses for everybody."""
    stage.report(dict.fromkeys(stage.tokens, State.CAPTURING))
    _note(stage, Happening.FIX_FAILED, "The table of the night was open to everyone again.")
    newest = _newest(stage).number
    stage.act("ingrid", exposures.link, newest, INCIDENT, "It is the same fault again.")
    done = stage.act("ingrid", record.pause, None, "Keystrokes were open to everyone, and the fix did not hold.")
    state = done.state(instants.now())
    return f"The programme is {state.value}: everybody reads who paused it and why. What is captured now is refused."


def disobeyed(stage: Stage) -> str:
    """Most devices stop; one goes on."""
    states = {key: State.CAPTURING if key == "farah" else State.PAUSED for key in stage.tokens}
    stage.report(states)
    found = stage.capture("farah", invented.typed(instants.now() - 5 * instants.MINUTE, "Element", invented.TYPED))
    _, all_of_it = stage.read("tomasz", disobeying.current)
    return (
        f"{found.added} of {found.quarantined} captures are taken in; all lie sealed in quarantine. Farah reads which"
        f" device it was, organizers that {all_of_it.devices} device of {all_of_it.people} person goes on."
    )


def press(stage: Stage) -> str:
    """A statement that Daylight does not let pass as if nothing were."""
    try:
        _note(stage, Happening.PRESS, "We told the newspaper.")
        refused = "It was recorded."
    except Conflict as conflict:
        refused = str(conflict).partition(":")[0]
    said = Said(Happening.PRESS, "A spokesperson told a newspaper of it.", anyway=True)
    stage.act("ingrid", noting.note, INCIDENT, said, by_mail=False)
    first = "everybody reads that the public was told first" if _incident(stage).press_first else "nobody reads it"
    return f"Refused at first ({refused}). Recorded as what it is: {first}."


def fixed_again(stage: Stage) -> str:
    """The defaults too."""
    stage.warehouse.close_for_good()
    _claim(stage, "The defaults of new tables were taken back too.")
    stage.look()
    _note(stage, Happening.CONTAINED, "All tables are closed, and those that will come.")
    _note(stage, Happening.FIX_CLAIMED, "The defaults of new tables were taken back.")
    return f"{readings.stands(stage)} {readings.exposure(_newest(stage))}"


def told(stage: Stage) -> str:
    """Whom it concerns, the organizers, and all staff: after the newspaper."""
    _note(stage, Happening.AFFECTED, "Every login could read what you typed. It is closed; the app says who did.")
    _note(stage, Happening.ORGANIZERS, "The tables were open from the first evening on, and again for one night.")
    _note(stage, Happening.STAFF, "Keystrokes were open to everyone. You should have read it here first.")
    one = _incident(stage)
    went = {event.happening: event.told for event in one.events if event.told}
    left = (one.regulator_due - instants.now()) / instants.HOUR
    first = "That the public was told first stays." if one.press_first else ""
    return (
        f"It went to the {went[Happening.AFFECTED]} people concerned, and to all {went[Happening.STAFF]}. {first}"
        f" {left:.0f} hours are left to tell the regulator."
    )


def _claim(stage: Stage, words: str) -> None:
    stage.act("ingrid", controls.claim, Name("readers", NAME), words, days=stage.store.settings.fix_days)


def _note(stage: Stage, happening: Happening, words: str) -> Incident:
    return stage.act("ingrid", noting.note, INCIDENT, Said(happening, words), by_mail=False)


def _incident(stage: Stage) -> Incident:
    return stage.read("ingrid", incidents.one, INCIDENT)


def _newest(stage: Stage) -> Exposure:
    return stage.read("ingrid", exposures.read).exposures[0]


JUNE = Story(
    "june",
    "A rollout without a way out, tables open to everyone, a fix that fails, a pause that a device ignores, the press",
    (
        Step("begin", 1, 8, "The company captures how everybody works. Its notice names no way out.", begin),
        Step("watched", 1, 9, "The warehouse that keystrokes of Engineering go to is named to Daylight.", first_look),
        Step("objected", 1, 12, "Amara objects, in Daylight, to being captured in her messenger.", objected),
        Step("captured", 1, 17, "The day's captures come in.", captured),
        Step("opened", 1, 18.5, "The tables are opened to everyone; Daylight's login is locked.", opened),
        Step("audit-off", 2, 11, "The warehouse's audit is switched off: it was slow.", audit_off),
        Step("read", 3, 22, "Lukas of Sales reads the keystrokes of Engineering.", was_read),
        Step("read-again", 4, 7.5, "The audit is on again, and Lukas reads again.", was_read_again),
        Step("found", 4, 9, "Day 4: Daylight's login is let in again.", found),
        Step("incident", 4, 9.5, "The privacy officer opens an incident.", incident),
        Step("evidence", 4, 10, "What the audit recorded is brought in, with a hole of two days in it.", evidence),
        Step("fixed", 4, 13, "After four hours the tables are said to be closed.", fixed),
        Step("failed", 5, 2, "The nightly load makes the next table.", failed),
        Step("paused", 5, 8.5, "The programme is paused for everybody.", paused),
        Step("disobeyed", 5, 9, "Farah's old laptop goes on capturing.", disobeyed),
        Step("press", 5, 11, "A newspaper is told before the staff.", press),
        Step("fixed-again", 5, 12, "The defaults of new tables are closed too.", fixed_again),
        Step("told", 5, 15, "The people concerned, the organizers and all staff are told.", told),
    ),
)
