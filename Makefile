# The commands of the project. `make test` needs Python 3.11 or newer and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := $(VENV)

.PHONY: demo shots test test-all check fix bench docs lint types contracts golden clean

$(BIN)/.ready: pyproject.toml uv.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.7"
	$(BIN)/uv sync --frozen --quiet --inexact --all-extras --no-extra spark --python $(BIN)/python
	touch $@

demo: $(BIN)/.ready                  ## the storage battery example is built and served; Ctrl-C ends it
	$(BIN)/openqi demo build/demo

test: $(BIN)/.ready                  ## every test but the long ones
	$(BIN)/python -m pytest

test-all: $(BIN)/.ready              ## the long ones too: kills, fuzzing, large folds
	$(BIN)/python -m pytest -m "long or not long" --hypothesis-profile=thorough

lint: $(BIN)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(BIN)/.ready
	$(BIN)/mypy

contracts: $(BIN)/.ready
	$(BIN)/lint-imports

check: lint types contracts test     ## what CI runs

shots: $(BIN)/.ready                 ## the pictures of docs/roles anew, out of walks through the guides in a browser
	OPENQI_SHOTS=docs/roles/shots $(BIN)/python -m pytest -n0 -m long tests/browser/test_roles.py

fix: $(BIN)/.ready                   ## repair what a machine can repair
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(BIN)/.ready                 ## measure beside the limits and the peers, in one run
	$(BIN)/uv sync --frozen --quiet --inexact --all-extras --no-extra spark --group bench --python $(BIN)/python
	$(BIN)/python -m benchmarks.command_line
	$(BIN)/python -m benchmarks.evidence
	$(BIN)/python -m benchmarks.chain
	$(BIN)/python -m benchmarks.scan
	$(BIN)/python -m benchmarks.judging
	$(BIN)/python -m benchmarks.metrology
	$(BIN)/python -m benchmarks.control
	$(BIN)/python -m benchmarks.surveillance
	$(BIN)/python -m benchmarks.marks
	$(BIN)/python -m benchmarks.station

docs: $(BIN)/.ready                  ## the documentation as a site
	$(BIN)/uv sync --frozen --quiet --inexact --group docs --python $(BIN)/python
	$(BIN)/mkdocs build --strict

golden: $(BIN)/.ready                ## make the golden vectors anew; a difference means that a frozen format moved
	$(BIN)/python -m tools.golden

clean:
	rm -rf $(VENV) site build dist
