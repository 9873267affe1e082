#!/bin/sh
# Makes .venv with the newest suitable Python on this machine.
set -eu
for name in python3.13 python3.12 python3.11 python3.14 python3; do
  if command -v "$name" >/dev/null 2>&1 &&
    "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2])' 2>/dev/null; then
    found=$name
    break
  fi
done
if [ -z "${found:-}" ]; then
  echo "Python 3.11 or newer is needed and was not found. On Debian or Ubuntu: apt install python3 python3-venv" >&2
  exit 1
fi
version=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
if ! "$found" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "This Python $version cannot make virtual environments. Install its package: apt install python$version-venv" >&2
  exit 1
fi
echo "Making .venv with Python $version"
"$found" -m venv .venv
