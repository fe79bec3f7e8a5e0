#!/usr/bin/env bash
# Runs the project's tests: all of them, or the stages that are named.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
	cat <<'END'
Usage: scripts/test.sh [STAGE...] [--only WORD] [--repeat N] [--burn]

Without a stage: all of them, in this order. Stops at the first one that fails, and tells at the end
what each stage and the slowest tests took.

  lint   formatting, clippy without warnings, syntax of the scripts, types of the SDK
  unit   unit tests and in-process tests of every crate, and of the SDK
  bench  every benchmark of the pallet's calls, once
  fuzz   every decoder of foreign bytes: the corpus, and a short search for more
  research
         the paper's simulator, and the exchange beside its rivals: their tests, and each program once
  e2e    real nodes over RPC, with polkadot.js

Options:
  --only WORD  of unit and research only the tests, of e2e only the files with WORD in their names;
               may be given several times. Of unit, sdk stands for the tests of the SDK
  --repeat N   the stages N times, also after failures; tells at the end how often each test ran and
               failed, and the longest that it took
  --burn       beside a process that does nothing but burn one core

Builds go to CARGO_TARGET_DIR (default: target).
END
}

scratch=$(mktemp -d)
burner=''
trap '[ -z "$burner" ] || kill "$burner" 2>/dev/null; rm -rf "$scratch"' EXIT
# Seconds that the search of the fuzzers lasts, for each target.
burst=5
# A line for each test that has ended: seconds, ok or failed, stage, name; with tabs between.
results=$scratch/results
touch "$results"
built=$scratch/built
times=()

