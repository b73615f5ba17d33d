"""May they: the one place where authority is decided. One table, permission -> who."""

from __future__ import annotations

from enum import StrEnum

from data import instants
from data.errors import NotAllowed
from data.people.viewer import Role, Viewer


class Permission(StrEnum):
    """What can be asked for. `OWN` ones are about one person and always open to that person."""

    SEE_SUMMARY = "see what is held about a person, in counts"
    SEE_CAPTURES = "open a person's captures"
    SEE_ACCESSES = "see who opened a person's data"
    TAKE_TAG_KEY = "take a person's own key to the access log"
    SEE_REQUESTS = "see a person's requests"
    OPEN_REQUEST = "ask for something about a person's data"
    TAKE_EXPORT = "download a person's export"
    SEE_QUEUE = "see the requests that wait for a decision"
    DECIDE = "decide a request"
    KEEP_TEXTS = "keep the texts that officers share"
    HOLD = "hold somebody's data because of a legal duty"
    EXPLAIN_ACCESSES = "explain accesses that nobody declared"
    READ_INCIDENTS = "read about the incidents that concern them or everybody"
    SEE_INCIDENTS = "see every incident"
    COUNT_FEW = "see exactly how many people something is about where they are few"
    HANDLE_INCIDENTS = "open an incident and record what is done about it"
    SEE_CONTROLS = "see the evidence for each promise of the programme"
    CLAIM_FIX = "say that a broken promise is kept again"
    RUN_CONTROLS = "look whether each promise of the programme is kept"
    TAKE_AFFECTED = "take the list of everybody whom an exposure concerns"
    READ_PROGRAMME = "read what the programme is for"
    CONTROL_PROGRAMME = "pause the programme and have it resumed"
    AGREE_RESUME = "agree for the employees that the programme resumes"
    FILE_ASSESSMENT = "file the programme's impact assessment"
    PAUSE_OWN = "pause the capturing of a person"
    REVIEW_QUARANTINE = "review captures that were refused because of a pause"
    NAME_TEAMS = "name the teams that look for a purpose"
    BLACK_OUT = "black out what a person's copies show of others"
    SET_BYSTANDERS = "set what is blacked out in every copy"
    PUBLISH_NOTICE = "publish the programme's privacy notice"
    HANDLE_DRIFT = "see and close what was captured without having been promised"
    SEE_CONDUCT = "see the programme's conduct for the whole company"
    SEE_FIGURES = "see the figures about people in groups"
    CHOOSE_FIGURES = "choose which figures about people are drawn for a quarter"
    DRAW_FIGURES = "draw the figures about people of a quarter"
    GIVE_LOGINS = "give a login of the database that reads releases"
    SEE_LOG = "see the access log without content"
    MANAGE_PEOPLE = "import the roster, grant and revoke roles"
    IMPORT = "import captures and access evidence"
    RUN_STEPS = "carry out decided requests"
    EXTRACT = "extract captures for analytics or training"
    SEE_CONSUMERS = "see who holds copies of captures"
    ENROL_DEVICES = "enrol and revoke devices that report"
    SEE_DEVICES = "see what a person's devices report of themselves"
    NAME_DEVICES = "have devices named by what they report"


_OFFICER = frozenset({Role.OFFICER})

