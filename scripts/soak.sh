#!/usr/bin/env bash
# Two real chains trade in one process under random faults: sets up, builds, runs the soak test.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
	cat <<'END'
Usage: scripts/soak.sh [--schedules N] [--seed S] [--json FILE] [--threads N] [--steps]

Lets two real chains trade under random faults, and checks that every exchange ends as promised.
Schedule number n is that of the seed S + n.

  --schedules N   how many schedules to run (default: 2000)
  --seed S        the seed of the first schedule (default: 1)
  --json FILE     write the report to FILE
  --threads N     how many schedules to run at the same time (default: one a core)
  --steps         tell every step of a single schedule
  --help          print this

Ctrl-C ends it, with a report on what was done. Exits with 0 if no promise was broken, with 1 if
one was, with 130 after Ctrl-C.

Builds go to CARGO_TARGET_DIR (default: target).
END
}

# Help and wrong flags come before the build; the program itself checks what they say.
for argument in "$@"; do
	case $argument in
	-h | --help)
		usage
		exit 0
		;;
	--schedules | --seed | --json | --threads | --steps) ;;
	--schedules=* | --seed=* | --json=* | --threads=*) ;;
	-*)
		usage >&2
		die "Unknown argument: $argument"
		;;
	esac
done

trap_signals
run "$root/scripts/setup.sh"
build_env
say "Building in $target_dir; on two cores the first time takes half an hour."
run cargo build --release --locked --workspace --example soak --manifest-path "$root/Cargo.toml" ||
	die 'The soak test does not build; see above.'
trap - INT TERM HUP
exec "$target_dir/release/examples/soak" "$@"