lint() {
	run cargo fmt --all --check || return
	run cargo fmt --all --check --manifest-path tests/research/Cargo.toml || return
	local file
	for file in "$root"/scripts/js/*.mjs "$root"/tests/e2e/*.mjs "$root"/tests/golden/*.mjs \
		"$root"/scripts/sdk/test/*.mjs; do
		run node --check "$file" || return
	done
	run "$root/scripts/js/node_modules/.bin/tsc" --project "$root/scripts/sdk" --noEmit || return
	run node "$root/tests/golden/wire.mjs" --check || return
	for file in "$root"/scripts/*.sh "$root"/.ci/run; do
		run bash -n "$file" || return
	done
	clean_build test --no-run --workspace || return
	# The node and the fuzzers, which have no tests to be built for.
	clean_build build --bins --workspace
}

# Has cargo build something in which clippy finds nothing, by a command and what chooses the crates. Leaves
# what cargo says of the programs in the file `built`.
clean_build() {
	local command=$1
	shift
	run cargo "$command" --release --locked "$@" || return
	# Cargo says again what clippy has said of what was built before.
	run cargo "$command" --release --locked "$@" --message-format=json >"$built" 2>/dev/null ||
		return
	local warnings
	warnings=$(grep -c '"reason":"compiler-message".*"level":"\(warning\|error\)"' "$built") || true
	if [ "$warnings" -gt 0 ]; then
		say "Clippy and the compiler warn $warnings times; see above."
		return 1
	fi
}

# Builds tests, then runs those whose names hold a word of `filters`, for the stage $1. What follows
# chooses the crates.
cargo_tests() {
	local stage=$1
	shift
	clean_build test --no-run "$@" || return
	run_with "$built" node scripts/js/rust-tests.mjs "$stage" "$results" "${filters[@]}"
}

unit() {
	filters=("${only[@]}")
	# Words name tests in Rust; `sdk` names those of the SDK.
	case " ${only[*]:-sdk} " in
	*' sdk '*) run node scripts/js/e2e.mjs --stage unit "$results" scripts/sdk/test/*.test.mjs || return ;;
	esac
	[ "${only[*]}" = sdk ] || cargo_tests unit --workspace
}

bench() {
	filters=(benchmark)
	cargo_tests bench --package pallet-ribp --features runtime-benchmarks --lib
}

fuzz() {
	build_fuzzers own || return
	local status=0
	RIBP_FUZZERS=$fuzzers run node scripts/js/fuzz.mjs --burst "$burst" --json "$scratch/fuzz" ||
		status=$?
	node -e '
		const { checks, targets } = JSON.parse(require("fs").readFileSync(process.argv[1]));
		const line = (name, seconds, good) =>
			console.log([seconds, good ? "ok" : "failed", "fuzz", name].join("\t"));
		targets.forEach((t) => line(t.target, t.seconds, t.findings.length === 0));
		checks.forEach((c) => line(c.name, c.seconds, !c.error));
	' "$scratch/fuzz" >>"$results" || status=1
	return "$status"
}

research() {
	filters=("${only[@]}")
	cargo_tests research --workspace --manifest-path tests/research/Cargo.toml || return
	# The build of the tests has made the programs, too. What one run measures says nothing.
	local programs=$target_dir/release
	run "$programs/examples/rivals" --runs 1 --batches 1,10 --accounts 100 >/dev/null || return
	run "$programs/examples/growth" --runs 1 --most 100 --accounts 100 >/dev/null || return
	run "$programs/experiment" network 3_1_1 --blocks 1000 >/dev/null
}

e2e() {
	build_node || return
	local word found files=()
	for word in "${only[@]:-}"; do
		found=("$root"/tests/e2e/*"$word"*.test.mjs)
		if [ ! -f "${found[0]}" ]; then
			say "No file of tests/e2e has '$word' in its name."
			return 1
		fi
		files+=("${found[@]}")
	done
	RIBP_NODE=$node_binary run node scripts/js/e2e.mjs "$results" "${files[@]}"
}

# Runs a stage and counts its time. When it fails, the script ends, unless stages are repeated.
stage() {
	local status=0 started=$SECONDS
	heading "$1${2:+, run $2 of $repeat}"
	"$1" || status=$?
	times+=("$1 $((SECONDS - started)) s")
	[ "$status" -ne 0 ] || return 0
	# One that fails before its tests counts as well.
	counted failed "$1" || printf '0\tfailed\t%s\tthe stage itself\n' "$1" >>"$results"
	[ "$repeat" -eq 1 ] || return 0
	summary || true
	die "The stage $1 failed."
}

# Whether a test of this stage has this outcome.
counted() { cut -f 2,3 "$results" | grep -qx "$1	$2"; }

# What ran how often, failed how often, and took how long at most.
table() {
	heading "$repeat runs"
	printf '%6s %8s %12s  %s\n' runs failures 'slowest (s)' test
	awk -F '\t' '
		{ name = $3 " " $4; runs[name]++; bad[name] += $2 == "failed"; if ($1 > most[name]) most[name] = $1 }
		END { for (n in runs) printf "%6d %8d %12.1f  %s\n", runs[n], bad[n], most[n], n }
	' "$results" | sort -k 2,2nr -k 3,3nr
}

summary() {
	local good bad
	printf '\n'
	if [ "$repeat" -gt 1 ]; then
		table
	elif [ -s "$results" ]; then
		heading 'The slowest tests'
		sort -t '	' -k 1,1nr "$results" |
			awk -F '\t' 'NR <= 10 { printf "%8.1f s  %s: %s\n", $1, $3, $4 }'
	fi
	printf '\n'
	heading "$(printf '%s, ' "${times[@]}")$SECONDS s in all"
	good=$(cut -f 2 "$results" | grep -cx ok) || true
	bad=$(cut -f 2 "$results" | grep -cx failed) || true
	local colour=$ok_colour
	[ "$bad" -eq 0 ] || colour=$red
	printf '%s%d passed, %d failed%s\n' "$colour" "$good" "$bad" "$plain"
	[ "$bad" -eq 0 ]
}

wrong() {
	usage >&2
	die "$*"
}

stages=()
only=()
repeat=1
burn=''
while [ $# -gt 0 ]; do
	case $1 in
	-h | --help)
		usage
		exit 0
		;;
	lint | unit | bench | fuzz | research | e2e) stages+=("$1") ;;
	--burn) burn=yes ;;
	--only=* | --repeat=*)
		set -- "${1%%=*}" "${1#*=}" "${@:2}"
		continue
		;;
	--only | --repeat)
		[ $# -gt 1 ] || wrong "$1 lacks its value."
		case $1 in
		--only) only+=("$2") ;;
		--repeat)
			[[ $2 =~ ^[1-9][0-9]{0,3}$ ]] || wrong "--repeat takes a number from 1 to 9999, not '$2'."
			repeat=$2
			;;
		esac
		shift
		;;
	*) wrong "Unknown stage or option: $1" ;;
	esac
	shift
done
if [ ${#stages[@]} -eq 0 ]; then
	[ ${#only[@]} -eq 0 ] || wrong '--only is for a stage: unit, research or e2e.'
	stages=(lint unit bench fuzz research e2e)
fi

trap_signals
cd "$root"
run scripts/setup.sh
build_env
if [ -n "$burn" ]; then
	# No longer than this script lives, however it ends.
	while kill -0 $$ 2>/dev/null; do :; done &
	burner=$!
fi
for ((round = 1; round <= repeat; round++)); do
	if [ "$repeat" -gt 1 ]; then
		number=$round
	else
		number=''
	fi
	for name in "${stages[@]}"; do
		stage "$name" "$number"
	done
done
summary
