#!/usr/bin/env bash
# Runs the project's tests: all of them, or the stages that are named.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
	cat <<'END'
Usage: scripts/test.sh [STAGE...]

Without a stage: all of them, in this order. Stops at the first one that fails.

  lint   formatting, clippy without warnings, syntax of the scripts
  unit   unit tests and in-process tests of every crate
  bench  every benchmark of the pallet's calls, once
  fuzz   every decoder of foreign bytes: the corpus, and a short search for more
  research
         the paper's simulator, and the exchange beside its rivals: their tests, and each program once
  e2e    real nodes over RPC, with polkadot.js

Builds go to CARGO_TARGET_DIR (default: target).
END
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Seconds that the search lasts, for each target.
burst=10
passed=0
failed=0
times=()

lint() {
	run cargo fmt --all --check || return
	run cargo fmt --check --manifest-path tests/fuzz/Cargo.toml || return
	run cargo fmt --all --check --manifest-path tests/research/Cargo.toml || return
	local file
	for file in "$root"/scripts/js/*.mjs "$root"/tests/e2e/*.mjs; do
		run node --check "$file" || return
	done
	for file in "$root"/scripts/*.sh "$root"/.ci/run; do
		run bash -n "$file" || return
	done
	run cargo clippy --release --locked --workspace --all-targets -- -D warnings || return
	run cargo clippy --release --locked --workspace --all-targets \
		--manifest-path tests/research/Cargo.toml -- -D warnings || return
	run cargo clippy --release --locked --target-dir "$target_dir/fuzz" \
		--manifest-path tests/fuzz/Cargo.toml -- -D warnings
}

# Builds tests, runs those whose names hold $1, and counts them. What follows chooses the crates, and
# their workspace where it is not the main one.
cargo_test() {
	local filter=$1 status=0 copy good bad
	shift
	# First only the build, so that its progress can be seen.
	run cargo test --release --locked --no-run "$@" || return
	exec {copy}> >(tee "$scratch/tests")
	local tee=$!
	run cargo test --release --locked --no-fail-fast "$@" "$filter" >&"$copy" || status=$?
	exec {copy}>&-
	wait "$tee"
	while read -r good bad; do
		passed=$((passed + good))
		failed=$((failed + bad))
	done < <(sed -n 's/^test result: .* \([0-9]*\) passed; \([0-9]*\) failed;.*/\1 \2/p' "$scratch/tests")
	return "$status"
}

unit() {
	cargo_test '' --workspace
}

bench() {
	cargo_test benchmark --package pallet-ribp --features runtime-benchmarks --lib
}

fuzz() {
	build_fuzzers || return
	local status=0 count number
	RIBP_FUZZERS=$fuzzers run node scripts/js/fuzz.mjs --burst "$burst" --json "$scratch/fuzz" ||
		status=$?
	while read -r count number; do
		case $count in
		passed) passed=$((passed + number)) ;;
		failed) failed=$((failed + number)) ;;
		esac
	done < <(sed -n 's/^\t"\(passed\|failed\)": \([0-9]*\),$/\1 \2/p' "$scratch/fuzz")
	return "$status"
}

research() {
	cargo_test '' --workspace --manifest-path tests/research/Cargo.toml || return
	# The build of the tests has made the programs, too. What one run measures says nothing.
	local programs=$target_dir/release
	run "$programs/examples/rivals" --runs 1 --batches 1,10 --accounts 100 >/dev/null || return
	run "$programs/examples/growth" --runs 1 --most 100 --accounts 100 >/dev/null || return
	run "$programs/experiment" network 3_1_1 --blocks 1000 >/dev/null
}

e2e() {
	build_node || return
	local status=0
	RIBP_NODE=$node_binary run node --test --test-concurrency=3 --test-timeout=1800000 \
		--test-reporter=spec --test-reporter-destination=stdout \
		--test-reporter=tap --test-reporter-destination="$scratch/e2e" \
		"$root"/tests/e2e/*.test.mjs || status=$?
	local count number
	while read -r count number; do
		case $count in
		pass) passed=$((passed + number)) ;;
		fail | cancelled) failed=$((failed + number)) ;;
		esac
	done < <(sed -n 's/^# \(pass\|fail\|cancelled\) /\1 /p' "$scratch/e2e")
	return "$status"
}

# Runs a stage, counts its time, and ends the script when it fails.
stage() {
	local status=0 started=$SECONDS
	heading "$1"
	"$1" || status=$?
	times+=("$1 $((SECONDS - started)) s")
	if [ "$status" -ne 0 ]; then
		[ "$failed" -gt 0 ] || failed=1
		summary "$red"
		die "The stage $1 failed."
	fi
}

summary() {
	printf '\n'
	heading "$(printf '%s, ' "${times[@]}")$SECONDS s in all"
	printf '%s%d passed, %d failed%s\n' "$1" "$passed" "$failed" "$plain"
}

stages=()
for argument in "$@"; do
	case $argument in
	-h | --help)
		usage
		exit 0
		;;
	lint | unit | bench | fuzz | research | e2e) stages+=("$argument") ;;
	*)
		usage >&2
		die "Unknown stage: $argument"
		;;
	esac
done
[ ${#stages[@]} -gt 0 ] || stages=(lint unit bench fuzz research e2e)

trap_signals
cd "$root"
run scripts/setup.sh
build_env
for name in "${stages[@]}"; do
	stage "$name"
done
summary "$ok_colour"
