# Every target does its own set-up; nothing needs to be installed first but Python 3.11 or newer.

PYTHON ?= python3
BIN := .venv/bin
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
endif

.PHONY: serve site test check bench lock clean
.DELETE_ON_ERROR:

# The environments are made again only when a lock changes.
.venv/ready: requirements/dev.txt pyproject.toml
	@echo "Setting up .venv (a few minutes the first time) ..."
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes --progress-bar off --quiet -r requirements/dev.txt
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --quiet --editable .
	@touch $@

node_modules/ready: .venv/ready package-lock.json
	@echo "Fetching formula renderer and font ..."
	PATH="$(abspath $(BIN)):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	@touch $@
