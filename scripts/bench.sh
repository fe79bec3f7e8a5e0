#!/usr/bin/env bash
# What belief in another chain costs: time and bytes, beside the Polkadot bridges' verifier.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
	cat <<'END'
Usage: scripts/bench.sh [--runs N] [--json FILE]

Measures the time per vote and per node of a storage proof, ours and that of the Polkadot bridges'
verifier in turn, and the size of evidence by contracts and validators.

  --runs N     runs of each of the two for each figure (default: 200)
  --json FILE  write the figures to FILE
  --help       print this

Builds go to CARGO_TARGET_DIR (default: target).
END
}

for argument in "$@"; do
	case $argument in
	-h | --help)
		usage
		exit 0
		;;
	--runs | --json | --runs=* | --json=*) ;;
	-*)
		usage >&2
		die "Unknown argument: $argument"
		;;
	esac
done

trap_signals
run "$root/scripts/setup.sh"
build_env
run cargo build --release --locked --workspace --features ribp-light-client/test-utils \
	--example verification --manifest-path "$root/Cargo.toml" ||
	die 'The benchmark does not build; see above.'
trap - INT TERM HUP
exec "$target_dir/release/examples/verification" "$@"
