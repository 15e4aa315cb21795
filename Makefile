# Two commands are enough: `make run` and `make test`. `make help` lists the others.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
CORES ?= all
# Further arguments for snakemake, for example: make run ARGS="--configfile config/smoke.yaml"
ARGS ?=
# The studies that `make compare` sets side by side.
STUDIES ?= results/default results/tuned
# The study that `make reference` keeps, and `make archive` packs.
STUDY ?= default

VENV := .venv
READY := $(VENV)/.ready
# Where the folder of the user's caches cannot be written to, they are here.
CACHES := cache="$${XDG_CACHE_HOME:-$$HOME/.cache}"; mkdir -p "$$cache" 2>/dev/null && [ -w "$$cache" ] \
	|| export XDG_CACHE_HOME="$$PWD/.snakemake/caches"
IN_VENV := . $(VENV)/bin/activate && { $(CACHES); } &&

# Files in this folder with the names of Python's own modules are not imported instead of them.
PACKAGE := $(IN_VENV) export PYTHONSAFEPATH=1 && python -m recall_horizon

# Runs the study $(1), the default one without a name.
cores = $(if $(filter --cor% -c% --jobs --jobs=% -j%,$(ARGS)),,--cores $(CORES))
run = $(IN_VENV) python -P -m recall_horizon run $(1) $(cores) $(ARGS)

# Debian's packages of SLURM's daemons and commands; the tests start the daemons that they need.
SLURM := /usr/sbin/slurmctld
SLURM_PACKAGES := munge slurmctld slurmd slurm-client

# Any Chromium or Chrome will do: make CHROMIUM=/path/to/it test-browser
CHROMIUM ?= /usr/bin/chromium
export CHROMIUM

.PHONY: help setup setup-huggingface run lesson anchors plan watch compare try archive packages test test-cluster test-browser test-huggingface test-notebook test-package test-lowest test-newest wheel lint format docs site pictures bench reference pins clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]*:.*## /{printf "  make %-19s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## install what the project needs into .venv

# What would send packages elsewhere than into .venv.
export PIP_USER := 0
unexport PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON

