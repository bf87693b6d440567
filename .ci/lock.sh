#!/usr/bin/env bash
# Writes both lock files anew from pyproject.toml. `make lock` keeps the pins that still fit;
# `make lock UPGRADE=1` moves every package to its newest release.
set -euo pipefail
cd "$(dirname "$0")/.."

tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
"${PYTHON:-python3}" -m venv "$tool"
echo "Fetching the resolver"
"$tool/bin/python" -m pip install --quiet --disable-pip-version-check uv==0.13.9

# A universal compile pins for every platform and every Python the project supports, with the hashes of all files of
# each release, and writes no index and no path.
resolve() {
  local file=$1
  shift
  echo "Writing $file"
  "$tool/bin/uv" pip compile pyproject.toml "$@" --output-file "$file" \
    --universal --python-version 3.11 --generate-hashes --no-annotate --quiet --no-config \
    --custom-compile-command "make lock" ${UPGRADE:+--upgrade}
}

resolve requirements-test.lock --extra build --extra test
# Both files must pin the same releases, or `make test` would try other code than `make run` serves.
resolve requirements.lock --extra build --constraint requirements-test.lock
