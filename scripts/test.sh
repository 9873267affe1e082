#!/bin/sh
# All the project checks; `check` stops after the quick ones. Each step says what it does.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
export PATH

step() { printf '\n== %s\n' "$1"; }

step "Lint"
ruff check .
ruff format --check .
step "Types"
mypy
step "Imports point downstairs"
lint-imports --no-logo 2>/dev/null || lint-imports
[ "${1:-}" = check ] && exit 0

step "The client's API types match the service"
python scripts/openapi.py | cmp - web/openapi.json || {
  echo "web/openapi.json is behind the service: run 'make types' and commit." >&2
  exit 1
}
step "Web: format, types, units"
(cd web && npm run --silent format:check && npm run --silent types:check && npm run --silent check && npm run --silent test)

step "Service tests on SQLite and PostgreSQL, and migrations"
pytest -q -n "${TEST_WORKERS:-2}" --ignore=tests/e2e

step "The story in a browser"
sh scripts/chromium.sh
# One at a time: two browsers, a service and a recorder share two cores as it is.
pytest -q tests/e2e
