# shellcheck shell=bash
# Sourced by every script: where things are, what a build needs in its environment, and how to run
# what can be interrupted.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${RIBP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pallet-ribp}
target_dir=${CARGO_TARGET_DIR:-$root/target}

# rustup's cargo goes before any other, such as the one that the Debian way of building Wasm installs.
if [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/rustup" ]; then
	PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
fi
export PATH

wasm_target=wasm32v1-none
# The toolchain that setup.sh makes where no Wasm target can be downloaded: its name and folder.
# shellcheck disable=SC2034 # for the scripts that source this file
wasm_toolchain=ribp-wasm
wasm_sysroot=$cache/wasm-toolchain

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
	bold='' red='' green='' plain=''
fi

say() { printf '%s\n' "$*"; }
heading() { printf '%s== %s%s\n' "$bold" "$*" "$plain"; }
# shellcheck disable=SC2034 # for the scripts that source this file
ok_colour=$green

die() {
	printf '%s%s%s\n' "$red" "$*" "$plain" >&2
	exit 1
}

# Whether the default toolchain itself can compile for the runtime's target.
has_rustup_wasm() {
	local libs
	libs=$(rustc --print target-libdir --target "$wasm_target" 2>/dev/null) || return 1
	compgen -G "$libs/libcore-*.rlib" >/dev/null
}

# What the folder of the linked toolchain was made from; nothing when Debian's compiler is not there.
debian_rustc_version() { dpkg-query -W -f='${Version}' rustc-web 2>/dev/null; }

# Whether the toolchain that setup.sh made from Debian's compiler is complete and of its present version.
has_debian_wasm() {
	local link=${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$wasm_toolchain
	[ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo ] && [ -f "$wasm_sysroot/version" ] &&
		[ "$(<"$wasm_sysroot/version")" = "$(debian_rustc_version)" ] &&
		[ "$(readlink -f "$link")" = "$(readlink -f "$wasm_sysroot")" ]
}

# The way to Wasm: what RIBP_WASM asks for (rustup or debian), else the first that is complete.
wasm_way() {
	case ${RIBP_WASM:-auto} in
	rustup | debian) say "$RIBP_WASM" ;;
	auto)
		if has_rustup_wasm; then
			say rustup
		elif has_debian_wasm; then
			say debian
		else
			say none
		fi
		;;
	*) die "RIBP_WASM is '$RIBP_WASM'; it can be auto, rustup or debian." ;;
	esac
}

# The same environment for every build, so that one script never rebuilds what another has built.
build_env() {
	export CARGO_TARGET_DIR=$target_dir
	export WASM_BUILD_WORKSPACE_HINT=$root
	unset SKIP_WASM_BUILD WASM_BUILD_STD CARGO_UNSTABLE_BUILD_STD RUSTC_BOOTSTRAP
	local way
	way=$(wasm_way) || exit
	if [ "$way" = debian ]; then
		export WASM_BUILD_TOOLCHAIN=$wasm_toolchain
	fi
}

job=''

# Ends the running step with everything it started: first as Ctrl-C would, then for certain.
stop_job() {
	[ -n "$job" ] || return 0
	kill -INT -- "-$job" 2>/dev/null || true
	for _ in {1..50}; do
		kill -0 -- "-$job" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -KILL -- "-$job" 2>/dev/null || true
}

# From here on Ctrl-C, `kill` and a closed terminal end what `run` started, then the script.
trap_signals() {
	trap 'trap "" INT TERM HUP; stop_job; exit 130' INT
	trap 'trap "" INT TERM HUP; stop_job; exit 143' TERM
	trap 'trap "" INT TERM HUP; stop_job; exit 129' HUP
}

# Runs a command in a process group of its own and waits for it; the script can be interrupted meanwhile.
run() {
	local status=0
	set -m
	"$@" </dev/null &
	job=$!
	set +m
	wait "$job" || status=$?
	job=''
	return "$status"
}

# Builds the node, with cargo's own progress, and leaves its path in `node_binary`.
build_node() {
	build_env
	# shellcheck disable=SC2034 # for the scripts that source this file
	node_binary=$target_dir/release/ribp-node
	say "Building the node in $target_dir; on two cores the first time takes half an hour."
	run cargo build --release --locked --workspace --manifest-path "$root/Cargo.toml"
}

# What makes rustc tell libFuzzer which code an input reaches, and with what it is compared.
coverage_flags=(
	-Cpasses=sancov-module
	-Cllvm-args=-sanitizer-coverage-level=4
	-Cllvm-args=-sanitizer-coverage-inline-8bit-counters
	-Cllvm-args=-sanitizer-coverage-pc-table
	-Cllvm-args=-sanitizer-coverage-trace-compares
)

# Builds the fuzzers and leaves their folder in `fuzzers`.
build_fuzzers() {
	build_env
	local host
	host=$(rustc -vV | sed -n 's/^host: //p')
	# shellcheck disable=SC2034 # for the scripts that source this file
	fuzzers=$target_dir/fuzz/$host/release
	say "Building the fuzzers in $target_dir/fuzz; on two cores the first time takes five minutes."
	# With a target named, build scripts and macros are built without coverage.
	CXX=clang++ RUSTFLAGS="${coverage_flags[*]}" run cargo build --release --locked \
		--target "$host" --target-dir "$target_dir/fuzz" \
		--manifest-path "$root/tests/fuzz/Cargo.toml"
}
