# The ways into this project. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help run test check check-types check-style screenshots bench lock messages clean
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --no-deps --require-hashes
# pip compiles every module in one process; Python does it by itself when a module is first used.
INSTALL += --no-compile
unexport PYTHONDONTWRITEBYTECODE

help: ## list what make can do here
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: .venv/runtime ## start the whole system here, with the demo company, until Ctrl-C
	@exec $(BIN)/python -m scripts.run

test: check ## check, then run every test; installs what it needs where it may
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: .venv/dev ## style, types, import directions, migrations, deployment settings, templates, translations
	@scripts/system-packages
	@$(MAKE) --no-print-directory -j 2 check-types check-style

check-types:
	$(BIN)/python -m mypy

check-style:
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.check

screenshots: .venv/dev ## renew the pictures of the pages in docs/screenshots
	@scripts/system-packages
	$(BIN)/python -m scripts.screenshots

bench: .venv/dev ## measure against the limits in docs/performance.md
	@scripts/system-packages
	$(BIN)/python -m benchmarks

lock: .venv/dev ## lock the dependencies of pyproject.toml anew
	scripts/lock

messages: .venv/dev ## bring locale/*.po up to date with the texts in the sources
	@scripts/system-packages
	$(BIN)/python -m scripts.messages

clean: ## delete everything that is not source: environment, database, files
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.venv/bin/python:
	@python="$$(scripts/python)" && "$$python" -m venv --clear .venv

.venv/runtime: requirements.lock | .venv/bin/python
	@echo "Installing what the system needs (once)"
	@$(INSTALL) -r requirements.lock
	@touch $@

.venv/dev: requirements-dev.lock .venv/runtime
	@echo "Installing what the checks and tests need (once)"
	@$(INSTALL) -r requirements-dev.lock
	@touch $@
