# The project's front door. `make run` and `make test` do all set-up themselves.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help setup run test check format bench lock clean
help:            ## list these targets
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Twinwatch needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the locked dependencies into .venv (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(STAMP)  ## install everything and compile the gazetteer
	@$(BIN)/twinwatch doctor --prepare

run: setup       ## one nightly cycle on the bundled sample world
	@$(BIN)/twinwatch run --sample

test: setup      ## the whole test-suite
	@$(BIN)/python -m pytest

check: $(STAMP)  ## format, lint, types, import arrows
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest tests/test_architecture.py

format: $(STAMP) ## rewrite files in the project's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup     ## measure speed and memory on this machine
	@$(BIN)/python -m benchmarks

lock:            ## refresh requirements.txt from pyproject.toml (needs uv)
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --extra dev pyproject.toml -o requirements.txt

clean:           ## remove the environment and caches; data/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
