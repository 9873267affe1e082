# `make run` and `make test` are the two that matter; `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run build test check test-python test-web test-browser serve demo lock types bench clean

help: ## Say what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: build ## Install, build, fill the demo and serve on http://localhost:8000
	@$(PY) -m app.cli migrate
	@$(PY) -m app.cli demo --if-empty
	@$(PY) -m app.cli serve

build: .venv/installed web/build/200.html ## Make .venv/bin/colleague and web/build, and stop

.venv/bin/python:
	@sh scripts/find_python.sh

.venv/installed: .venv/bin/python requirements.lock pyproject.toml
	@echo "Installing the locked Python packages (a minute or two the first time)"
	@$(PY) -m pip install --quiet --require-hashes -r requirements.lock
	@$(PY) -m pip install --quiet --no-deps --editable .
	@touch $@

.venv/tools: .venv/installed requirements-dev.lock
	@echo "Installing what the tests need"
	@$(PY) -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

web/node_modules/.installed: web/package.json web/package-lock.json | .venv/installed
	@echo "Installing the locked web packages"
	@cd web && PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/build/200.html: web/node_modules/.installed $(shell find web/src web/static web/vite.config.ts web/screen-files.ts app/deid -type f -not -path '*/__pycache__/*' 2>/dev/null)
	@echo "Building the phone client"
	@cd web && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent build -- --logLevel error
	@touch $@

test: .venv/tools web/build/200.html ## Everything the project checks, the browser included
	@sh scripts/test.sh

check: .venv/tools ## Lint, types and import direction only
	@sh scripts/test.sh check

lock: .venv/tools ## Write both lock files anew
	@for extra in "" "--extra dev"; do \
	  out=requirements$${extra:+-dev}.lock; \
	  .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --extra build $$extra -o $$out --quiet; done

types: .venv/tools web/node_modules/.installed ## Write the client's API types from the service
	@$(PY) scripts/openapi.py > web/openapi.json
	@cd web && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent types

bench: .venv/tools ## Print the benchmarks, each beside its floor
	@$(PY) -m bench.service
	@$(PY) -m bench.deid --alone

clean: ## Remove what was built; data stays
	@rm -rf .venv web/node_modules web/build web/.svelte-kit
