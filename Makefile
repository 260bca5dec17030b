# make run    install what is missing into .venv and start the bot
# make test   lint, types, tests: what continuous integration runs
# make audit  look the pinned libraries up among the known vulnerabilities
# make lock   renew the pinned, hashed requirements (needs uv)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python

.PHONY: run test lint types audit lock clean
.DELETE_ON_ERROR:

run: $(VENV)/.run
	@$(RUN) -m bot run

test: lint types
	$(RUN) -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile

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
	@echo "Installing $(1) into $(VENV) ..." >&2
	@$(PYTHON) -m pip --python $(RUN) install -qq --disable-pip-version-check \
		--require-hashes -r $(1) >&2
	@touch $@
endef

$(VENV)/.run: requirements.txt
	$(call install,requirements.txt)

$(VENV)/.dev: requirements-dev.txt
	$(call install,requirements-dev.txt)

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header pyproject.toml

lock:
	$(LOCK) -o requirements.txt
	$(LOCK) --group dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf $(VENV) dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