$(READY): requirements.txt pyproject.toml
	@case "$$PWD" in *[[:cntrl:]:{}\"\$$\`]*) \
		echo 'The path of this folder has a character that Python or Snakemake cannot work with, one of : { } " $$ ` or a control character: move it.'; exit 1;; esac
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; '$(PYTHON)' is not. Try: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -P -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

setup-huggingface: $(VENV)/.huggingface  ## install the extra: models of transformers

$(VENV)/.huggingface: requirements-huggingface.txt $(READY)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps -r requirements-huggingface.txt
	@touch $@

run: $(READY)  ## run the default study: results/default/report.html
	@$(run)

lesson: $(READY)  ## run the lesson's own: results/lesson/report.html
	@$(call run,lesson)

plan: $(READY)  ## show what `make run` would do, why, and how long
	@$(PACKAGE) plan $(ARGS)

packages: $(SLURM) $(CHROMIUM) $(VENV)/.browser  # what the tests below need of the system

PYTEST := pytest --numprocesses logical --maxprocesses 4 --dist worksteal --durations 10

test: $(READY)  ## run the tests, some minutes on two cores
	$(IN_VENV) $(PYTEST) $(ARGS)

test-cluster: $(READY) $(SLURM)  ## run the tests on a real one-node SLURM cluster
	$(IN_VENV) pytest tests/cluster $(ARGS)

/usr/sbin/slurmctld:
	@[ "$$(id -u)" = 0 ] || { echo "SLURM is not installed. As root: apt-get install $(SLURM_PACKAGES)"; exit 1; }
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(SLURM_PACKAGES)

test-huggingface: $(VENV)/.huggingface  ## run the tests of the extra
	$(IN_VENV) pytest tests/huggingface $(ARGS)

test-browser: $(READY) $(CHROMIUM) $(VENV)/.browser  ## run the tests of the page in a real browser
	$(IN_VENV) pytest tests/browser $(ARGS)

test-notebook: $(VENV)/.notebook  ## run the notebook on a small study
	$(IN_VENV) pytest tests/notebook $(ARGS)

test-package: $(READY)  ## install the wheel in an empty environment and run it there
	$(IN_VENV) pytest tests/package $(ARGS)

wheel: $(READY)  ## build the wheel: dist/
	rm -f dist/recall_horizon-*.whl
	$(VENV)/bin/pip wheel --quiet --no-deps --wheel-dir dist .

$(VENV)/.notebook: requirements-notebook.txt $(READY)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements-notebook.txt
	@touch $@

$(VENV)/.browser: tests/browser/requirements.txt $(READY)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r tests/browser/requirements.txt
	@touch $@

$(CHROMIUM):
	@[ "$$(id -u)" = 0 ] && [ "$@" = /usr/bin/chromium ] || { echo "No Chromium at $(CHROMIUM). As root: apt-get install chromium; or make CHROMIUM=/path/to/chrome …"; exit 1; }
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium

lint: $(READY)  ## check style and conventions
	$(IN_VENV) ruff check .
	$(IN_VENV) ruff format --check .
	$(IN_VENV) snakefmt --check Snakefile workflow
	$(IN_VENV) snakemake --lint

format: $(READY)  ## format the code
	$(IN_VENV) ruff check --fix-only .
	$(IN_VENV) ruff format .
	$(IN_VENV) snakefmt Snakefile workflow

docs: $(READY)  ## write the generated documents anew
	$(PACKAGE) schema --output workflow/schemas/config.schema.json --readme config/README.md
	$(PACKAGE) quote report/findings.md.j2 report/lesson-plan.md.j2 --reference report/reference \
		--documents docs --readme README.md
	$(IN_VENV) rules=$$(snakemake --rulegraph mermaid-js --configfile config/tuned.yaml --quiet) \
		&& echo "$$rules" | python -m recall_horizon rules --page docs/caching.md

# Anew each time, since Sphinx checks the links of pages that it writes, and fails where one is broken.
site: $(VENV)/.site lesson  ## build the website of the documents: site/index.html
	rm -rf site
	$(IN_VENV) sphinx-build --quiet --fail-on-warning --keep-going --conf-dir docs/site . site

$(VENV)/.site: docs/site/requirements.txt $(READY)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r docs/site/requirements.txt
	@touch $@

# Those alone that are older than what they show; the page is that of the lesson.
pictures: lesson $(CHROMIUM)  ## make the pictures in README.md and docs/ anew
	$(PACKAGE) pictures README.md docs/*.md --record docs/pictures.json --reference report/reference \
		--templates report --page results/lesson/report.html --browser $(CHROMIUM)

bench: $(READY)  ## measure the speed against the textbook loop
	$(IN_VENV) python benchmarks/speed.py $(ARGS)
	$(IN_VENV) python benchmarks/scale.py $(ARGS)

watch: $(READY)  ## show how a run stands, from another terminal
	@$(PACKAGE) watch $(ARGS)

compare: $(READY)  ## set studies side by side: STUDIES="results/default …"
	$(PACKAGE) compare $(STUDIES) $(ARGS)

try: $(READY)  ## train the model MODEL=module:ClassName, and show it beside the default study
	@$(PACKAGE) try $(MODEL) $(ARGS)

archive: $(READY)  ## pack the default study (or STUDY=…) into one zip
	$(PACKAGE) archive results/$(STUDY) $(ARGS)

reference: $(READY)  ## keep the study STUDY=… as a reference for `verify`
	$(PACKAGE) reference --results results/$(STUDY) --folder report/reference

ANCHORS := anchors/adding anchors/copy anchors/chrono anchors/parity anchors/selective anchors/bistable anchors/rates \
	anchors/delays recall

anchors: $(VENV)/.huggingface  ## hold studies against published results
	@for anchor in $(ANCHORS); do ($(call run,$$anchor)) || exit 1; done
	@$(PACKAGE) verdicts $(addprefix results/,$(ANCHORS:anchors/%=anchor-%))

# Versions stay as they are pinned, unless UPGRADE=1 asks for the newest in the ranges.
UPGRADE ?=
# The builds of torch are large, and decide the bytes of losses: it stays even so. TORCH=torch frees it.
TORCH ?= $(shell grep '^torch==' requirements.txt)
PINS := $(VENV)-pins/bin/pip --quiet --disable-pip-version-check
freeze = $(VENV)-pins/bin/pip freeze --all --exclude pip --exclude recall-horizon | sed 's/+cpu//' | LC_ALL=C sort -f

pins:  ## rewrite the lists of requirements; UPGRADE=1: with the newest versions
	rm -rf $(VENV)-pins && $(PYTHON) -P -m venv $(VENV)-pins
	{ $(if $(UPGRADE),,cat requirements*.txt;) echo '$(TORCH)'; } > $(VENV)-pins/constraints.txt
	$(PINS) install --constraint $(VENV)-pins/constraints.txt '.[slurm,dev]'
	{ echo "# Every package, pinned: written by make pins from pyproject.toml."; $(freeze); } > requirements.txt
	for extra in huggingface notebook; do list=requirements-$$extra.txt; \
		$(PINS) install --constraint $(VENV)-pins/constraints.txt --constraint requirements.txt ".[$$extra]" || exit 1; \
		{ echo "# What the extra $$extra needs beside requirements.txt, pinned: written by make pins from pyproject.toml."; \
			$(freeze) | grep -vxFf requirements.txt; } > $$list; \
		$(PINS) uninstall --yes --requirement $$list || exit 1; \
	done
	rm -rf $(VENV)-pins

# The lowest versions that pyproject.toml allows, as constraints.
LOWEST := import re, tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
	lines = sum(project["optional-dependencies"].values(), project["dependencies"]); \
	print(*(re.sub(">=([^,]*).*", r"==\1", line) for line in lines), sep="\n")
# What is tested with other versions than those that are pinned.
TESTS ?= tests/unit tests/workflow tests/huggingface tests/notebook

test-lowest:  ## run the tests with the lowest versions that are allowed
test-newest:  ## run the tests with the newest ones; TORCH=torch: of torch, too
test-lowest test-newest: test-%:
	$(PYTHON) -P -m venv $(VENV)-$*
	$(if $(filter lowest,$*),$(PYTHON) -c '$(LOWEST)',echo '$(TORCH)') > $(VENV)-$*/constraints.txt
	$(VENV)-$*/bin/pip install --quiet --disable-pip-version-check --upgrade --upgrade-strategy eager \
		--constraint $(VENV)-$*/constraints.txt --editable '.[slurm,huggingface,notebook,dev]'
	. $(VENV)-$*/bin/activate && { $(CACHES); } && $(PYTEST) -m 'not pinned' $(TESTS) $(ARGS)

clean:  ## remove results, caches and .venv
	rm -rf $(VENV) $(VENV)-pins $(VENV)-lowest $(VENV)-newest site dist .snakemake .pytest_cache .ruff_cache .hypothesis
	[ ! -d results ] || find results/ -mindepth 1 ! -path results/README.md -delete  # also behind a link
