# Every target does its own set-up: Python 3.11 or newer is all that has to be there before.

LOCK ?= requirements/dev.txt
ADDRESS ?= 127.0.0.1:8000
# The interpreters with which the wheel is tested: the ordinary one, and those of pyenv that the lowest versions support.
PYTHONS ?= $(PYTHON) $(wildcard $(HOME)/.pyenv/versions/3.1[1-3].*/bin/python)

ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := .venv/Scripts
else
PYTHON ?= python3
BIN := .venv/bin
endif

LOCKED := .venv/$(notdir $(LOCK))
RUN := $(BIN)/python -m
NODE := $(BIN)/node
export NO_MKDOCS_2_WARNING := 1
# Pages are run side by side: each with one thread, or they wait for each other.
site check test serve: export OPENBLAS_NUM_THREADS := 1
# The order is that of testpaths, and tests/scheduling.py says which tests stay together.
PYTEST := $(RUN) pytest --numprocesses auto --dist loadscope --no-loadscope-reorder
ZENSICAL := zensical==0.0.73
# What is locked stays as it is until someone says UPGRADE=--upgrade.
COMPILE := $(RUN) uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header $(UPGRADE) pyproject.toml

# Two linters have no wheel for some machines; CI runs on one that has all.
if_there = @if [ -e $(BIN)/$(firstword $(1)) ]; then echo "$(1)"; PATH="$(abspath $(BIN)):$$PATH" $(1); \
	else echo "skipped here, run by CI: $(1)"; fi

.PHONY: help serve site site-zip pdf links test new-page update-outputs zensical check format bench dist versions lock clean
.DELETE_ON_ERROR:

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

serve: .venv/ready node_modules/ready  ## build the site and serve it on ADDRESS, again at each change
	$(RUN) mkdocs serve --livereload --dev-addr $(ADDRESS)

site: .venv/ready node_modules/ready  ## build the site into site/, with the archive and the PDF that it offers
	$(RUN) mkdocs build --strict
	$(RUN) sitegen downloads site
	$(RUN) sitegen links site

site-zip: site  ## the site as an archive that works without a server: dist/calcguide-site.zip
	mkdir -p dist
	cp site/downloads/calcguide-site.zip dist/

pdf: site  ## the tutorials, cases and errata as one PDF: dist/calcguide.pdf; needs a Chromium
	@test -f site/downloads/calcguide.pdf || { echo "there is no Chromium on this machine to print with"; exit 1; }
	mkdir -p dist
	cp site/downloads/calcguide.pdf dist/

links: site  ## ask for every page of other sites that the site links to
	$(RUN) sitegen links --external site

test: .venv/ready node_modules/ready  ## run all tests
	$(PYTEST)

# The shell takes the words from the environment, whatever signs are in them.
new-page: .venv/ready  ## begin a page: NAME=newtons-method TITLE="Newton's method" [KIND=cases]
	@$(RUN) sitegen new-page "$$NAME" --title "$$TITLE" --kind "$${KIND:-tutorials}"

update-outputs: .venv/ready  ## write what the pages print and draw now into their output fences and figure records
	$(RUN) pytest tests/pages --update-outputs

check: .venv/ready node_modules/ready  ## the gate: locks, lint, imports, workflows, types, strict build, all tests
	$(RUN) pip check
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(BIN)/lint-imports --no-logo --cache-dir .cache/imports
	$(call if_there,actionlint)
	$(call if_there,shellcheck .ci/run)
	$(BIN)/zizmor --offline --no-progress --quiet --pedantic .github
	$(RUN) sitegen lint
	$(NODE) node_modules/eslint/bin/eslint.js .
	$(NODE) node_modules/typescript/bin/tsc -p sitegen/live/browser
	$(RUN) mypy
	$(RUN) mkdocs build --strict
	$(RUN) sitegen downloads site
	$(RUN) sitegen links site
# What fails where browsers compete for the processors has to pass when it has them to itself.
	CALCGUIDE_SITE=site $(PYTEST) || { [ $$? -eq 1 ] && \
		CALCGUIDE_SITE=site $(RUN) pytest --last-failed --last-failed-no-failures none; }

format: .venv/ready  ## format the code, in modules and in pages
	$(RUN) ruff check --fix
	$(RUN) ruff format
	$(RUN) sitegen lint --fix

zensical: .venv/ready node_modules/ready  ## build with Zensical, the successor of Material, into .cache/zensical/site
	$(RUN) sitegen run
	$(RUN) pip install --disable-pip-version-check --quiet --upgrade --target .cache/zensical/packages $(ZENSICAL)
	PYTHONPATH=.cache/zensical/packages:. $(RUN) zensical build --config-file zensical.yml
	$(RUN) sitegen finish .cache/zensical/site
	PYTHONPATH=. $(BIN)/python tools/check_zensical.py .cache/zensical/site

bench: .venv/ready node_modules/ready  ## run the comparisons with other tools
	@set -e; for file in benchmarks/[!_]*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

dist: .venv/ready  ## build sdist and wheel into dist/
	$(RUN) hatchling build -d dist

versions: dist  ## test the wheel with each of PYTHONS, with the lowest and the newest versions of the libraries
	@set -e; for python in $(PYTHONS); do for dependencies in lowest newest; do \
		echo "== $$($$python --version), $$dependencies versions"; \
		$$python tools/test_wheel.py $$dependencies "$$(ls -t dist/*.whl | head -n 1)"; \
	done; done

lock: .venv/ready  ## write the locks; with UPGRADE=--upgrade, with the newest versions
	$(COMPILE) --extra test --extra site --extra dev -o requirements/dev.txt
	$(COMPILE) --extra site -c requirements/dev.txt -o requirements/site.txt
	$(COMPILE) --extra test --resolution lowest-direct -o requirements/lowest.txt
	$(BIN)/npm install --package-lock-only --no-audit --no-fund

clean:  ## remove everything that was built, the environments too
	rm -rf .venv .cache node_modules site dist

# The environment is made again only for another lock; a change of the metadata is quick.
$(LOCKED): $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, $(PYTHON) is " + sys.version)'
	@echo "Setting up .venv from $(LOCK): a few minutes the first time"
	$(PYTHON) -m venv --clear .venv
	$(RUN) pip install --disable-pip-version-check --require-hashes -r $(LOCK)
	@touch $@

.venv/ready: $(LOCKED) pyproject.toml
	$(RUN) pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/ready: package-lock.json | $(LOCKED)
	@echo "Fetching what the site takes from npm"
	PATH="$(abspath $(BIN)):$$PATH" npm ci --no-audit --no-fund
	@touch $@
