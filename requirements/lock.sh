#!/usr/bin/env bash
# Resolve pyproject.toml into build.lock, run.lock and dev.lock. Needs `uv` (pip install uv).
set -euo pipefail
cd "$(dirname "$0")/.."
compile=(uv pip compile --quiet --universal --python-version 3.11 --generate-hashes
         --no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade)
"${compile[@]}" --group build --output-file requirements/build.lock
"${compile[@]}" pyproject.toml --output-file requirements/run.lock
"${compile[@]}" pyproject.toml --group dev --constraint requirements/run.lock \
    --constraint requirements/build.lock --output-file requirements/dev.lock
