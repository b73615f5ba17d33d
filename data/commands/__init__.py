"""The commands of the command line: their names, what each is for, and which module here carries it out.

Only the module of the command that was asked for is loaded: reading captures loads Arrow, listing people should not.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple


class Command(NamedTuple):
    """A module of this package with an `add`, and the line that stands in the list of commands."""

    module: str
    help: str


COMMANDS = MappingProxyType(
    {
        "init": Command("init", "make an empty store"),
        "people": Command("people", "the roster and the roles"),
        "import": Command("imports", "bring a recording or other evidence into the store"),
        "summary": Command("reading", "what is held about a person, in counts"),
        "captures": Command("reading", "a person's single captures, newest first"),
        "accesses": Command("accesses", "who opened a person's data, newest first"),
        "export": Command("rights", "write a person's whole export to a zip file"),
        "extract": Command("copies", "write captures for analytics or training to a file, logged for everybody in it"),
        "copies": Command("copies", "who holds copies of captures, and what they still have to delete"),
        "request": Command("rights", "ask for a copy, a deletion or about a look; decide, answer, carry out"),
        "texts": Command("texts", "texts that officers share for what they write to people: add, change, remove"),
        "hold": Command("holds", "keep captures that a legal duty wants kept: set, confirm, look again, lift"),
        "rights": Command("certificates", "show a certificate of deletion, or check one, which needs no store"),
        "unexplained": Command("unexplained", "looks that an audit saw and nothing explains"),
        "purposes": Command("purposes", "what people's data may be opened for, and which teams do so"),
        "bystanders": Command("bystanders", "what is blacked out in every copy, because it shows others"),
        "programme": Command(
            "programme",
            "whether it runs: pause, resume with a second officer; what was promised of it",
        ),
        "quarantine": Command("programme", "captures that were refused because of a pause: count them, erase them"),
        "incidents": Command("incidents", "what went wrong with people's data, and what was done about it"),
        "controls": Command("controls", "look whether each promise of the programme is kept, and how each fix stands"),
        "exposures": Command("exposures", "when data was open to more people than allowed, and whom it concerns"),
        "statistics": Command(
            "statistics", "figures about people in groups: what is planned, draw, show, save, verify"
        ),
        "retention": Command("retention", "delete what is older than was promised, and say what the last run did"),
        "log": Command("log", "publish the access log, show its checkpoint, check all of it"),
        "device": Command("devices", "which devices report whether they capture: enrol, revoke, list"),
        "keys": Command("keys", "turn the epoch of the keyring"),
        "witness": Command("witness", "run a witness of the access log, on a machine that is not the operator's"),
        "scenario": Command("scenario", "replay an invented story through the real code, in a store of its own"),
        "work": Command("work", "carry out approved requests until stopped (SIGTERM or ctrl-C)"),
    }
)
