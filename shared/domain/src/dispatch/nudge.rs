//! Reminders to the holder of a request. They are not recorded: whoever shows the conversation works them out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::request::{Phase, SupportRequest};
use crate::settings::Dispatch;

/// What the holder is reminded of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nudge {
    /// They have not written yet.
    FirstReply,
    /// The member waits for an answer.
    Reply,
}

/// When the holder is to be reminded, and of what, as the record stands.
pub fn nudge(request: &SupportRequest, dispatch: &Dispatch) -> Option<(DateTime<Utc>, Nudge)> {
    let Phase::Active { since, first_word_at, unanswered_since, .. } = request.phase else { return None };
    match first_word_at {
        None => Some((since + dispatch.first_reply?, Nudge::FirstReply)),
        Some(_) => Some((unanswered_since?.max(since) + dispatch.reply?, Nudge::Reply)),
    }
}
