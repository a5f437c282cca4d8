#!/usr/bin/env bash
# Measures this bot beside two peers, and writes the table and the plots of docs/performance.md.
# Takes the options of `cargo bench --bench compare -- --help`; the documented numbers come from
#   benches/compare.sh --runs 5 --program PATH_OF_AN_EARLIER_BUILD
# Needs Rust, Node.js with npm, and Python 3 with venv. What it installs goes into a temporary folder.
set -euo pipefail
cd "$(dirname "$0")/.."

peers=$(mktemp -d)
trap 'rm -rf "$peers"' EXIT
cp sandbox/clients/{package.json,package-lock.json,requirements.txt} "$peers"
(cd "$peers" && npm ci --ignore-scripts --no-audit --no-fund)
python3 -m venv "$peers/.venv"
"$peers/.venv/bin/pip" install --quiet --requirement "$peers/requirements.txt"

results=target/compare.jsonl
cargo bench --bench compare -- all --peers "$peers" --results "$results" "$@"
cargo bench --quiet --bench compare -- render "$results" docs
printf '\nThe table is in docs/performance.md, the plots are in docs/pictures/performance.\n'
