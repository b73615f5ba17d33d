"""What happened in the invented company since: requests asked, decided and carried out, and a look by an officer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.demo.company import Employee

Ask = Callable[..., Any]


def tell(ask: Ask, clear: Path, people: Sequence[Employee]) -> None:
    """Each part only when the people it needs are there; all of it by the command line `ask` runs."""
    known = {one.name: one.email for one in people}
    if not {"Ingrid Solheim", "Priya Raman"} <= known.keys():
        return
    ingrid, priya = known["Ingrid Solheim"], known["Priya Raman"]
    if chidi := known.get("Chidi Eze"):
        _erased_and_refused(ask, clear, chidi, ingrid)
    if hana := known.get("Hana Kobayashi"):
        _turned_down(ask, hana, priya)
    if lukas := known.get("Lukas Brandt"):
        _copied(ask, lukas)
    if maya := known.get("Maya Castellanos"):
        ask("request", "erasure", "--person", maya, "--as", maya, "--app", "Firefox")
        reason = ("--purpose", "request", "--ticket", "REQ-7")
        ask("captures", "--person", maya, "--as", ingrid, "--limit", "20", *reason)


def _erased_and_refused(ask: Ask, clear: Path, person: str, officer: str) -> None:
    """Chats erased; the collector then sends them again and Daylight refuses them."""
    made = ask("request", "erasure", "--person", person, "--as", person, "--app", "Element")
    number = str(made["id"])
    ask(
        "request", "decide", number, "approve", "--as", officer, "--reason", "You asked, and nothing speaks against it."
    )
    ask("request", "run", number, "--as", officer)
    # Naming a zone makes it another file than the first, as a collector's later export would be.
    again = str(clear / "captures" / person / "captures.parquet")
    ask("import", "captures", again, "--person", person, "--zone", "UTC")


def _turned_down(ask: Ask, person: str, officer: str) -> None:
    made = ask("request", "erasure", "--person", person, "--as", person, "--app", "Thunderbird")
    why = "These messages are evidence in a dispute before the labour court; we look at it again when it is settled."
    ask("request", "decide", str(made["id"]), "refuse", "--ground", "legal_hold", "--reason", why, "--as", officer)


def _copied(ask: Ask, person: str) -> None:
    made = ask("request", "export", "--person", person, "--as", person)
    ask("request", "run", str(made["id"]), "--as", person)
