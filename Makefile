# The workshop. `make` alone lists the targets.

VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
LOCK   := requirements.lock
# The first Python of 3.11 or newer; name another with `make setup PYTHON=/path/to/python`
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)
# `make test PYTEST_ARGS="-k login -x"`
PYTEST_ARGS ?=
JOBS        ?= auto
PYTEST      := $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all lint types imports format lock bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(STAMP) ## make .venv with everything that requirements.lock names

# hatchling is in the lock, so the project itself is installed without fetching anything
$(STAMP): $(LOCK) pyproject.toml
	@test -n "$(PYTHON)" || { echo "launchready needs Python 3.11 or newer: install it, or name one with PYTHON=..." >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV); this takes a minute or two the first time"
	@$(BIN)/python -m pip --disable-pip-version-check install -qq --require-hashes -r $(LOCK)
	@$(BIN)/python -m pip --disable-pip-version-check install -qq --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## start Agora with flaws, audit it, and show the report
	@$(BIN)/launchready demo

test: setup lint types imports ## what every change must pass
	@$(PYTEST) -m "not slow" $(PYTEST_ARGS)

test-all: setup lint types imports ## the same, and every slow test
	@$(PYTEST) $(PYTEST_ARGS)

lint: setup ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup ## mypy, strict
	@$(BIN)/mypy

imports: setup ## import contracts
	@$(BIN)/lint-imports --no-logo

format: setup ## format, and mend what ruff can mend
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

lock: setup ## resolve requirements.lock anew; UPGRADE=--upgrade takes newer releases
	@$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --all-extras --group dev \
		--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		$(UPGRADE) --output-file $(LOCK)

bench: setup ## measure: see bench/
	@$(BIN)/python -m bench $(BENCH_ARGS)

clean: ## remove what the targets above made
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis launchready-report
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
