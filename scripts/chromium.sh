#!/bin/sh
# Finds Chromium for the browser tests, or installs Debian's where the machine allows it.
set -eu
for name in "${CHROMIUM_PATH:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then
    exit 0
  fi
done
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing Chromium and fonts from the distribution"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core >/dev/null
  exit 0
fi
echo "The browser tests need Chromium: install it (Debian: apt install chromium fonts-noto-core) or set CHROMIUM_PATH." >&2
[ "${CI:-}" != true ]
