//! Which addresses can be a peer's.

use core::{
	fmt::{self, Display, Formatter},
	net::Ipv6Addr,
};

/// The longest address that is taken, in bytes.
pub const MAX_URL_LEN: usize = 256;

/// Why an address cannot be a peer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UrlError {
	/// The address is empty.
	Empty,
	/// The address is longer than `limit` bytes.
	TooLong {
		/// The most bytes an address may have.
		limit: usize,
	},
	/// A character that an HTTP address cannot hold, or a fragment's `#`.
	Character(char),
	/// The address starts with neither `http://` nor `https://`.
	Scheme,
	/// The address names a user: offchain HTTP would leave the credentials out.
	Credentials,
	/// The host is missing, or is neither a name nor an IP address.
	Host,
	/// The port is not a number from 1 to 65535.
	Port,
}

impl Display for UrlError {
	fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
		match self {
			Self::Empty => f.write_str("the address is empty"),
			Self::TooLong { limit } => write!(f, "the address is longer than {limit} bytes"),
			Self::Character(found) => write!(f, "the address may not contain {found:?}"),
			Self::Scheme => f.write_str("the address must start with http:// or https://"),
			Self::Credentials => f.write_str("the address may not name a user"),
			Self::Host => f.write_str("the address has no valid host"),
			Self::Port => f.write_str("the address has no valid port"),
		}
	}
}

impl core::error::Error for UrlError {}

/// Checks that `url` can be the address of a peer's RPC server.
///
/// It says nothing about whether anybody answers there. [`Client::new`](crate::Client::new) makes
/// the same check; a node's command line makes it earlier.
pub fn check_url(url: &str) -> Result<(), UrlError> {
	if url.is_empty() {
		return Err(UrlError::Empty);
	}
	if url.len() > MAX_URL_LEN {
		return Err(UrlError::TooLong { limit: MAX_URL_LEN });
	}
	if let Some(found) = url.chars().find(|c| !is_url_character(*c)) {
		return Err(UrlError::Character(found));
	}
	let rest = url
		.strip_prefix("http://")
		.or_else(|| url.strip_prefix("https://"))
		.ok_or(UrlError::Scheme)?;
	check_authority(rest.split(['/', '?']).next().unwrap_or_default())
}

/// Host and port of an address: all of it that may be shown. The rest can hold a key.
pub fn host_of(url: &str) -> &str {
	let (_, rest) = url.split_once("://").unwrap_or(("", url));
	let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
	authority.rsplit('@').next().unwrap_or_default()
}

fn is_url_character(c: char) -> bool {
	c.is_ascii_graphic() && !"\"#<>\\^`{|}".contains(c)
}

fn check_authority(authority: &str) -> Result<(), UrlError> {
	if authority.contains('@') {
		return Err(UrlError::Credentials);
	}
	if let Some(bracketed) = authority.strip_prefix('[') {
		let (address, port) = bracketed.split_once(']').ok_or(UrlError::Host)?;
		address.parse::<Ipv6Addr>().map_err(|_| UrlError::Host)?;
		return match port.strip_prefix(':') {
			Some(port) => check_port(port),
			None if port.is_empty() => Ok(()),
			None => Err(UrlError::Port),
		};
	}
	let (host, port) = match authority.split_once(':') {
		Some((host, port)) => (host, Some(port)),
		None => (authority, None),
	};
	let is_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
	if host.is_empty() || !host.chars().all(is_name) {
		return Err(UrlError::Host);
	}
	port.map_or(Ok(()), check_port)
}

fn check_port(port: &str) -> Result<(), UrlError> {
	// Parsing alone would take a leading plus sign.
	let digits = port.chars().all(|c| c.is_ascii_digit());
	match port.parse::<u16>() {
		Ok(number) if digits && number > 0 => Ok(()),
		_ => Err(UrlError::Port),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn addresses_of_nodes_are_usable() {
		for url in [
			"http://127.0.0.1:9944",
			"http://localhost",
			"https://rpc.beta.example:443/archive/node?key=1&x=%20",
			"http://node_1.internal:1/",
			"http://[::1]:9944",
			"https://[2001:db8::7]/rpc",
		] {
			assert_eq!(check_url(url), Ok(()), "{url}");
		}
	}

	#[test]
	fn nothing_is_shown_of_an_address_but_host_and_port() {
		for (url, host) in [
			("https://rpc.beta.example:443/secret?key=1", "rpc.beta.example:443"),
			("http://[::1]:9944", "[::1]:9944"),
			("http://host?key=1", "host"),
			("http://user:secret@host/", "host"),
			("host/secret", "host"),
			("", ""),
		] {
			assert_eq!(host_of(url), host, "{url}");
		}
	}

	#[test]
	fn an_empty_address_is_refused() {
		assert_eq!(check_url(""), Err(UrlError::Empty));
	}

	#[test]
	fn an_address_may_be_as_long_as_the_limit_and_no_longer() {
		let start = "http://host/";
		let longest = format!("{start}{}", "a".repeat(MAX_URL_LEN - start.len()));
		assert_eq!(check_url(&longest), Ok(()));
		assert_eq!(check_url(&(longest + "a")), Err(UrlError::TooLong { limit: MAX_URL_LEN }));
	}

	#[test]
	fn characters_that_no_http_address_holds_are_refused() {
		for (url, found) in [
			("http://host/a b", ' '),
			("http://host/\r\nX-Evil: 1", '\r'),
			("http://höst", 'ö'),
			("http://host/#top", '#'),
			("http://host/{}", '{'),
		] {
			assert_eq!(check_url(url), Err(UrlError::Character(found)), "{url}");
		}
	}

	#[test]
	fn other_schemes_are_refused() {
		for url in ["ws://127.0.0.1:9944", "ftp://host", "127.0.0.1:9944", "http:/host"] {
			assert_eq!(check_url(url), Err(UrlError::Scheme), "{url}");
		}
	}

	#[test]
	fn an_address_with_credentials_is_refused() {
		assert_eq!(check_url("http://user:secret@host:80"), Err(UrlError::Credentials));
	}

	#[test]
	fn an_address_without_a_valid_host_is_refused() {
		for url in ["http://", "https:///path", "http://:80", "http://a,b", "http://[::1"] {
			assert_eq!(check_url(url), Err(UrlError::Host), "{url}");
		}
		assert_eq!(check_url("http://[12345::]"), Err(UrlError::Host));
	}

	#[test]
	fn an_address_with_an_impossible_port_is_refused() {
		for url in ["http://h:", "http://h:0", "http://h:65536", "http://h:+80", "http://h:1:2"] {
			assert_eq!(check_url(url), Err(UrlError::Port), "{url}");
		}
		assert_eq!(check_url("http://[::1]9944"), Err(UrlError::Port));
	}
}
