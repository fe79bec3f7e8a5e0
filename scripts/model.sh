#!/usr/bin/env bash
# Explores every state that two chains get into by the rules: builds and runs tests/model.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
	cat <<'END'
Usage: scripts/model.sh [--small] [--only PLAN]... [--threads N] [--json FILE]
       scripts/model.sh --variants | --variant NAME [--json FILE]

Explores every state that two chains and their users can get into by the rules of ribp-protocol, and
a chain whose peer forks, and checks in each of them what the rules promise. Takes minutes; Ctrl-C
ends it.

  --small         explore what continuous integration explores: the same with less room
  --only PLAN     one part only, may be repeated. Of contracts: one, swept, pauses, dead-peer,
                  forgotten, renewals, upgrades, two, gaps, owed, given-up, answers. Of a peer that
                  forks: branches, moods, invented, decoy, eras, honest, welded, moved,
                  elsewhere, needed, judged, closed, witnesses, silenced, outvoted
  --variants      break one rule at a time, and list which promise that breaks
  --variant NAME  show how a wrong rule breaks a promise, by the shortest way; a wrong name lists all
  --threads N     how many threads to use (default: one a core)
  --json FILE     write the report to FILE
  --help          print this

Exits with 0 if the rules keep their promises, or the wrong rules are caught. Builds go to
CARGO_TARGET_DIR (default: target).
END
}

# Help comes before the build; the program itself checks the flags.
for argument in "$@"; do
	case $argument in
	-h | --help)
		usage
		exit 0
		;;
	esac
done

model=$target_dir/release/examples/model
quiet=(--quiet)
if [ ! -x "$model" ]; then
	say 'Building the model; the first time takes a few minutes.' >&2
	quiet=()
fi

trap_signals
build_env
run cargo build --release --locked "${quiet[@]}" --manifest-path "$root/Cargo.toml" \
	--workspace --example model || die 'The model does not build; see above.'
trap - INT TERM HUP
exec "$model" "$@"
