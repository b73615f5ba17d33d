# make run    the demo: installs, fills a store with an invented company, starts its sign-in and the app on PORT
# make test   everything, the browser journeys included
# make check  only formatting, lint, types and the direction of imports
# make bench  speed and size, as ratios measured side by side
# Needs Python 3.11 or newer (PYTHON=... names another) and make; uses uv where it is present, pip otherwise.

PYTHON ?= python3
PORT ?= 8501
CHROMIUM ?=
IN_VENV := .venv/bin/python

.PHONY: run install test check bench chromium clean

run: install
	@exec $(IN_VENV) -m tests.demo --port $(PORT)

install: .venv/installed

# The stamp is written last, so an interrupted installation is taken up again by the next one.
.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Daylight needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Installing into .venv (once)"
	@if command -v uv >/dev/null 2>&1; then \
	  { test -x $(IN_VENV) || uv venv --quiet --python "$$(command -v $(PYTHON))" .venv; } \
	    && uv pip install --quiet --python $(IN_VENV) -r requirements.txt; \
	else false; fi || { \
	  { test -x $(IN_VENV) && $(IN_VENV) -m pip --version >/dev/null 2>&1; } || $(PYTHON) -m venv --clear .venv >/dev/null 2>&1 \
	    || { echo "$(PYTHON) cannot make a virtual environment; install python3-venv (Debian: apt-get install python3-venv) or uv" >&2; exit 1; }; \
	  $(IN_VENV) -m pip install --quiet --disable-pip-version-check -r requirements.txt \
	    || { echo "Installing requirements.txt failed; see the lines above, then run make again" >&2; exit 1; }; }
	@touch $@

test: install chromium
	@CHROMIUM="$$(.ci/chromium '$(CHROMIUM)')" $(IN_VENV) -m pytest -n 2 --dist loadgroup $(ARGS)

chromium:
	@.ci/chromium '$(CHROMIUM)' >/dev/null

check: install
	@$(IN_VENV) -m pytest -q tests/test_checks.py

bench: install
	@$(IN_VENV) -m tests.bench $(ARGS)

clean:
	rm -rf .venv var
