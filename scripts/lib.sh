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

# The same environment for every build, so that one script never rebuilds what another has built. Clippy
# looks at every crate of the workspace that is compiled.
build_env() {
	export CARGO_TARGET_DIR=$target_dir
	export WASM_BUILD_WORKSPACE_HINT=$root
	export RUSTC_WORKSPACE_WRAPPER=$root/scripts/rustc-clippy.sh
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
	run_with /dev/null "$@"
}

# The same, with the file $1 as its input.
run_with() {
	local input=$1 status=0
	shift
	set -m
	"$@" <"$input" &
	job=$!
	set +m
	wait "$job" || status=$?
	job=''
	return "$status"
}

# Builds the node, with cargo's own progress, and leaves its path in `node_binary`. The whole workspace
# is named, here and wherever something is built, so that all share the features of dependencies.
build_node() {
	build_env
	# shellcheck disable=SC2034 # for the scripts that source this file
	node_binary=$target_dir/release/ribp-node
	say "Building the node in $target_dir; on two cores the first time takes half an hour."
	run cargo build --release --locked --workspace --bin ribp-node --manifest-path "$root/Cargo.toml"
}

# What libFuzzer runs, one program each.
fuzz_programs=(
	evidence extension header history json justification proof report planted seeds
)

# Builds the fuzzers and leaves their folder in `fuzzers`.
#
# $1 is `own` or `all`: coverage guides them through the crates of the workspace, whose dependencies are
# those of the node; or through all that is compiled, which is a build of its own.
build_fuzzers() {
	build_env
	local how=("${fuzz_programs[@]/#/--bin=}")
	if [ "$1" = own ]; then
		fuzzers=$target_dir/release
		how+=(--release)
		export RUSTC_WORKSPACE_WRAPPER=$root/scripts/rustc-coverage.sh
	else
		local host flags
		host=$(rustc -vV | sed -n 's/^host: //p')
		# shellcheck disable=SC2034 # for the scripts that source this file
		fuzzers=$target_dir/$host/fuzz
		flags=$("$root/scripts/rustc-coverage.sh" echo)
		# With a target named, build scripts and macros are built without coverage.
		how+=(--profile fuzz --target "$host")
		export RUSTFLAGS=$flags
		unset RUSTC_WORKSPACE_WRAPPER
		say "Building the fuzzers in $fuzzers; on two cores the first time takes five minutes."
	fi
	local status=0
	run cargo build --locked --workspace "${how[@]}" --manifest-path "$root/Cargo.toml" || status=$?
	unset RUSTFLAGS
	build_env
	return "$status"
}
