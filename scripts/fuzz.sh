#!/usr/bin/env bash
# Fuzzes everything that takes foreign bytes: sets up, builds, and runs scripts/js/fuzz.mjs.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

js=$root/scripts/js
if command -v node >/dev/null; then
	# Help and wrong flags come before the build.
	for argument in "$@"; do
		case $argument in -h | --help) exec node "$js/fuzz-options.mjs" --help ;; esac
	done
	node "$js/fuzz-options.mjs" "$@"
fi

trap_signals
run "$root/scripts/setup.sh"
build_fuzzers all || die 'The fuzzers do not build; see above.'
trap - INT TERM HUP
exec env RIBP_FUZZERS="$fuzzers" node "$js/fuzz.mjs" "$@"
