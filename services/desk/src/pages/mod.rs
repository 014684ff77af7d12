//! The pages of the staff: what they load.

use std::sync::LazyLock;

use wideawake_runtime::pages::{Assets, Frame, Locale};

/// Everything that the pages of this door load.
pub(crate) static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets::new(&[]));

/// The frame of a page that is written in English alone.
pub(crate) fn english() -> Frame {
    Frame::new(Locale::ENGLISH, &ASSETS)
}
