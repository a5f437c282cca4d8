#!/usr/bin/env bash
# Runs the whole scene of `tests/other_bots.rs` with each of the libraries in `matrix/libraries.txt`.
#
#   sandbox/clients/matrix.sh [FOLDER]
#
# Each is installed at its pinned version into FOLDER (a temporary one without it; a folder that is
# kept makes the next run short). Needs node with npm, python3 with venv, cargo. `ONLY=eris` (or part
# of a name) runs some of them. Ends with a table, and with an error if one has failed.
set -euo pipefail

clients=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$(mktemp -d)}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
list="$folder/clients.tsv"
: > "$list"

while read -r name language packages script; do
  case $name in '#'* | '') continue ;; *"${ONLY:-}"*) ;; *) continue ;; esac
  home="$folder/${name//[^a-z.]/_}"
  if [ ! -e "$home/installed" ]; then
    echo "installing $name (${packages//,/ })" >&2
    mkdir -p "$home"
    case $language in
      javascript)
        echo '{ "private": true, "type": "module" }' > "$home/package.json"
        (cd "$home" && npm install --ignore-scripts --no-audit --no-fund --silent ${packages//,/ })
        ;;
      python)
        python3 -m venv "$home/venv"
        "$home/venv/bin/pip" install --quiet --disable-pip-version-check ${packages//,/ }
        ;;
      rust) # Versions are those of its Cargo.lock.
        CARGO_TARGET_DIR="$folder/target" cargo build --locked --manifest-path "$clients/matrix/rust/Cargo.toml"
        ;;
    esac
    touch "$home/installed"
  fi
  case $language in
    javascript) # Modules are found from where the script lies.
      cp "$clients/$script" "$home/bot.js"
      command="node $home/bot.js"
      ;;
    python) command="$home/venv/bin/python $clients/$script" ;;
    rust) command="$folder/target/debug/$script" ;;
  esac
  printf '%s\t%s\t%s\n' "$name" "$packages" "$command" >> "$list"
done < "$clients/matrix/libraries.txt"

cd "$clients/.."
CLIENTS="$list" cargo test --package sandbox --test other_bots -- --ignored --nocapture
