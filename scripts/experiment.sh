#!/usr/bin/env bash
# Reproduces the experiment of the paper's section 6 and carries it further: builds and runs
# tests/research/simulator.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
	cat <<'END'
Usage: scripts/experiment.sh [--out DIR] [--quick] [--seed S] [--threads N]
       scripts/experiment.sh network NAME [OPTION...]

Simulates networks of systems that follow the rules of ribp-protocol. Writes figures (SVG and PNG),
their data (CSV), and a report that sets every claim of the paper's section 6 next to what was
measured (report.json, report.md).

  --out DIR    the folder that results are written to (default: experiment in CARGO_TARGET_DIR)
  --quick      the same ranges with fewer points and blocks: two minutes instead of half an hour
  --seed S     where all chance comes from (default: 1); the same seed makes the same CSV
  --threads N  how many networks to simulate at the same time (default: one a core)
  --help       print this

  network NAME  simulate one network, named as in the paper: 5_1_7 has 5 systems, a contract log in
                0.1 of the blocks, and a silence of 0.7; `network --help` lists latency, loss,
                finality, topology and more

Ctrl-C ends it; what is finished by then is kept. Exits with 0 if everything was measured and every
exchange ended as promised, with 1 if one did not, with 130 after Ctrl-C. A claim of the paper that
does not hold is a result, not a failure.

Builds go to CARGO_TARGET_DIR (default: target).
END
}

# Help and wrong flags come before the build; the program itself checks what they say.
out=(--out "$target_dir/experiment")
for argument in "$@"; do
	case $argument in
	network)
		out=()
		break
		;;
	-h | --help)
		usage
		exit 0
		;;
	--out | --out=*) out=() ;;
	--quick | --seed | --seed=* | --threads | --threads=*) ;;
	-*)
		usage >&2
		die "Unknown argument: $argument"
		;;
	esac
done

experiment=$target_dir/release/experiment
quiet=(--quiet)
if [ ! -x "$experiment" ]; then
	say 'Building the simulator; the first time takes a few minutes.' >&2
	quiet=()
fi

trap_signals
build_env
run cargo build --release --locked "${quiet[@]}" \
	--manifest-path "$root/tests/research/Cargo.toml" --workspace --bin experiment ||
	die 'The simulator does not build; see above.'
trap - INT TERM HUP
exec "$experiment" "${out[@]}" "$@"