OTHERS: dict[Permission, frozenset[Role]] = {
    Permission.SEE_SUMMARY: frozenset({Role.OFFICER, Role.OPERATOR}),
    Permission.SEE_CAPTURES: _OFFICER,
    Permission.SEE_ACCESSES: _OFFICER,
    Permission.TAKE_TAG_KEY: frozenset(),
    Permission.SEE_REQUESTS: _OFFICER,
    Permission.OPEN_REQUEST: _OFFICER,
    Permission.TAKE_EXPORT: _OFFICER,
    Permission.SEE_QUEUE: _OFFICER,
    Permission.DECIDE: _OFFICER,
    Permission.KEEP_TEXTS: _OFFICER,
    Permission.HOLD: _OFFICER,
    Permission.EXPLAIN_ACCESSES: _OFFICER,
    Permission.READ_INCIDENTS: frozenset(Role),
    Permission.SEE_INCIDENTS: frozenset({Role.ORGANIZER, Role.OFFICER, Role.AUDITOR, Role.OPERATOR}),
    Permission.COUNT_FEW: _OFFICER,
    Permission.HANDLE_INCIDENTS: _OFFICER,
    Permission.SEE_CONTROLS: frozenset({Role.ORGANIZER, Role.OFFICER, Role.AUDITOR, Role.OPERATOR}),
    Permission.CLAIM_FIX: _OFFICER,
    Permission.RUN_CONTROLS: frozenset({Role.OFFICER, Role.OPERATOR}),
    Permission.TAKE_AFFECTED: _OFFICER,
    Permission.READ_PROGRAMME: frozenset(Role),
    Permission.CONTROL_PROGRAMME: _OFFICER,
    Permission.AGREE_RESUME: frozenset({Role.ORGANIZER}),
    Permission.FILE_ASSESSMENT: _OFFICER,
    Permission.PAUSE_OWN: frozenset(),
    Permission.REVIEW_QUARANTINE: _OFFICER,
    Permission.NAME_TEAMS: _OFFICER,
    Permission.BLACK_OUT: _OFFICER,
    Permission.SET_BYSTANDERS: _OFFICER,
    Permission.PUBLISH_NOTICE: _OFFICER,
    Permission.HANDLE_DRIFT: _OFFICER,
    Permission.SEE_CONDUCT: frozenset({Role.ORGANIZER, Role.OFFICER, Role.AUDITOR}),
    Permission.SEE_FIGURES: frozenset({Role.ORGANIZER, Role.OFFICER, Role.AUDITOR, Role.OPERATOR}),
    Permission.CHOOSE_FIGURES: frozenset({Role.ORGANIZER}),
    Permission.DRAW_FIGURES: frozenset({Role.OPERATOR}),
    Permission.GIVE_LOGINS: frozenset({Role.OPERATOR}),
    Permission.SEE_LOG: frozenset({Role.AUDITOR}),
    Permission.MANAGE_PEOPLE: frozenset({Role.OPERATOR}),
    Permission.IMPORT: frozenset({Role.OPERATOR}),
    Permission.RUN_STEPS: frozenset({Role.OFFICER, Role.OPERATOR}),
    Permission.EXTRACT: frozenset({Role.OFFICER, Role.OPERATOR}),
    Permission.SEE_CONSUMERS: frozenset({Role.OFFICER, Role.OPERATOR, Role.AUDITOR}),
    Permission.ENROL_DEVICES: frozenset({Role.OPERATOR}),
    Permission.SEE_DEVICES: frozenset(),
    Permission.NAME_DEVICES: _OFFICER,
}

OWN = frozenset(
    {
        Permission.SEE_SUMMARY,
        Permission.SEE_CAPTURES,
        Permission.SEE_ACCESSES,
        Permission.TAKE_TAG_KEY,
        Permission.SEE_REQUESTS,
        Permission.OPEN_REQUEST,
        Permission.TAKE_EXPORT,
        Permission.PAUSE_OWN,
        Permission.SEE_DEVICES,
    }
)

# How long somebody who signs in counts as just having proved who they are, in microseconds.
FRESH = 5 * instants.MINUTE

# Nobody decides their own request, whatever their roles.
NEVER_OWN = frozenset({Permission.DECIDE, Permission.HOLD, Permission.BLACK_OUT, Permission.REVIEW_QUARANTINE})


def may(viewer: Viewer, permission: Permission, person_id: int | None = None) -> bool:
    """Whether `viewer` may do `permission`, about `person_id` where it is about one person."""
    if person_id is not None and viewer.is_person(person_id):
        if permission in NEVER_OWN:
            return False
        if permission in OWN:
            return True
    return bool(viewer.roles & OTHERS[permission])


def require(viewer: Viewer, permission: Permission, person_id: int | None = None) -> None:
    """Raise NotAllowed unless `may`."""
    if not may(viewer, permission, person_id):
        raise NotAllowed(f"{viewer.name or 'This viewer'} may not {permission.value}.")


def is_fresh(viewer: Viewer) -> bool:
    """Whether `viewer` has just proved who they are; at the command line, where nobody signs in, always."""
    return viewer.proved_at is None or not instants.over(viewer.proved_at, FRESH, instants.now())


def require_fresh(viewer: Viewer) -> None:
    """Raise NotAllowed unless `is_fresh`: asked before what decides about somebody, or cannot be taken back."""
    if not is_fresh(viewer):
        raise NotAllowed("You signed in more than five minutes ago; sign in once more for this. Nothing was changed.")
