# The commands of the project; `make` alone lists them.
PY := .venv/bin/python
export DJANGO_SETTINGS_MODULE ?= config.settings

.DEFAULT_GOAL := help
.PHONY: help setup run test test-long check bench messages format shots lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## Make .venv with everything that work on Opora needs
	@bin/setup
	@$(PY) -m tools.messages compile

run: ## Serve the demo project (PORT and DATA from the environment)
	@bin/setup run
	@$(PY) -m tools.messages compile
	@.venv/bin/opora serve --setup

test: setup ## All tests, on SQLite and on PostgreSQL
	@bin/test

test-long: setup ## What takes minutes: crashes, storms, long concurrency, restore drill
	@bin/test --long

check: setup ## Format, lint, types, floors, migrations, translations, locks, house rules
	@bin/check

bench: setup ## Measure pages and API on 100,000 contacts; writes bench.json (more: BENCH="--rights --contacts 1000000")
	@.venv/bin/opora bench $(BENCH)

messages: setup ## Collect new words for the translators
	@$(PY) -m tools.messages update

format: setup ## Format the Python files
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix --quiet . || true

shots: setup ## Take the pictures of the built pages
	@$(PY) -m tools.shots

lock: setup ## Compile requirements/*.in to locked versions with hashes
	@bin/lock

clean: ## Remove .venv and caches; data stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
