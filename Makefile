# Everything that is done to this project by hand. `make` alone says what there is.
# What a target needs, scripts/bootstrap sets up first: nothing here asks for root.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup run demo test test-deep mutants fhir-checker lint types migrations-check scan check bench fuzz year picture lock clean

ARGS =
PY = .venv/bin/python
FLASK = $(PY) -m flask --app wsgi
LOCK = UV_CUSTOM_COMPILE_COMMAND='make lock' .venv/bin/uv --no-config pip compile --quiet --generate-hashes \
	--universal --python-version 3.11 --no-annotate --no-emit-index-url --no-strip-extras $(ARGS)

help: ## List the targets (this)
	@echo 'make TARGET, with options for the tool behind it in ARGS="...":'
	@awk -F ' *## ' '/^[a-z-]+:.*##/ {split($$1, name, ":"); printf "  %-18s %s\n", name[1], $$2}' Makefile

setup: ## Make .venv with what it takes to run the service
	@scripts/bootstrap runtime

run: ## Start the service on http://127.0.0.1:8000 with its worker (PORT=8001 make run for another port)
	@scripts/bootstrap runtime && exec $(FLASK) up $(ARGS)

demo: ## Play a fortnight of the demo service in a minute
	@scripts/bootstrap runtime && exec $(FLASK) demo $(ARGS)

test: fhir-checker ## Run the everyday tests, minutes (make test ARGS="-k consent -x")
	@scripts/bootstrap dev && $(PY) -m pytest -n auto --maxprocesses 4 $(ARGS)

test-deep: fhir-checker ## Run the deep ones: everybody, both databases, every kill point, a short year, fuzz
	@scripts/bootstrap dev && $(PY) -m pytest -n auto --maxprocesses 4 -m deep $(ARGS) && $(PY) -m tests.api.fuzz --max-examples 10

mutants: ## Plant faults in a copy; each must be found by a test (make mutants ARGS="P3 signature")
	@scripts/bootstrap dev && scripts/mutants $(ARGS)

fhir-checker: ## Set up the second FHIR checker (needs Node; without it its tests are skipped and say so)
	@cd tests/api/fhir && { cmp -s package-lock.json node_modules/made-for 2>/dev/null || ! command -v npm >/dev/null \
		|| { npm ci --no-audit --no-fund --loglevel=error --fetch-retries=0 --fetch-timeout=20000 \
			&& cp package-lock.json node_modules/made-for; } \
		|| echo 'The second checker of FHIR cannot be had here; the tests go on without it, and say so.'; }

lint: ## Check style and layout
	@scripts/bootstrap dev && .venv/bin/ruff check . && .venv/bin/ruff format --check .

types: ## Check types
	@scripts/bootstrap dev && $(PY) -m mypy $(ARGS)

migrations-check: ## Take an empty database through every migration and compare it with the models
	@scripts/bootstrap dev && folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT \
		&& export DATABASE_URL="sqlite:///$$folder/fresh.sqlite3" && $(FLASK) db upgrade && $(FLASK) db check

scan: ## Check locks, licences, and secrets in files and history
	@scripts/bootstrap dev && $(PY) -m tests.scan

check: test lint types migrations-check scan ## What continuous integration does: everyday tests, lint, types, migrations, scan

bench: ## Measure it beside the queues a team would reach for instead (QUICK=1 make bench: a few minutes)
	@scripts/bootstrap bench && exec .venv-bench/bin/python -m benchmarks $(if $(QUICK),--quick) $(ARGS)

fuzz: ## Fuzz the API for some minutes
	@scripts/bootstrap dev && $(PY) -m tests.api.fuzz --max-examples 100 $(ARGS)

year: ## Run a virtual year of faults and recount it (make year QUICK=1 SEED=7 DATABASE=sqlite)
	@scripts/bootstrap dev && SEED="$(SEED)" QUICK="$(QUICK)" DATABASE="$(DATABASE)" $(PY) -m benchmarks.year $(ARGS)

picture: ## Take the README's pictures again (needs Chromium)
	@scripts/bootstrap dev && $(PY) scripts/picture

lock: ## Write the locks again from requirements*.in (make lock ARGS=--upgrade for newer releases)
	@scripts/bootstrap dev
	@$(LOCK) requirements-tool.in -o requirements-tool.txt
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) requirements-queue.in -c requirements.txt -o requirements-queue.txt
	@$(LOCK) requirements-dev.in -c requirements.txt -o requirements-dev.txt
	@$(LOCK) benchmarks/requirements.in -c requirements.txt -o benchmarks/requirements.txt

clean: ## Remove .venv and caches; the data in var/ stays
	rm -rf .venv .venv-bench .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
