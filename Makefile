# Everything that is done with a checkout of nnstudio. `make help` lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
SAMPLE := resources/samples/penguins.nnstudio
ROOMS_WITHOUT_QT := spec data engine runs session jobs cli
FLAVOUR := $(if $(CUDA),--cuda)
EVERY_CORE := --numprocesses=auto --maxprocesses=8 --dist=worksteal --durations=10

unexport PYTHONDONTWRITEBYTECODE  # tests start many processes, and each would compile everything anew

.DEFAULT_GOAL := help
.PHONY: help run test bench wheel bundle installers test-installers lock clean

help: ## List what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

run: $(VENV)/.ready ## Set everything up and open the studio on a sample project
	@if [ "$$(uname)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		$(BIN)/nnstudio train $(SAMPLE) && \
		echo "There is no screen here, so the sample was trained in the terminal;" \
			"to get the window, run this in a desktop session."; \
	else \
		packaging/system-libraries.sh && $(BIN)/nnstudio $(SAMPLE); \
	fi

test: $(VENV)/.ready-to-test ## Check style, types and architecture, run all tests, print the coverage
	-@packaging/system-libraries.sh test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/coverage erase
	NNSTUDIO_BLOCK_QT=1 $(BIN)/coverage run -m pytest $(EVERY_CORE) -p no:pytest-qt $(ROOMS_WITHOUT_QT:%=tests/%)
	$(BIN)/coverage run -m pytest $(EVERY_CORE) $(ROOMS_WITHOUT_QT:%=--ignore=tests/%) --ignore=tests/window --ignore=tests/installed
	$(BIN)/coverage run -m pytest tests/window
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

bench: $(VENV)/.ready-to-test ## Measure speed
	@for script in $(basename $(notdir $(wildcard tests/bench/[!_]*.py))); do \
		echo "== $$script"; \
		$(BIN)/python -m tests.bench.$$script || exit 1; \
	done

wheel: $(VENV)/.ready-to-test ## Build the wheel into dist/
	$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

bundle: $(VENV)/.ready-to-test ## Build the program with all it needs into build/nnstudio
	-@packaging/system-libraries.sh installers
	$(BIN)/python packaging/build.py bundle $(FLAVOUR)

installers: $(VENV)/.ready-to-test ## Build what this system installs from into dist/; with CUDA=1 for graphics cards
	-@packaging/system-libraries.sh installers
	$(BIN)/python packaging/build.py installers $(FLAVOUR)

test-installers: installers ## Install them in a bare system, use everything that they bring, take them out again
	$(BIN)/python -m pytest tests/installed --timeout=600 -v -s
	$(BIN)/python packaging/sizes.py

lock: $(VENV)/.made ## Pin the newest versions that pyproject.toml allows
	$(BIN)/python packaging/lock.py

clean: ## Remove what builds and tests leave behind
	rm -rf build dist htmlcov .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find nnstudio packaging tests -name __pycache__ -prune -exec rm -rf {} +

# Stamps: each is made again only when a file that it depends on is newer.

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "nnstudio needs Python 3.11 or newer, but $(PYTHON) is: $$($(PYTHON) --version 2>&1)."; \
		echo "Name another one, for example: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		echo "Python's venv module is missing. This installs it:"; \
		$(PYTHON) -c 'import sys; print("  sudo apt-get install python%d.%d-venv" % sys.version_info[:2])'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.ready: packaging/requirements.lock pyproject.toml | $(VENV)/.made
	@echo "Setting up; the first time takes a few minutes."
	$(PIP) install --requirement packaging/requirements.lock
	$(PIP) install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.ready-to-test: packaging/requirements-dev.lock $(VENV)/.ready
	$(PIP) install --requirement packaging/requirements-dev.lock
	@touch $@
