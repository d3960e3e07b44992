# Two commands on a fresh machine:  make demo   |   make test     (needs only python3.11+ and make; uses uv when it is on PATH)
PY   ?= python3
VENV := .venv
BIN   = $(VENV)/bin
UV   := $(shell command -v uv 2>/dev/null)
WHEELHOUSE ?=
OFF  := $(if $(WHEELHOUSE),--no-index --find-links $(WHEELHOUSE),)
export PYTHONPATH := $(CURDIR)
export PYTHONDONTWRITEBYTECODE :=
ifeq ($(UV),)
  define install
	test -x $(BIN)/python || $(PY) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check $(OFF) --require-hashes --only-binary=:all: -r $(1)
  endef
else
  define install
	test -x $(BIN)/python || $(UV) venv -q --python $(PY) $(VENV)
	$(UV) pip install -q --python $(BIN)/python $(OFF) --require-hashes --no-build --compile-bytecode -r $(1)
  endef
endif

.PHONY: demo test semantic optimiser identity cluster pictures walkthrough check bench bench-scale soak races format messages lock wheelhouse clean

$(VENV)/.runtime: requirements.lock
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(call install,requirements-dev.lock)
	@touch $@

$(VENV)/.bench: requirements-bench.lock $(VENV)/.runtime
	$(call install,requirements-bench.lock)
	@touch $@

# Peers have an environment each: they ask for different versions of the same libraries.
PEERS := posting harlequin
.venv-peers/%/.ready: VENV = .venv-peers/$*
.venv-peers/%/.ready: requirements-%.lock
	$(call install,$<)
	@touch $@

$(VENV)/.compiled: $(VENV)/.runtime $(shell find tui matching store seed -name '*.py' 2>/dev/null)
	$(BIN)/python -m compileall -q tui matching store seed
	@printf '#!/bin/sh\nhome=$$(dirname "$$(readlink -f "$$0")")\nPYTHONPATH="$$home/../.." exec "$$home/python" -m tui "$$@"\n' > $(BIN)/duijie
	@chmod +x $(BIN)/duijie
	@touch $@

demo: $(VENV)/.compiled
	$(BIN)/python -m tui demo

test: $(VENV)/.dev $(VENV)/.compiled
	$(BIN)/python -m pytest -q -n 4

races: $(VENV)/.dev $(VENV)/.compiled
	$(BIN)/python -m tests.races

check: $(VENV)/.dev
	$(BIN)/ruff format --check tui matching store seed tests benchmarks
	$(BIN)/ruff check tui matching store seed tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff format tui matching store seed tests benchmarks
	$(BIN)/ruff check --fix tui matching store seed tests benchmarks

pictures: $(VENV)/.dev $(VENV)/.compiled
	$(BIN)/python docs/pictures/draw.py
	$(BIN)/python docs/pictures/pages.py

walkthrough: $(VENV)/.dev $(VENV)/.compiled
	$(BIN)/python docs/guide/keys.py
	$(BIN)/python docs/guide/walkthrough.py
	$(BIN)/python docs/guide/story.py

bench: $(VENV)/.dev $(VENV)/.bench $(VENV)/.compiled $(PEERS:%=.venv-peers/%/.ready)
	$(BIN)/python -m benchmarks

soak: $(VENV)/.dev $(VENV)/.compiled
	$(BIN)/python -m tests.soak

bench-scale: $(VENV)/.dev $(VENV)/.compiled
	$(BIN)/python -m benchmarks.growth --courses 1000 10000 100000 1000000
	$(BIN)/python -m benchmarks.scale --courses 1000 10000 100000

messages: $(VENV)/.dev
	$(BIN)/pybabel -q extract -k _ -k mark --no-location --sort-output -o $(VENV)/messages.pot tui
	$(BIN)/pybabel -q update -N --no-wrap -i $(VENV)/messages.pot -d tui/locale -l zh_CN -D duijie
	$(BIN)/pybabel -q compile -d tui/locale -D duijie

lock:
	uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements.lock
	uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements-dev.lock
	uv pip compile -q pyproject.toml --group bench --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements-bench.lock
	uv pip compile -q pyproject.toml --extra semantic -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements-semantic.lock
	uv pip compile -q pyproject.toml --extra opt -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements-opt.lock
	uv pip compile -q pyproject.toml --extra identity -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements-identity.lock
	uv pip compile -q pyproject.toml --extra cluster -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements-cluster.lock
	for peer in $(PEERS); do uv pip compile -q --group $$peer --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements-$$peer.lock; done

semantic: $(VENV)/.runtime
	$(call install,requirements-semantic.lock)

optimiser: $(VENV)/.runtime
	$(call install,requirements-opt.lock)

identity: $(VENV)/.runtime
	$(call install,requirements-identity.lock)

cluster: $(VENV)/.runtime
	$(call install,requirements-cluster.lock)

wheelhouse:
	$(PY) -m pip download -q --require-hashes --only-binary=:all: -r requirements-dev.lock -d wheelhouse

clean:
	rm -rf $(VENV) .venv-peers
