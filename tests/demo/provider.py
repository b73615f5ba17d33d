"""The demo's identity provider: oidc-provider-mock on loopback, with a page to pick who to sign in as.

`python -m tests.demo.provider --port N`. It asks for no password, so it is only ever started by `make run` and the
browser tests, and answers only on 127.0.0.1. The mock's own pages load a style sheet from another host; ours do not.
"""

from __future__ import annotations

import argparse
import ipaddress
import logging
import os
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import flask
import oidc_provider_mock
from oidc_provider_mock import User
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.demo import company

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{ name }}: sign in</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --line: #8885; }
  main { max-width: 44rem; margin: 2.5rem auto; padding: 0 1.25rem; }
  h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1rem; margin: 2rem 0 .5rem; } p { margin: .25rem 0 0; opacity: .8; }
  form { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .5rem; }
  button { font: inherit; color: inherit; text-align: left; padding: .5rem .75rem; border: 1px solid var(--line);
    border-radius: .5rem; background: none; cursor: pointer; }
  button:hover, button:focus-visible { background: #8882; outline: 2px solid #3b76af; }
  small { display: block; opacity: .75; }
</style>
<main><h1>{{ name }}</h1><p>The demo's sign-in. Nobody here exists and nothing asks for a password: pick who you are.</p>
{% for title, people in groups %}<h2>{{ title }}</h2><form method="post">
{% for sub, email, who, what in people %}<button name="sub" value="{{ sub }}" data-email="{{ email }}">{{ who }}<small>{{ what }}</small></button>
{% endfor %}</form>{% endfor %}
<h2>Or</h2><form method="post"><button name="action" value="deny">Do not sign in</button></form></main></html>
"""  # noqa: E501

_Person = tuple[str, str, str, str]


def make() -> flask.Flask:
    """The mock's application, knowing the company's people, with our own pages in front."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain HTTP, on loopback only
    known = _users()
    provider = oidc_provider_mock.app(require_nonce=True, user_claims=known)
    provider.debug = False
    provider.before_request(_own_pages)
    provider.before_request(lambda: _note_time({one.sub: one for one in known}))
    return provider


def serve(port: int) -> None:
    """Answer on 127.0.0.1:`port` until the process is ended."""
    make_server("127.0.0.1", port, make(), threaded=True, request_handler=_Quiet).serve_forever()


def _users() -> list[User]:
    known = [(one.subject, one.email, one.name) for one in company.people()] + [company.STRANGER]
    return [
        User(sub=subject, claims={"email": email, "email_verified": True, "name": name})
        for subject, email, name in known
    ]


def _own_pages() -> Any:
    """Answer the two pages that a person would see of the mock; None leaves a request to the mock."""
    request = flask.request
    if request.path == "/oauth2/authorize" and request.method == "GET" and "redirect_uri" in request.args:
        return flask.render_template_string(_PAGE, name=company.NAME, groups=_groups())
    if request.path == "/oauth2/end_session":
        return _farewell(request.values.get("post_logout_redirect_uri", ""), request.values.get("state", ""))
    return None


def _note_time(known: dict[str, User]) -> None:
    """Have the ID token say when the person was picked (`auth_time`), which the mock leaves out."""
    picked = known.get(flask.request.form.get("sub", "")) if flask.request.path == "/oauth2/authorize" else None
    if picked is not None:
        picked.claims["auth_time"] = int(time.time())


def _farewell(back_to: str, state: str) -> Any:
    """The mock keeps no session of its own, so there is nothing to confirm: back at once, within this machine."""
    parts = urlsplit(back_to)
    if parts.scheme != "http" or not _is_loopback(parts.hostname or ""):
        return "You are signed out."
    query = "&".join(part for part in (parts.query, urlencode({"state": state}) if state else "") if part)
    return flask.redirect(parts._replace(query=query).geturl())


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _groups() -> list[tuple[str, list[_Person]]]:
    """First those worth beginning with, then everybody by department."""
    known = {one.name: one for one in company.people()}
    told = [(known[name].subject, known[name].email, name, why) for name, why in company.GUIDE]
    groups: list[tuple[str, list[_Person]]] = [("To begin with", told)]
    for department in dict.fromkeys(one.department for one in known.values()):
        rest = [one for one in known.values() if one.department == department]
        groups.append((department, [(one.subject, one.email, one.name, one.site.city) for one in rest]))
    return [*groups, ("Not on the roster", [(*company.STRANGER, "Daylight should not know them")])]


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing about requests that went well; they carry codes in their addresses."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.demo.provider", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    logging.getLogger("oidc_provider_mock").setLevel(logging.ERROR)
    serve(parser.parse_args(arguments).port)


if __name__ == "__main__":
    main()
