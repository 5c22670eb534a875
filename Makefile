PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PIP_VERSION := 26.2

# one more than there are cores, since browsers and other programs are waited for
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) + 1 )))

READER ?= vcard
SECONDS ?= 600

.DEFAULT_GOAL := help
.PHONY: help demo test check bench fuzz lab docs browser bundle lock clean

help:  ## Show what can be made.
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 10

# a half-made environment is taken away, or the next try would build on it
$(VENV)/.made:
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) && $(PIP) install --quiet pip==$(PIP_VERSION) || { rm -rf $(VENV); \
	echo "No virtual environment could be made with $(PYTHON): on Debian, apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.core: pyproject.toml requirements.lock $(VENV)/.made
	$(PIP) install --quiet --constraint requirements.lock --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml requirements.lock $(VENV)/.made
	$(PIP) install --quiet --constraint requirements.lock --editable ".[all]" --group dev
	@touch $(VENV)/.core $@

demo: $(VENV)/.core  ## Draw the map and write the report of the sample village.
	@mkdir -p demo
	@map=$$($(BIN)/villagegraph map data/sample/exports --as-of 2026-10-31 -o "$(CURDIR)/demo/village.html") && \
	report=$$($(BIN)/villagegraph report data/sample/exports --month 2026-10 -o "$(CURDIR)/demo/report") && \
	echo "The map:    $$map" && echo "The report: $$report"

browser:
	@sh tests/install_browser.sh

test: $(VENV)/.dev browser check-static bundle  ## Run everything: lint, types, layers, all tests, notebooks.
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --nbmake --nbmake-timeout=300 tests villagegraph notebooks

.PHONY: check-static
check-static: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

check: check-static  ## Run the quick part: lint, types, layers, tests without browser.
	$(BIN)/python -m pytest -m "not browser and not real and not seeds"

bench: $(VENV)/.dev  ## Print the benchmarks: ours, the naive way, the limit, the ratio.
	@for file in benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

fuzz: $(VENV)/.dev  ## Feed a reader odd files: make fuzz READER=whatsapp SECONDS=600.
	$(PIP) install --quiet --constraint requirements.lock --group fuzz
	$(BIN)/python tests/fuzz/target.py $(READER) --seconds $(SECONDS)

lab: $(VENV)/.dev  ## Open the notebooks in JupyterLab.
	$(BIN)/jupyter lab --notebook-dir=notebooks

docs: $(VENV)/.dev  ## Write the pages that are made from the code.
	$(BIN)/python docs/generate_cli.py
	$(BIN)/python docs/generate_exports.py
	$(BIN)/python docs/generate_measures.py

FOLDER ?= ../shared/data/temporal

.PHONY: neglect
neglect: $(VENV)/.dev  ## Fit the estimates of contact, and write their table: make neglect FOLDER=logs.
	$(BIN)/python benchmarks/neglect/fit.py $(FOLDER)
	$(BIN)/python benchmarks/neglect/table.py $(FOLDER)

bundle:  ## Build the browser part anew and compare it with what is committed (needs Node).
	@if command -v npm >/dev/null 2>&1; then sh villagegraph/maps/js/check.sh; \
	else echo "No npm here: the browser part is not built anew; its checksum is still tested."; fi

lock:  ## Pin the newest versions that fit, for all of Python 3.11 and newer.
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet pip==$(PIP_VERSION)
	build/lock/bin/python -m pip install --quiet --editable ".[all]" --group dev
	build/lock/bin/python -m pip freeze --exclude-editable > requirements.lock

clean:  ## Take away what was made.
	rm -rf $(VENV) build demo report village.html .mypy_cache .pytest_cache .ruff_cache .hypothesis
