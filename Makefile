# make run      install what is missing into .venv, .venv/bin/dinobard too, and start the bot
# make install  the same, without starting it
# make dev      install what developers need, too
# make check    lint, types and the quick tests, in under two minutes: before each commit
# make test     lint, types and all tests, in about ten minutes: what continuous integration runs
# make audit    look the pinned libraries up among the known vulnerabilities
# make lock     renew the pinned, hashed requirements (needs uv)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
PYTEST := $(RUN) -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile

.PHONY: run install dev check test lint types audit lock clean
.DELETE_ON_ERROR:

run: $(VENV)/.run
	@$(BIN)/dinobard run

install: $(VENV)/.run

dev: $(VENV)/.dev

check: lint types
	$(PYTEST) -m "not slow" bot engine tests/unit

test: lint types
	$(PYTEST)

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: $(VENV)/.dev
	$(BIN)/basedpyright --level error

audit: $(VENV)/.dev
	$(RUN) .ci/audit

# The outer pip installs into .venv, so that no ensurepip is needed; what it prints goes to stderr.
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Dinobard needs Python 3.11 or newer; name one: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(RUN) || $(PYTHON) -m venv --without-pip $(VENV)
	@echo "Installing up to $$(grep -c '^[a-z].*==' $(1)) packages into $(VENV): 0.7 GB to download, 2.3 GB on disk." >&2
	@$(PYTHON) -m pip --python $(RUN) install --disable-pip-version-check \
		--require-hashes -r $(1) >&2
	@$(RUN) packaging/link_checkout.py
	@touch $@
endef

$(VENV)/.run: requirements.txt packaging/link_checkout.py
	$(call install,requirements.txt)

$(VENV)/.dev: requirements-dev.txt packaging/link_checkout.py
	$(call install,requirements-dev.txt)

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header pyproject.toml

lock:
	$(LOCK) -o requirements.txt
	$(LOCK) --group dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf $(VENV) dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
