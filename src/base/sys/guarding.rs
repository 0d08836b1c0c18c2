//! What a guard and the hub that starts it agree on; they know nothing else of each other.

/// The variable that marks every process below a guard; its value is random and one backend's own.
pub const MARK: &str = "HERMUX_MARK";
/// Written to a guard's standard input: stop in the backend's own way first (INT), then as always. End of file there
/// means that the hub is gone.
pub const ASK: u8 = b'i';
/// Exit code: the backend's program was not found. A shell says the same.
pub const NOT_FOUND: u8 = 127;
/// Exit code: the backend's program was found and could not be run.
pub const NOT_RUN: u8 = 126;
/// What stands in the guard's words before why the backend could not be started.
pub const NOT_STARTED: &str = "cannot start the backend:";
