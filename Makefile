# Two commands do all the set-up: `make run` and `make test`.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
HOME_DIR := $(or $(PARKLEDGER_HOME),lake)

.PHONY: run test test-slow bench lint dev lock clean

run: $(VENV)/.run-installed
	@$(BIN)/parkledger run

test: $(VENV)/.dev-installed
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	@$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadgroup

test-slow: $(VENV)/.dev-installed
	@$(BIN)/python -m pytest -m slow

bench: $(VENV)/.bench-installed
	@$(BIN)/python -m benchmarks.main_job
	@$(BIN)/python -m benchmarks.ingest --kind register
	@$(BIN)/python -m benchmarks.ingest --kind workbook
	@$(BIN)/python -m benchmarks.ingest --kind layer
	@$(BIN)/python -m benchmarks.ingest --stream
	@$(BIN)/python -m benchmarks.locate
	@$(BIN)/python -m benchmarks.crs
	@$(BIN)/python -m benchmarks.addresses
	@$(BIN)/python -m benchmarks.match
	@$(BIN)/python -m benchmarks.inventory
	@$(BIN)/python -m benchmarks.uncertainty

lint: $(VENV)/.dev-installed
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format . && $(BIN)/mypy

# The shipped dagster.yaml must stand in DAGSTER_HOME: it makes the lake's writer alone.
dev: $(VENV)/.run-installed
	@mkdir -p "$(HOME_DIR)/dagster" && cp pipelines/dagster.yaml "$(HOME_DIR)/dagster/"
	@DAGSTER_HOME="$(abspath $(HOME_DIR))/dagster" $(BIN)/dagster dev -w workspace.yaml

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --extra dev -c requirements.lock pyproject.toml \
	  -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --extra dev --extra bench -c requirements-dev.lock pyproject.toml \
	  -o requirements-bench.lock

# --no-compile: what is imported is compiled then; all of it took 25 s of an installation. So what
# was compiled must be kept: where it is not, every process compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE
# --no-deps: the lock is whole, and pip does not take a pin of `x` for one of `x[extra]`.
$(VENV)/.run-installed: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev-installed: $(VENV)/.run-installed requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

# The peers that benchmarks measure against; nothing else needs them.
$(VENV)/.bench-installed: $(VENV)/.dev-installed requirements-bench.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements-bench.lock
	@touch $@

clean:
	rm -rf $(VENV) lake build *.egg-info
