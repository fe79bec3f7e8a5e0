//! HTTP, as far as JSON-RPC takes it.

use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, Request};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
	client::legacy::{connect::HttpConnector, Client},
	rt::TokioExecutor,
};
use std::{io, time::Duration};
use tokio::time::timeout;

/// The most bytes of an answer.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// Why there is no answer. Shows nothing of the address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HttpError {
	/// Nobody answered, or the connection broke, or the answer is larger than is taken.
	Broken,
	/// There was no answer in time.
	Late,
}

/// An answer.
pub struct Answer {
	/// The HTTP status.
	pub status: u16,
	/// All of its body.
	pub body: Vec<u8>,
}

/// Posts requests. Clones share connections.
#[derive(Clone)]
pub struct Http(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Http {
	/// Fails on a machine without certificates.
	pub fn new() -> io::Result<Self> {
		let connector = HttpsConnectorBuilder::new().with_native_roots()?;
		let connector = connector.https_or_http().enable_http1().build();
		Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
	}

	/// Posts a body and reads all of the answer, within this time.
	pub async fn post(
		&self,
		url: &str,
		headers: &[(String, String)],
		body: Vec<u8>,
		within: Duration,
	) -> Result<Answer, HttpError> {
		match timeout(within, self.exchange(url, headers, body)).await {
			Ok(answer) => answer.ok_or(HttpError::Broken),
			Err(_) => Err(HttpError::Late),
		}
	}

	async fn exchange(
		&self,
		url: &str,
		headers: &[(String, String)],
		body: Vec<u8>,
	) -> Option<Answer> {
		let mut request = Request::post(url);
		for (name, value) in headers {
			request = request.header(name, value);
		}
		let request = request.body(Full::from(body)).ok()?;
		let response = self.0.request(request).await.ok()?;
		let status = response.status().as_u16();
		let mut rest = response.into_body();
		let mut body = Vec::new();
		while let Some(frame) = rest.frame().await {
			let Ok(data) = frame.ok()?.into_data() else { continue };
			if data.len() > MAX_ANSWER - body.len() {
				return None;
			}
			body.extend_from_slice(&data);
		}
		Some(Answer { status, body })
	}
}
