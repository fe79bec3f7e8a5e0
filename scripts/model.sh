#!/usr/bin/env bash
# Explores every state that two chains get into by the rules: builds and runs tests/model.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

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
