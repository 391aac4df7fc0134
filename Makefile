# Everything a newcomer needs: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# Every run starts many interpreters; each may keep what it has compiled for the next.
unexport PYTHONDONTWRITEBYTECODE

# What failed beside others is run once more by itself; what fails twice has failed.
ALONE := $(BIN)/python -m pytest --last-failed --last-failed-no-failures none -m 'not big' -q

PLATFORM := cd examples/agent_platform && ../../$(BIN)/python

.PHONY: audit-targets help demo platform platform-load platform-test planted-leaks test test-all lint zoo zoo-static clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(VENV)/.made:
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.demo: pyproject.toml constraints.txt $(VENV)/.made
	$(PIP) -e '.[example]'
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt $(VENV)/.made
	$(PIP) -e '.[test]'
	@touch $@ $(VENV)/.demo

$(VENV)/.platform: pyproject.toml constraints.txt $(VENV)/.made
	$(PIP) -e '.[platform]'
	@touch $@

$(VENV)/.browser: pyproject.toml constraints.txt $(VENV)/.made
	$(PIP) -e '.[browser]'
	@touch $@

demo: $(VENV)/.demo  ## run the example's plan with 8 agents on a fresh copy
	$(BIN)/python scripts/demo.py

platform: $(VENV)/.platform  ## start the example as four servers and say where; ARGS=--real-services, ARGS=--leaks=all
	@$(PLATFORM) -m servers $(ARGS)

platform-test: $(VENV)/.test $(VENV)/.browser  ## users at once on the running example; ARGS=--real-services for PostgreSQL and Redis
	$(BIN)/python -m pytest tests/platform -q -n 0 $(ARGS)

platform-load: $(VENV)/.platform  ## 10 users x 100 requests, then 1,000 users: latency with and without isolation, leaks
	@$(PLATFORM) -m benchmarks.load --many 1000 $(ARGS)

planted-leaks: $(VENV)/.test  ## which planted leaks are found, and by what: writes docs/planted-leaks.md
	$(BIN)/python scripts/planted_leaks.py

test: $(VENV)/.test  ## the suite that needs nothing else
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not big' -q || $(ALONE)

test-all: $(VENV)/.test $(VENV)/.browser  ## the suite with the big sweeps
	$(BIN)/python -m pytest -n 2 --dist worksteal -q
	$(BIN)/python scripts/kill_sweep.py --kills 200

audit-targets: $(VENV)/.test  ## audit public services with known bugs; their sources in the folder AUDIT_TARGETS
	$(BIN)/python scripts/audit_targets.py

zoo-static: $(VENV)/.test  ## the checker over published leaks, before and after their fix
	$(BIN)/python scripts/zoo_static.py

lint: $(VENV)/.test  ## linters, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

zoo: $(VENV)/.test  ## run one-user tests as many on published packages, before and after their bug was fixed
	$(BIN)/python scripts/zoo.py

clean:  ## remove what make made
	rm -rf $(VENV)
