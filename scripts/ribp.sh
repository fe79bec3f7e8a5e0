#!/usr/bin/env bash
# The command line of scripts/sdk: two people exchange value on two chains.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# What it says goes beside what the command prints.
"$root/scripts/setup.sh" --npm >&2
exec node "$root/scripts/sdk/dist/cli/main.js" "$@"
