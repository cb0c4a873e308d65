# The words of the house. `make` alone explains them.

# The first Python that is new enough; `make PYTHON=python3.12 test` chooses another.
CANDIDATES = python3 python3.14 python3.13 python3.12 python3.11
NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in $(CANDIDATES); do "$$p" -c '$(NEW_ENOUGH)' 2>/dev/null && echo "$$p" && break; done)
BOOT = $(or $(PYTHON),$(error Talkoot needs Python 3.11 or newer, and none is on the PATH)) platform/tools/boot.py
ARGS ?=
ONLY ?=

.DEFAULT_GOAL := help
.PHONY: help run test check bench tamper rehearsal thief kiosk setup format lock assets wheel demo-reset

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## start Talkoot with an invented municipality on http://127.0.0.1:8000
	@$(BOOT) run $(ARGS)

test: ## run the tests; ARGS="tests/voting -k recast" runs some, ARGS=--full the long ones too
	@$(BOOT) test $(ARGS)

check: ## style, types, who imports whom, duplicates, docs; ARGS="types docs" runs some
	@$(BOOT) check $(ARGS)

bench: ## measure, and compare with others; ONLY=dedup one group, ARGS=--full what takes an hour
	@$(BOOT) bench $(if $(ONLY),--only $(ONLY)) $(ARGS)

tamper: setup ## as database superuser alter, delete, insert and swap 400 rows; each must be named
	@.venv/bin/python -m tests.rehearsal.tamper $(ARGS)

rehearsal: setup ## a sealed election by its commands: frozen, sealed, voted on, counted, read, keys destroyed
	@.venv/bin/python -m tests.rehearsal.ceremony $(ARGS)

thief: setup ## steal database and secrets: no ballot opens, and once keys are destroyed nobody is found
	@.venv/bin/python -m tests.rehearsal.thief

kiosk: ## start a kiosk on this screen
	@echo "The kiosk is not built yet: ballots are cast in the browser, by 'make run'."

setup: ## only install what is missing
	@$(BOOT) setup

format: setup ## put every file into the common form
	@.venv/bin/ruff check --quiet --fix-only .
	@.venv/bin/ruff format .

lock: setup ## resolve the dependencies anew into requirements.lock
	@env -u PIP_FIND_LINKS .venv/bin/python platform/tools/lock.py $(ARGS)

assets: ## install the style sheets, font and script of the pages again
	@rm -rf platform/assets/node_modules .venv/talkoot-web-files-failed
	@$(BOOT) setup

wheel: setup ## build the package into dist/
	@$$(command -v uv || echo .venv/bin/uv) build --quiet --wheel --out-dir dist

demo-reset: setup ## throw the invented municipality away and start over
	@.venv/bin/talkoot demo --reset
