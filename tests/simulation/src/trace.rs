//! What happened, line by line, for whoever wants to read it. A night that nobody reads writes nothing.

use std::fmt;

use crate::Time;

#[derive(Debug, Default)]
pub(crate) struct Trace {
    lines: Option<String>,
}

impl Trace {
    pub(crate) fn new(on: bool) -> Self {
        Self { lines: on.then(String::new) }
    }

    pub(crate) fn note(&mut self, now: Time, what: fmt::Arguments<'_>) {
        use fmt::Write as _;
        if let Some(lines) = &mut self.lines {
            let _ = writeln!(lines, "{} {what}", now.format("%m-%d %H:%M:%S%.6f"));
        }
    }

    pub(crate) fn take(&mut self) -> String {
        self.lines.take().unwrap_or_default()
    }
}

/// Notes a line in the trace of a world.
macro_rules! note {
    ($world:expr, $($what:tt)*) => {
        $world.trace.note($world.now, format_args!($($what)*))
    };
}
pub(crate) use note;
