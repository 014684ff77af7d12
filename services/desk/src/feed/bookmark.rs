//! The ids of a staff stream: where in the whole log an event stands, opaque to everyone but this door.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use wideawake_domain::Position;
use wideawake_runtime::Cursor;

/// A place in the log: behind everything up to `cursor` and, if there is a position, behind what follows up to that event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bookmark {
    /// Where to read on from.
    pub(crate) cursor: Cursor,
    /// The last event behind the cursor that was seen.
    pub(crate) position: Option<Position>,
}

/// The text is no bookmark of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotABookmark;

/// No cursor of any ledger is longer.
const LONGEST: usize = 512;

impl fmt::Display for Bookmark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.cursor.0))?;
        match self.position {
            Some(position) => write!(f, ".{}", position.0),
            None => Ok(()),
        }
    }
}

impl FromStr for Bookmark {
    type Err = NotABookmark;

    fn from_str(text: &str) -> Result<Self, NotABookmark> {
        if text.len() > LONGEST {
            return Err(NotABookmark);
        }
        let (cursor, position) = match text.split_once('.') {
            Some((cursor, position)) => (cursor, Some(position.parse().map_err(|_| NotABookmark)?)),
            None => (text, None),
        };
        let cursor = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let cursor = cursor.filter(|cursor| !cursor.is_empty()).ok_or(NotABookmark)?;
        Ok(Self { cursor: Cursor(cursor), position: position.map(Position) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bookmark_is_read_back_as_it_was_written() {
        for position in [None, Some(Position(0)), Some(Position(u64::MAX))] {
            let mark = Bookmark { cursor: Cursor("17:ü/3.4".to_owned()), position };
            assert_eq!(mark.to_string().parse(), Ok(mark));
        }
    }

    #[test]
    fn what_is_no_bookmark_is_refused() {
        for bad in ["", ".", ".3", "MTc.x", "MTc.-1", "***", "MTc.1.2", "_w", &"A".repeat(4000)] {
            assert_eq!(bad.parse::<Bookmark>(), Err(NotABookmark), "{bad:.20}");
        }
    }
}
