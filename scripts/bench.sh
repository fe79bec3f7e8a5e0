#!/usr/bin/env bash
# What belief in another chain costs, beside the Polkadot bridges' verifier; and what one settled
# exchange costs, beside a hash lock and a bridge.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
	cat <<'END'
Usage: scripts/bench.sh [verification | rivals] [--runs N] [--json FILE] [--svg FILE]

  verification  measures the time per vote and per node of a storage proof, ours and that of the
                Polkadot bridges' verifier in turn, and the size of evidence by contracts and
                validators
  rivals        measures what one settled exchange costs on both chains, by pallet-ribp, by hash lock
                (pallet-atomic-swap) and by message passing (pallet-bridge-grandpa and
                pallet-bridge-messages) in turn, with 1, 10, 100 and 500 exchanges in flight

Without a name, both run.

  --runs N     runs of each of those compared, for each figure (default: 200; of the rivals 9)
  --json FILE  write the figures to FILE: under "verification" and "rivals"
  --svg FILE   draw the figures of the rivals in FILE
  --help       print this

Builds go to CARGO_TARGET_DIR (default: target).
END
}

benches=()
runs=()
json=
svg=()
while [ $# -gt 0 ]; do
	case $1 in
	-h | --help)
		usage
		exit 0
		;;
	verification | rivals)
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
	--svg) svg=(--svg "$2") ;;
	esac
	shift 2
done
[ ${#benches[@]} -gt 0 ] || benches=(verification rivals)

trap_signals
run "$root/scripts/setup.sh"
build_env
run cargo build --release --locked --workspace --features ribp-light-client/test-utils \
	--example verification --example rivals --manifest-path "$root/Cargo.toml" ||
	die 'The benchmarks do not build; see above.'

figures=$(mktemp -d)
trap 'rm -rf "$figures"' EXIT
for bench in "${benches[@]}"; do
	heading "$bench"
	options=("${runs[@]}" --json "$figures/$bench")
	[ "$bench" = verification ] || options+=("${svg[@]}")
	run "$target_dir/release/examples/$bench" "${options[@]}"
done
if [ -n "$json" ]; then
	separator='{'
	for bench in "${benches[@]}"; do
		printf '%s "%s": %s' "$separator" "$bench" "$(<"$figures/$bench")"
		separator=,
	done >"$json"
	printf ' }\n' >>"$json"
fi
