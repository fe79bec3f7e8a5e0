#!/usr/bin/env bash
# What belief in another chain costs, beside the Polkadot bridges' verifier; what one settled exchange
# costs, beside a hash lock and a bridge; whether that grows with the contracts that are open; and what
# two live nodes carry.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
	cat <<'END'
Usage: scripts/bench.sh [verification | rivals | growth]... [--runs N] [--json FILE] [--svg FILE]
       scripts/bench.sh live [--exchanges N] [--transfers N] [--block-times LIST] [--json FILE]
                             [--svg FILE]

  verification  measures the time per vote and per node of a storage proof, ours and that of the
                Polkadot bridges' verifier in turn, the size of evidence by contracts and
                validators, and what links it with the known history by the length of a silence
  rivals        measures what one settled exchange costs on both chains, by pallet-ribp, by hash lock
                (pallet-atomic-swap) and by message passing (pallet-bridge-grandpa and
                pallet-bridge-messages) in turn, with 1, 10, 100 and 500 exchanges in flight
  growth        measures what an empty block, evidence and a registration cost while 100, 1,000,
                10,000 and 100,000 contracts are open
  live          measures on two nodes how many exchanges and plain transfers they carry a second, and
                how long one exchange takes, on slower chains as well; `scripts/bench.sh live --help`
                tells its options

Without a name, all run, live with its defaults.

  --runs N     runs of each of those compared, for each figure (default: 200; of the rivals 9; of
               growth 51)
  --json FILE  write the figures to FILE: under the names of what was run; of live alone, as they are
  --svg FILE   draw the figures of the rivals in FILE, and those of growth and live beside it, with
               -growth and -live before its suffix
  --help       print this

Builds go to CARGO_TARGET_DIR (default: target).
END
}

# The node is built, and two of them are measured.
live() {
	build_node || die 'The node does not build; see above.'
	run env RIBP_NODE="$node_binary" node "$root/scripts/js/live.mjs" "$@"
}

if [ "${1:-}" = live ]; then
	shift
	if command -v node >/dev/null; then
		# Help and wrong flags come before the build.
		for argument in "$@"; do
			case $argument in -h | --help) exec node "$root/scripts/js/live-options.mjs" --help ;; esac
		done
		node "$root/scripts/js/live-options.mjs" "$@"
	fi
	trap_signals
	run "$root/scripts/setup.sh"
	live "$@"
	exit
fi

benches=()
runs=()
json=
svg=
while [ $# -gt 0 ]; do
	case $1 in
	-h | --help)
		usage
		exit 0
		;;
	verification | rivals | growth)
		benches+=("$1")
		shift
		continue
		;;
	--runs=* | --json=* | --svg=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
	--runs | --json | --svg) [ $# -gt 1 ] || die "$1 lacks its value." ;;
	*)
		usage >&2
		die "Unknown argument: $1"
		;;
	esac
	case $1 in
	--runs) runs=(--runs "$2") ;;
	--json) json=$2 ;;
	--svg) svg=$2 ;;
	esac
	shift 2
done
[ ${#benches[@]} -gt 0 ] || benches=(verification rivals growth live)

trap_signals
run "$root/scripts/setup.sh"
build_env
# Leaves the path of a benchmark's program in `program`.
need() {
	local where=(--manifest-path "$root/tests/research/Cargo.toml")
	if [ "$1" = verification ]; then
		where=(--features ribp-light-client/test-utils --manifest-path "$root/Cargo.toml")
	fi
	program=$target_dir/release/examples/$1
	run cargo build --release --locked --workspace "${where[@]}" --example "$1" ||
		die "The benchmark $1 does not build; see above."
}

figures=$(mktemp -d)
trap 'rm -rf "$figures"' EXIT
for bench in "${benches[@]}"; do
	heading "$bench"
	if [ "$bench" = live ]; then
		live --json "$figures/live" ${svg:+--svg "${svg%.svg}-live.svg"}
		continue
	fi
	options=("${runs[@]}" --json "$figures/$bench")
	case $bench in
	rivals) [ -z "$svg" ] || options+=(--svg "$svg") ;;
	growth) [ -z "$svg" ] || options+=(--svg "${svg%.svg}-growth.svg") ;;
	esac
	need "$bench"
	run "$program" "${options[@]}"
done
if [ -n "$json" ]; then
	separator='{'
	for bench in "${benches[@]}"; do
		printf '%s "%s": %s' "$separator" "$bench" "$(<"$figures/$bench")"
		separator=,
	done >"$json"
	printf ' }\n' >>"$json"
fi
