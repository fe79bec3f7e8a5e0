#!/usr/bin/env bash
# Brings a Debian machine with rustup and Node.js to where the whole project builds.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
	cat <<'END'
Usage: scripts/setup.sh [--npm] [--help]

Installs what is missing to build and test the project: Debian packages, the compiler's
Wasm target, npm packages. Does nothing, in a moment, when nothing is missing.
The other scripts call it.

  --npm   only what runs on Node.js: the npm packages, and the SDK in scripts/sdk

Environment:
  RIBP_WASM    auto (default), rustup or debian: where the Wasm target comes from.
               rustup downloads it; debian builds it from Debian's own compiler.
  RIBP_CACHE   folder for what is made once and kept (default: ~/.cache/pallet-ribp)
END
}

# The first version whose test runner has time limits.
node_least=20.11.0

# name, what it is for, how to get it
require() {
	command -v "$1" >/dev/null || die "$1 is missing ($2). Install it: $3"
}

check_tools() {
	require rustup 'it manages the Rust compiler' 'https://rustup.rs'
	require cargo 'it builds the chains' 'rustup toolchain install stable'
	cargo --version >/dev/null 2>&1 ||
		die 'rustup has no default compiler. Install one: rustup default stable'
	if ! cargo fmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1; then
		heading 'rustfmt and clippy'
		run rustup component add rustfmt clippy ||
			die 'rustup cannot install rustfmt and clippy; see above.'
	fi
	check_node
}

check_node() {
	require node 'demo and end-to-end tests run on it' "Node.js $node_least or newer, https://nodejs.org"
	require npm 'it installs polkadot.js' 'npm, it comes with Node.js'
	local version
	version=$(node --version)
	version=${version#v}
	[ "$(printf '%s\n' "$node_least" "$version" | sort -V | head -n 1)" = "$node_least" ] ||
		die "Node.js $version is too old. Install $node_least or newer: https://nodejs.org"
}

# Makes sure that these Debian packages are installed.
need_packages() {
	local name status missing=()
	for name in "$@"; do
		status=$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) || true
		[ "$status" = installed ] || missing+=("$name")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	command -v apt-get >/dev/null ||
		die "This machine has no apt. Install what these Debian packages hold: ${missing[*]}"
	[ "$(id -u)" -eq 0 ] ||
		die "System packages are missing. Install them, then run this again:" \
			"sudo apt-get install --yes ${missing[*]}"
	heading "Debian packages: ${missing[*]}"
	run apt-get update ||
		say 'The lists of packages cannot be renewed; going on with those that are here.'
	DEBIAN_FRONTEND=noninteractive \
		run apt-get install --yes --no-install-recommends "${missing[@]}" ||
		die "Cannot install: ${missing[*]}; see above."
}

add_rustup_wasm() {
	heading "Wasm target $wasm_target by rustup"
	run timeout 300 rustup target add "$wasm_target" && has_rustup_wasm
}

# Builds the libraries of the Wasm target from their sources with Debian's compiler, and links a
# toolchain that has them.
#
# The toolchain is a folder of our own that borrows the compiler: nothing is written below /usr.
make_debian_wasm() {
	need_packages rustc-web cargo-web rust-web-src libstd-rust-web-dev
	heading "Wasm target $wasm_target by Debian's $(/usr/bin/rustc --version)"
	local host lld libraries work
	host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
	libraries=$wasm_sysroot/lib/rustlib
	lld=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/rust-lld
	[ -x "$lld" ] || die "rustup's compiler has no linker for Wasm at $lld." \
		"Reinstall it: rustup toolchain install stable"

	rm -rf "$wasm_sysroot"
	mkdir -p "$wasm_sysroot"
	work=$wasm_sysroot/build
	mkdir -p "$work/src"
	printf '[package]\nname = "wasm-libraries"\nedition = "2021"\n[workspace]\n' \
		>"$work/Cargo.toml"
	printf '#![no_std]\nextern crate alloc;\n' >"$work/src/lib.rs"
	PATH="/usr/bin:$PATH" RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes \
		CARGO_TARGET_DIR="$work/target" run env -u RUSTUP_TOOLCHAIN -u CARGO_UNSTABLE_BUILD_STD \
		/usr/bin/cargo build --release --target "$wasm_target" -Z build-std=core,alloc \
		--manifest-path "$work/Cargo.toml" ||
		die 'The libraries of the Wasm target do not build; see above.'

	mkdir -p "$wasm_sysroot/bin" "$libraries/$wasm_target/lib" "$libraries/$host/bin"
	cp "$work/target/$wasm_target/release/deps/"lib{core,alloc,compiler_builtins}-*.rlib \
		"$libraries/$wasm_target/lib"
	ln -s "$(/usr/bin/rustc --print target-libdir)" "$libraries/$host/lib"
	ln -s "$lld" "$libraries/$host/bin/rust-lld"
	ln -s /usr/bin/cargo "$wasm_sysroot/bin/cargo"
	# shellcheck disable=SC2016 # expanded when the compiler is called
	printf '#!/bin/sh\nexec /usr/bin/rustc --sysroot "%s" "$@"\n' "$wasm_sysroot" \
		>"$wasm_sysroot/bin/rustc"
	chmod +x "$wasm_sysroot/bin/rustc"
	rm -rf "$work"
	rustup toolchain link "$wasm_toolchain" "$wasm_sysroot"
	try_debian_wasm
	debian_rustc_version >"$wasm_sysroot/version"
}

