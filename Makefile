# The only list of commands. `make` alone says what there is.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: help demo dev fmt lint types floors test test-all coverage crash fuzz mutants bench dist check clean

help: ## say what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev,identify]'
	@touch $@

dev: $(STAMP) ## set up a development environment in .venv

demo: $(STAMP) ## set up and run the main job on seeds/
	@BIN=$(BIN) sh seeds/demo.sh

fmt: $(STAMP) ## format the code
	$(BIN)/ruff format archive tests benchmarks seeds
	$(BIN)/ruff check --fix --quiet archive tests benchmarks seeds

lint: $(STAMP) ## style and common mistakes
	$(BIN)/ruff format --check archive tests benchmarks seeds
	$(BIN)/ruff check archive tests benchmarks seeds

types: $(STAMP) ## mypy, strict
	$(BIN)/mypy

floors: $(STAMP) ## imports only point down
	$(BIN)/lint-imports

test: $(STAMP) lint types floors ## set up and pass the tests
	$(BIN)/python -m pytest -n 2 -m "not slow" --cov --cov-report=
	@printf 'lines and branches covered, in percent: ' && $(BIN)/coverage report --format=total

test-all: $(STAMP) lint types floors ## all tests, the long ones too
	$(BIN)/python -m pytest -n 2 --dist worksteal --durations=20 --cov --cov-report=term

coverage: ## what the last run of the tests did not reach, line by line
	$(BIN)/coverage report

crash: $(STAMP) ## strike every command that writes at every call, with every fault; see python -m tests.crash --help
	$(BIN)/python -m tests.crash --jobs 2 --report docs/crash-matrix.md

fuzz: $(STAMP) ## ten minutes of what nobody would write, for every parser; see python -m tests.fuzz --help
	$(BIN)/python -m tests.fuzz

mutants: $(STAMP) ## plant single defects in a copy; the tests have to notice each
	$(BIN)/python -m tests.mutants

bench: $(STAMP) ## measure every claim of docs/performance.md, side by side with peers
	$(BIN)/python -m benchmarks

dist: $(STAMP) ## wheel and source distribution
	$(BIN)/python -m build

check: test dist ## everything before a release

clean: ## remove what these targets made
	rm -rf build dist .demo .coverage* htmlcov
