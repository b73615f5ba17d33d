"""`python -m data exposures`, as an officer's script runs it."""

from __future__ import annotations

from data import instants
from data.exposures import record
from data.exposures.exposure import Open
from data.settings import Settings
from data.store import open_store
from tests.data.test_command_line import Shell, office, refused, shell

__all__ = ["office", "shell"]

WHY = "The server's own log shows when the grant was made."


def test_officers_list_whom_it_concerns_and_correct_it_with_a_reason(office: Shell) -> None:
    """Everything a page does a script can, with the same refusals and the same trace."""
    now = instants.now()
    store = open_store(Settings.from_environment({"DAYLIGHT_STORE": str(office.store)}))
    found = Open("table", ("public.t",), {"ana_db": 1, "svc": None}, kinds=("key",))
    with store.database.writing() as session:
        record.observe(session, store.vault, "warehouse", [found], last_good=now - instants.DAY, now=now)
    store.database.close()
    ana, ben = ("--as", "ana@x.org"), ("--as", "ben@x.org")
    (listed,) = office.done("exposures", "list", *ana, "--json").json
    assert (listed["audience"], listed["to"]) == ({"people": 1, "accounts": 1}, None)
    told = office.done("exposures", "accounts", "1", *ben, "--json").json
    assert {one["account"] for one in told} == {"ana_db", "svc"}
    taken = office.done("exposures", "affected", "1", "--purpose", "legal", "--ticket", "T", *ben, "--json").json
    assert "ana@x.org" in {one["email"] for one in taken}
    looks = office.done("accesses", "--person", "ana@x.org", *ana, "--json").json["accesses"]
    assert looks[0]["scope"] == {"view": "affected", "exposure": 1}
    since = instants.iso(now - instants.HOUR)
    (corrected,) = office.done("exposures", "correct", "1", "--from", since, "--reason", WHY, *ben, "--json").json
    assert (corrected["from"], corrected["events"][-1]["words"]) == (since, WHY)
    refused(office("exposures", "affected", "1", *ben), 1)
    refused(office("exposures", "link", "1", "--incident", "7", "--reason", WHY, *ben), 1)
    refused(office("exposures", "accounts", "1", *ana), 1)
    refused(office("exposures", "list"), 2)
