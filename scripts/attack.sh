#!/usr/bin/env bash
# Eve attacks two honest chains: sets up, builds, and runs scripts/js/attack.mjs.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

js=$root/scripts/js
if command -v node >/dev/null; then
	# Help and wrong flags come before the build.
	for argument in "$@"; do
		case $argument in -h | --help) exec node "$js/attack-options.mjs" --help ;; esac
	done
	node "$js/attack-options.mjs" "$@"
fi

trap_signals
run "$root/scripts/setup.sh"
build_node || die 'The node does not build; see above.'
trap - INT TERM HUP
exec env RIBP_NODE="$node_binary" node "$js/attack.mjs" "$@"
