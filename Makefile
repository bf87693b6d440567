# The two commands are `make run` and `make test`; `make help` lists the rest.
# Nothing is needed but make and Python 3.11 or newer.

PYTHON ?= python3
PORT ?= 8000
PYTEST_ARGS ?=

# The demo lives in an embedded database of its own, whatever the surroundings name.
VAR := var
DATABASE := $(VAR)/footing.sqlite3
UNFINISHED := $(VAR)/demo-unfinished
DEMO := env -u DATABASE_URL -u TRAINING_ENV -u TRAINING_CONTENT TRAINING_VAR=$(VAR)

VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore $(BIN)/python -m pip install
# pip's own account of what it fetches, without what is there already; its errors are not touched.
SHOWN := grep -vE '^ |^Requirement already|^Looking in|^Ignoring |^Using cached'
STEP := @printf '\n\033[1m%s\033[0m\n'

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# One thing after another: the checks share caches, and their output is read by people.
.NOTPARALLEL:

.PHONY: help run reset test test-long check bench lock clean

help: ## list these commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: $(VENV)/.run ## install, prepare the demo spa under var/, serve it (PORT=8000)
	$(STEP) "Preparing the demo spa"
	@# A run that was interrupted while it made the demo spa left half of one: that one is made anew.
	@again=$$([ ! -e $(UNFINISHED) ] || echo --reset); (umask 077; mkdir -p $(VAR)) 2>/dev/null; \
	  [ -e $(DATABASE) ] || touch $(UNFINISHED) 2>/dev/null; $(DEMO) $(BIN)/training demo $$again
	@rm -f $(UNFINISHED)
	$(STEP) "Serving"
	@exec $(DEMO) $(BIN)/training serve --port $(PORT)

reset: $(VENV)/.run ## throw away the demo spa under var/ and make it anew
	@$(DEMO) $(BIN)/training demo --reset

test: check ## every check, then every test but the long ones; what was left out is said near the end
	$(STEP) "pytest"
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

test-long: $(VENV)/.test ## every test, the long property, fault and scale runs too
	@$(BIN)/python -m pytest -m "" $(PYTEST_ARGS)

check: $(VENV)/.test ## what reads the code without running it, and the content
	$(STEP) "ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	$(STEP) "mypy"
	@$(BIN)/mypy
	$(STEP) "import-linter"
	@$(BIN)/lint-imports --no-logo
	$(STEP) "djlint"
	@$(BIN)/djlint templates --lint --quiet
	$(STEP) "deptry"
	@$(BIN)/deptry .
	$(STEP) "migrations = models"
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && export TRAINING_VAR="$$scratch" DATABASE_URL= && \
	  $(BIN)/training db upgrade && $(BIN)/training db check
	$(STEP) "content"
	@$(BIN)/training content check

bench: $(VENV)/.test ## each main page against a bare Flask page, on this machine
	@$(BIN)/python -m bench

lock: ## write the lock files anew (UPGRADE=1 takes the newest releases)
	@PYTHON=$(PYTHON) UPGRADE=$(UPGRADE) .ci/lock.sh

clean: ## remove the environment, caches and builds; var/ is kept
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# The stamps: a file is made when its step has ended well, so an interrupted step is done again.

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not installed: install Python 3.11 or newer, or name one with make PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old: install Python 3.11 or newer, or name one with make PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make environments: install its venv package (on Debian: apt-get install python3-venv), then run make again."; exit 1; }
	$(STEP) "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements.lock pyproject.toml
	$(STEP) "Installing $$(grep -c '^[a-z]' requirements.lock) packages"
	@rm -f $(VENV)/.installed
	@{ $(PIP) --require-hashes -r requirements.lock && touch $(VENV)/.installed; } | $(SHOWN); [ -e $(VENV)/.installed ]
	@$(PIP) --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-test.lock
	$(STEP) "Installing $$(grep -c '^[a-z]' requirements-test.lock) packages for the checks"
	@rm -f $(VENV)/.installed
	@{ $(PIP) --require-hashes -r requirements-test.lock && touch $(VENV)/.installed; } | $(SHOWN); [ -e $(VENV)/.installed ]
	@touch $@
