# Everything one does with Microblog. `make help` lists it.

VENV := .venv/bin
PY := $(VENV)/python

CHECKS := check-format check-lint check-types check-imports check-templates check-requirements \
	check-migrations check-translations

# The steps of `check` come in their order, also with -j. `make check test` runs the tests once.
.NOTPARALLEL:
.PHONY: help run test check coverage seed bench bench-idle screenshots format lock clean base dev $(CHECKS)

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: base ## Start Microblog at http://localhost:5000 (PORT=5001 for another port)
	@exec $(PY) bin/serve.py

test: dev ## Run all tests on SQLite and on PostgreSQL (python tests.py -k NAME runs a part)
	@bin/find-chromium
	@$(PY) tests.py

check: $(CHECKS) test ## Run all checks and tests, as CI does

coverage: export COVERAGE = 1
coverage: test ## Run all tests and show which lines they do not reach

seed: base ## Fill the database with the people and posts of a demo town
	@$(PY) -m flask db upgrade
	@$(PY) -m flask seed

bench: dev ## Measure pages beside a bare Flask application (SIZE=M, DATABASE_URL=postgresql://…)
	@$(PY) -m bench.load --size $(or $(SIZE),S)

bench-idle: dev ## Measure what 1,000 open pages cost that nobody touches (DATABASE_URL=postgresql://…)
	@$(PY) -m bench.idle

screenshots: dev ## Make the pictures in docs/screenshots anew
	@bin/find-chromium
	@$(PY) bin/screenshots.py

format: dev ## Format the code and mend what the linter can mend
	@$(VENV)/ruff format .
	@$(VENV)/ruff check --fix .

lock: dev ## Pin the requirements anew from pyproject.toml (UPGRADE=1 for newer versions)
	@$(PY) bin/lock.py $(if $(UPGRADE),--upgrade)

clean: ## Remove what was made, but never instance/ with its data
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf .coverage .coverage.* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find translations -name '*.mo' -delete
	find app/static \( -name '*.br' -o -name '*.gz' \) -delete
	rm -rf app/static/made

base:
	@bin/setup run

dev:
	@bin/setup dev

check-format: dev
	@bin/step "Format" $(VENV)/ruff format --check .

check-lint: dev
	@bin/step "Lint" $(VENV)/ruff check .

check-types: dev
	@bin/step "Types" $(VENV)/mypy

check-imports: dev
	@bin/step "Imports" $(VENV)/lint-imports --no-cache

check-templates: dev
	@bin/step "Templates" $(VENV)/djlint app/templates --lint --quiet

check-requirements: dev
	@bin/step "Requirements" $(PY) bin/lock.py --check

check-migrations: dev
	@bin/step "Migrations" $(PY) -m bin.check_migrations

check-translations: dev
	@bin/step "Translations" $(PY) -m flask translate check
