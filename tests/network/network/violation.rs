//! What must not happen.

use std::{cell::RefCell, fmt, panic, sync::Once};

/// A promise that was not kept, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation(pub String);

impl fmt::Display for Violation {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(&self.0)
	}
}

/// A value, unless a promise was broken on the way.
pub type Checked<T = ()> = Result<T, Violation>;

/// Fails with these words unless the condition holds.
macro_rules! demand {
	($condition:expr, $($words:tt)+) => {
		if !$condition {
			return Err($crate::network::violation::Violation(format!($($words)+)));
		}
	};
}
pub(crate) use demand;

thread_local! {
	/// What this thread's run has to answer for; `None` while there is none.
	static HEARD: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Adds to what the running schedule has to answer for. False if none runs in this thread.
fn heard(what: String) -> bool {
	HEARD.with_borrow_mut(|heard| heard.as_mut().map(|all| all.push(what)).is_some())
}

/// Writes down what the runtime logs as an error: a defensive check of FRAME has failed.
struct Listener;

impl log::Log for Listener {
	fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
		metadata.level() == log::Level::Error
	}

	fn log(&self, record: &log::Record<'_>) {
		if self.enabled(record.metadata()) {
			heard(format!("logged by {}: {}", record.target(), record.args()));
		}
	}

	fn flush(&self) {}
}

/// Listens to panics and logged errors of schedules; those of others go where they went before.
fn listen() {
	static LISTENING: Once = Once::new();
	LISTENING.call_once(|| {
		if log::set_logger(&Listener).is_ok() {
			log::set_max_level(log::LevelFilter::Error);
		}
		let other = panic::take_hook();
		panic::set_hook(Box::new(move |info| {
			if !heard(format!("{info}")) {
				other(info);
			}
		}));
	});
}

/// Runs a schedule. A panic, or an error that the runtime logs, is a violation like any other.
pub fn watched<T>(run: impl FnOnce() -> Checked<T>) -> Checked<T> {
	listen();
	HEARD.set(Some(Vec::new()));
	let result = panic::catch_unwind(panic::AssertUnwindSafe(run));
	let heard = HEARD.take().unwrap_or_default().join("; ");
	match result {
		Ok(Ok(value)) if heard.is_empty() => Ok(value),
		Ok(Err(violation)) if heard.is_empty() => Err(violation),
		Ok(Err(violation)) => Err(Violation(format!("{violation}; {heard}"))),
		Ok(Ok(_)) | Err(_) => Err(Violation(heard)),
	}
}