# Compiles and links a crate as wasm-builder does, before half an hour is spent on a build that
# would end there.
try_debian_wasm() {
	local work=$wasm_sysroot/trial
	mkdir -p "$work/src"
	printf '[package]\nname = "trial"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n[workspace]\n' \
		>"$work/Cargo.toml"
	cat >"$work/src/lib.rs" <<'END'
#![no_std]
extern crate alloc;
use core::alloc::{GlobalAlloc, Layout};
struct NoMemory;
unsafe impl GlobalAlloc for NoMemory {
	unsafe fn alloc(&self, _: Layout) -> *mut u8 {
		core::ptr::null_mut()
	}
	unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
#[global_allocator]
static ALLOCATOR: NoMemory = NoMemory;
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
	loop {}
}
#[no_mangle]
pub extern "C" fn boxed(value: u32) -> *mut u32 {
	alloc::boxed::Box::into_raw(alloc::boxed::Box::new(value))
}
END
	CARGO_TARGET_DIR=$work/target run rustup run "$wasm_toolchain" cargo build --target "$wasm_target" \
		--manifest-path "$work/Cargo.toml" || die 'The Wasm toolchain does not work; see above.'
	rm -rf "$work"
}

need_wasm() {
	local way
	way=$(wasm_way) || exit
	case $way in
	rustup)
		has_rustup_wasm || add_rustup_wasm ||
			die "rustup cannot install the target $wasm_target; see above."
		;;
	debian) has_debian_wasm || make_debian_wasm ;;
	none)
		if ! add_rustup_wasm; then
			say "rustup cannot download $wasm_target here; Debian's compiler can build it."
			make_debian_wasm
		fi
		;;
	esac
}

# Installs what the lock file says, when what is installed came from another one.
need_npm() {
	local js=$root/scripts/js lock
	lock=$(cat "$js/package.json" "$js/package-lock.json" | sha256sum)
	[ "$(cat "$js/node_modules/.lock" 2>/dev/null)" != "$lock" ] || return 0
	heading 'npm packages'
	run npm ci --prefix "$js" --no-audit --no-fund || die 'npm ci failed; see above.'
	say "$lock" >"$js/node_modules/.lock"
}

# Compiles the SDK when its sources are not those of what is compiled. It uses the packages of the tools:
# two copies of polkadot.js in one process do not get along.
need_sdk() {
	local sdk=$root/scripts/sdk sources
	ln -sfn ../js/node_modules "$sdk/node_modules"
	sources=$(cat "$sdk/tsconfig.json" "$sdk"/src/*.ts "$sdk"/src/*/*.ts "$root/scripts/js/package-lock.json" |
		sha256sum)
	[ "$(cat "$sdk/dist/.sources" 2>/dev/null)" != "$sources" ] || return 0
	heading 'SDK'
	rm -rf "$sdk/dist"
	run "$root/scripts/js/node_modules/.bin/tsc" --project "$sdk" ||
		die 'The SDK does not compile; see above.'
	chmod +x "$sdk/dist/cli/main.js"
	say "$sources" >"$sdk/dist/.sources"
}

only=''
case ${1:-} in
'') ;;
--npm) only=npm ;;
-h | --help)
	usage
	exit 0
	;;
*)
	usage >&2
	die "Unknown argument: $1"
	;;
esac

trap_signals
if [ "$only" = npm ]; then
	check_node
else
	check_tools
	need_packages clang libclang-dev protobuf-compiler cmake pkg-config ca-certificates
	need_wasm
fi
need_npm
need_sdk
