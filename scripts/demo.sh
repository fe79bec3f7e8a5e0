#!/usr/bin/env bash
# Two chains trade with each other: sets up, builds, and runs scripts/js/demo.mjs.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

js=$root/scripts/js
if command -v node >/dev/null; then
	# Help and wrong flags come before the build.
	for argument in "$@"; do
		case $argument in -h | --help) exec node "$js/options.mjs" --help ;; esac
	done
	node "$js/options.mjs" "$@"
fi

trap_signals
run "$root/scripts/setup.sh"
build_node || die 'The node does not build; see above.'
trap - INT TERM HUP
exec env RIBP_NODE="$node_binary" node "$js/demo.mjs" "$@"
