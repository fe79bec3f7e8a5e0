#!/usr/bin/env bash
# Measures what the pallet's calls cost, and writes pallets/ribp/src/weights.rs.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# That of polkadot-sdk 2609.
version=0.28.0
weights=$root/pallets/ribp/src/weights.rs

usage() {
	cat <<END
Usage: scripts/weights.sh [--steps N] [--repeat N] [--only NAME | --kinds | --check] [--help]

Builds the runtime with its benchmarks, runs them in Wasm with frame-omni-bencher $version, and
writes pallets/ribp/src/weights.rs. Commit the outcome. Leave the machine alone meanwhile: what
else runs on it makes the weights larger.

  --steps N    at how many points of its range each component is measured (default: 50)
  --repeat N   how often at each of them (default: 20)
  --only NAME  measure one benchmark and print the outcome; write nothing
  --kinds      measure what it takes to move items of each kind, beside amounts of the native token:
               a kind's WORK must be no less; write nothing
  --check      run every benchmark once, natively, as a test; write nothing
  --help       print this

Environment:
  RIBP_CACHE    folder for the builds and the tool (default: ~/.cache/pallet-ribp)
  RIBP_BENCHER  a frame-omni-bencher of your own, instead of the one that is installed there

The tool takes an hour to build on two cores, once, and the runtime a quarter of an hour. Builds go
to a folder of their own, for they have other features than those of the other scripts.
END
}

number() {
	[[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "$1 wants a number, not '${2:-}'."
}

# Leaves the path of the tool in `bencher`.
need_bencher() {
	bencher=${RIBP_BENCHER:-$cache/tools/bin/frame-omni-bencher}
	[ -z "${RIBP_BENCHER:-}" ] || return 0
	[ "$("$bencher" --version 2>/dev/null)" != "frame-omni-bencher $version" ] || return 0
	heading "frame-omni-bencher $version"
	# It embeds a runtime of its own for what is not measured here.
	SKIP_WASM_BUILD=1 run cargo install --locked --version "=$version" --root "$cache/tools" \
		frame-omni-bencher || die 'frame-omni-bencher does not build; see above.'
}

check() {
	run cargo test --locked --manifest-path "$root/Cargo.toml" --package pallet-ribp \
		--features runtime-benchmarks --lib benchmark || die 'A benchmark fails; see above.'
}

# Runs the benchmarks that $1 names; what follows says what is to be done with the outcome.
benchmark() {
	need_bencher
	heading 'The runtime with its benchmarks'
	run cargo build --release --locked --manifest-path "$root/Cargo.toml" --package ribp-runtime \
		--features runtime-benchmarks || die 'The runtime does not build; see above.'
	heading 'Benchmarks'
	local blob=$target_dir/release/wbuild/ribp-runtime/ribp_runtime.compact.compressed.wasm names=$1
	shift
	run "$bencher" v1 benchmark pallet --runtime "$blob" --genesis-builder none \
		--pallet pallet_ribp --extrinsic "$names" --steps "$steps" --repeat "$repeat" \
		--heap-pages 4096 --no-storage-info "$@" || die 'A benchmark fails; see above.'
}

kinds() {
	benchmark kind_take,kind_give,kind_give_back --extra \
		--no-median-slopes --no-min-squares --json-file "$scratch/kinds.json"
	run node "$root/scripts/js/kinds.mjs" "$scratch/kinds.json"
}

measure() {
	if [ "$only" != '*' ]; then
		benchmark "$only" --extra
		return
	fi
	benchmark '*' --template "$root/scripts/weights.hbs" --output "$scratch/weights.rs"
	run rustfmt --edition 2021 --config-path "$root" "$scratch/weights.rs"
	mv "$scratch/weights.rs" "$weights"
	say "Wrote ${weights#"$root"/}."
}

steps=50
repeat=20
only='*'
action=measure
while [ $# -gt 0 ]; do
	case $1 in
	-h | --help)
		usage
		exit 0
		;;
	--steps)
		number "$1" "${2:-}"
		steps=$2
		shift
		;;
	--repeat)
		number "$1" "${2:-}"
		repeat=$2
		shift
		;;
	--only)
		only=${2:?--only wants the name of a benchmark}
		shift
		;;
	--check) action=check ;;
	--kinds) action=kinds ;;
	*)
		usage >&2
		die "Unknown argument: $1"
		;;
	esac
	shift
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap_signals
run "$root/scripts/setup.sh"
target_dir=$cache/weights-target
build_env
"$action"
