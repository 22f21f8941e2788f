# `make run` and `make test` set up everything they need, in .venv, and nothing outside this folder.

BIN := .venv/bin
JOBS ?= 2

# Without bytecode, each of the many processes that the tests start would compile a thousand modules: half a second.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check bench clean

help:  ## say what there is
	@sed -nE 's/^([a-z]+):[^#]*##  *(.*)/make \1: \2/p' $(MAKEFILE_LIST)

run: .venv/run.stamp  ## try Wardroom: a chat page on this machine, with people, services and runbooks to play with
	@$(BIN)/wardroom demo

test: .venv/dev.stamp  ## check the code and run every test
	@$(MAKE) --no-print-directory check; checked=$$?; \
	[ $$checked -eq 0 ] || echo "wardroom: make check failed (above); the tests run all the same." >&2; \
	.ci/room $(BIN)/pytest --numprocesses $(JOBS) --dist worksteal && exit $$checked

check: .venv/dev.stamp  ## check the code without running it: style, types, who imports whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/dev.stamp  ## measure, as ratios within one run (see bench/README.md)
	@$(BIN)/python -m bench.click_to_ack
	@$(BIN)/python -m bench.oversight

clean:  ## remove what make made; the data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/run.stamp: requirements/run.txt pyproject.toml .ci/setup
	@.ci/setup run

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	@.ci/setup dev
	@$(BIN)/python -m tests.browser.chromium
