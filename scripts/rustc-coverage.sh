#!/usr/bin/env bash
# Cargo calls this in place of rustc for every crate of the workspace (RUSTC_WORKSPACE_WRAPPER): it is
# compiled with what tells libFuzzer which code an input reaches and with what it is compared, and with
# every check of a debug build. Dependencies stay as the nodes have them.
set -euo pipefail
exec "$@" \
	-Cpasses=sancov-module \
	-Cllvm-args=-sanitizer-coverage-level=4 \
	-Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
	-Cllvm-args=-sanitizer-coverage-pc-table \
	-Cllvm-args=-sanitizer-coverage-trace-compares \
	-Cdebug-assertions=on \
	-Coverflow-checks=on
