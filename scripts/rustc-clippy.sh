#!/usr/bin/env bash
# Cargo calls this in place of rustc for every crate of the workspace (RUSTC_WORKSPACE_WRAPPER): clippy
# looks at the crate, then rustc compiles it. Clippy's own build would check 800 dependencies again.
set -euo pipefail

# Cargo's questions to the compiler go to it, and so does what the runtime's Wasm is made of: its compiler
# may be another one than clippy's.
case " $* " in
*' --print'* | *' -vV '* | *' wasm32'*) exec "$@" ;;
esac

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
looked=()
for argument in "$@"; do
	case $argument in
	# Nothing of it is kept, and what cargo is told of are the files that rustc makes.
	--emit=*) argument=--emit=metadata ;;
	--json=*) argument=${argument//artifacts,/} ;;
	esac
	if [ "${previous:-}" = --out-dir ]; then
		argument=$scratch
	fi
	previous=$argument
	looked+=("$argument")
done
clippy-driver "${looked[@]}"
# Clippy has said what rustc would say.
"$@" --cap-lints allow
