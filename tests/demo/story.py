"""What happened in the invented company: requests asked, decided and carried out, and a look by an officer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from data import instants
from data.rights import clocks
from data.scenarios import clock
from tests.demo.company import Employee

Ask = Callable[..., Any]
NOTICE = Path(__file__).with_name("notice.toml")


TEAMS = {
    "training": ("Machine Learning",),
    "quality": ("Data Platform",),
    "support": ("IT Support", "Data Platform"),
    "security": ("Security",),
}


def name_teams(ask: Ask, people: Sequence[Employee]) -> None:
    """Which teams look for what, put on record when the programme began; for legal duties and the like nobody did."""
    known = {one.name: one.email for one in people}
    if ingrid := known.get("Ingrid Solheim"):
        for purpose, teams in TEAMS.items():
            ask("purposes", "name", purpose, *(word for team in teams for word in ("--team", team)), "--as", ingrid)


def set_bystanders(ask: Ask, people: Sequence[Employee]) -> None:
    """What of others is blacked out in every copy, put on record when the programme began."""
    known = {one.name: one.email for one in people}
    if ingrid := known.get("Ingrid Solheim"):
        chats, calls = ("--app", "Element", "--region", "20,0,100,100"), ("--app", "Jitsi Meet")
        ask("bystanders", "add", *chats, "--shows", "chat", "--text", "all but the side list", "--as", ingrid)
        ask("bystanders", "add", *calls, "--shows", "face", "--as", ingrid)


def publish_notice(ask: Ask, people: Sequence[Employee]) -> None:
    """What everybody was told when the programme began, and who said that they read it."""
    known = {one.name: one.email for one in people}
    if ingrid := known.get("Ingrid Solheim"):
        ask("programme", "notice", "publish", str(NOTICE), "--as", ingrid)
        for name in ("Björn Dahlgren", "Maya Castellanos", "Helena Vasconcelos", "Tomasz Wiśniewski"):
            if name in known:
                ask("programme", "notice", "read", "1", "--as", known[name])


SAVED = (
    ("approval", "It was your right", "You asked for what is yours to ask. Thank you for your patience."),
    (
        "refusal",
        "Evidence in a dispute",
        "What you ask for is evidence in a dispute that is not over. Once it is settled we look at it again.",
    ),
    (
        "extension",
        "Many requests at once",
        "Many people have asked at the same time, and each request is looked at by itself. Yours is not forgotten.",
    ),
)


def save_texts(ask: Ask, people: Sequence[Employee]) -> None:
    """What the officers write often."""
    known = {one.name: one.email for one in people}
    if ingrid := known.get("Ingrid Solheim"):
        for use, title, words in SAVED:
            ask("texts", "add", use, title, "--words", words, "--as", ingrid)


def tell_the_past(ask: Ask, people: Sequence[Employee], until: int) -> None:
    """Weeks ago, ascending: a request that is due today, one that nobody answered, a refusal, a change of mind."""
    known = {one.name: one.email for one in people}
    if farah := known.get("Farah Haddad"):
        with clock.set_to(_received_for_today(until)):
            ask("request", "erasure", "--person", farah, "--as", farah, "--kind", "screen")
    if efe := known.get("Efe Yıldız"):
        with clock.set_to(until - 40 * instants.DAY):
            asked = ask("request", "erasure", "--person", efe, "--as", efe, "--app", "Element")
        if priya := known.get("Priya Raman"):
            ask("request", "take", str(asked["id"]), "--as", priya)
    if (hana := known.get("Hana Kobayashi")) and (priya := known.get("Priya Raman")):
        _turned_down(ask, hana, priya, until)
    if helena := known.get("Helena Vasconcelos"):
        with clock.set_to(until - 9 * instants.DAY):
            made = ask("request", "erasure", "--person", helena, "--as", helena, "--kind", "key")
            ask("request", "withdraw", str(made["id"]), "--as", helena)


def _received_for_today(until: int) -> int:
    """An instant from which California's clock, which knows no weekends, ends on the day of `until` there."""
    today = clocks.received_on("california", until)
    for back in range(40, 50):
        at = until - back * instants.DAY
        if clocks.due_on("california", clocks.received_on("california", at)) == today:
            return at
    raise ValueError("no day has a clock that ends today")


def tell(ask: Ask, clear: Path, people: Sequence[Employee]) -> None:
    """Each part only when the people it needs are there; all of it by the command line `ask` runs."""
    known = {one.name: one.email for one in people}
    if "Ingrid Solheim" not in known:
        return
    ingrid = known["Ingrid Solheim"]
    if chidi := known.get("Chidi Eze"):
        _erased_and_refused(ask, clear, chidi, ingrid)
    if lukas := known.get("Lukas Brandt"):
        _copied(ask, lukas)
    if maya := known.get("Maya Castellanos"):
        ask("request", "erasure", "--person", maya, "--as", maya, "--app", "Firefox")
        reason = ("--purpose", "request", "--ticket", "REQ-7")
        ask("captures", "--person", maya, "--as", ingrid, "--limit", "20", *reason)


def _erased_and_refused(ask: Ask, clear: Path, person: str, officer: str) -> None:
    """Chats erased; the collector then sends them again and Daylight refuses them."""
    # Long enough ago that it can no longer be taken back, and so is carried out.
    with clock.set_to(instants.now() - 25 * instants.HOUR):
        made = ask("request", "erasure", "--person", person, "--as", person, "--app", "Element")
        number, why = str(made["id"]), "You asked, and nothing speaks against it."
        ask("request", "decide", number, "approve", "--as", officer, "--reason", why)
    ask("request", "run", number, "--as", officer)
    # Naming a zone makes it another file than the first, as a collector's later export would be.
    again = str(clear / "captures" / person / "captures.parquet")
    ask("import", "captures", again, "--person", person, "--zone", "UTC")


def _turned_down(ask: Ask, person: str, officer: str, until: int) -> None:
    with clock.set_to(until - 25 * instants.DAY):
        made = ask("request", "erasure", "--person", person, "--as", person, "--app", "Thunderbird")
    why = "These messages are evidence in a dispute before the labour court; we look at it again when it is settled."
    with clock.set_to(until - 13 * instants.DAY):
        ask("request", "decide", str(made["id"]), "refuse", "--ground", "legal_hold", "--reason", why, "--as", officer)


def _copied(ask: Ask, person: str) -> None:
    made = ask("request", "export", "--person", person, "--as", person)
    ask("request", "run", str(made["id"]), "--as", person)
