#!/usr/bin/env bash
# Resolve pyproject.toml into build.lock, run.lock, a lock for each extra, dev.lock and bench.lock.
# Needs `uv` (pip install uv).
set -euo pipefail
cd "$(dirname "$0")/.."
compile=(uv pip compile --quiet --universal --python-version 3.11 --generate-hashes
         --no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade)
"${compile[@]}" --group build --output-file requirements/build.lock
"${compile[@]}" pyproject.toml --output-file requirements/run.lock
extras=(mqtt mcp music sensors)
dev=(--constraint requirements/run.lock --constraint requirements/build.lock)
for extra in "${extras[@]}"; do
    "${compile[@]}" pyproject.toml --extra "$extra" --constraint requirements/run.lock \
        --output-file "requirements/$extra.lock"
    dev+=(--extra "$extra" --constraint "requirements/$extra.lock")
done
"${compile[@]}" pyproject.toml --group dev "${dev[@]}" --output-file requirements/dev.lock
"${compile[@]}" --group bench --constraint requirements/dev.lock --output-file requirements/bench.lock
