//! The board as it changes.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::Instant;
use utoipa::ToSchema;
use wideawake_domain::staff::Role;
use wideawake_runtime::http::sse::{Event, Sse};

use super::urgent::{EscalationRow, OnCallRow};
use super::{ActiveRow, Board, DutyRow, WaitingRow, board};
use crate::desk::Desk;
use crate::permit::Caller;

/// No board is drawn more often than this.
const PAUSE: Duration = Duration::from_millis(500);

/// Presence and clocks change without an event in the record: so often it is drawn anyway.
const ROUND: Duration = Duration::from_secs(5);

/// The data of each event of the stream, by its name.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "it describes the events")]
pub(crate) struct BoardNotices {
    board: Board,
    waiting: WaitingChanged,
    active: ActiveChanged,
    on_duty: DutyChanged,
    escalations: EscalationsChanged,
    on_call: OnCallChanged,
}

/// Who waits now.
#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingChanged {
    waiting: Vec<WaitingRow>,
    #[schema(value_type = std::collections::BTreeMap<String, i64>)]
    longest_wait_s: std::collections::BTreeMap<&'static str, i64>,
    #[schema(value_type = std::collections::BTreeMap<String, usize>)]
    waiting_count: std::collections::BTreeMap<&'static str, usize>,
}

/// Who talks now.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActiveChanged {
    active: Vec<ActiveRow>,
}

/// Who is on duty now.
#[derive(Serialize, ToSchema)]
pub(crate) struct DutyChanged {
    on_duty: Vec<DutyRow>,
}

/// What needs more than a volunteer now.
#[derive(Serialize, ToSchema)]
pub(crate) struct EscalationsChanged {
    escalations: Vec<EscalationRow>,
}

/// Who is on call now.
#[derive(Serialize, ToSchema)]
pub(crate) struct OnCallChanged {
    on_call: Vec<OnCallRow>,
}

/// The board as it changes: server-sent events. `board` comes first, with the body of `/v1/board`; then `waiting`,
/// `active`, `on_duty`, `on_call` and `escalations`, each with the whole of what changed, at most twice a second. The schema
/// `BoardNotices` has the data of each event.
#[utoipa::path(
    get, path = "/v1/board/stream",
    responses((status = 200, content_type = "text/event-stream", body = String), wideawake_runtime::http::Problem)
)]
pub(crate) async fn get_board_stream(State(desk): State<Desk>, caller: Caller) -> Response {
    let shutdown = desk.shutdown.clone();
    let passes = desk.feed.passes();
    let watcher = Watcher { desk, caller, passes, shown: None, pending: Vec::new(), drawn: Instant::now() };
    let events = stream::unfold(watcher, |mut watcher| async move {
        let event = watcher.next().await?;
        Some((event, watcher))
    });
    Sse::new(events, shutdown).into_response()
}

struct Watcher {
    desk: Desk,
    caller: Caller,
    passes: watch::Receiver<u64>,
    shown: Option<Board>,
    pending: Vec<Event>,
    drawn: Instant,
}

impl Watcher {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.pending.pop() {
                return Some(event);
            }
            if self.shown.is_some() {
                tokio::time::sleep_until(self.drawn + PAUSE).await;
                let _ = tokio::time::timeout(ROUND, self.passes.changed()).await;
            }
            self.refresh_caller()?;
            // What changes from here on is seen by the next drawing.
            self.passes.mark_unchanged();
            let id = self.desk.feed.mark();
            let board = board(&self.desk, &self.caller).await;
            self.drawn = Instant::now();
            match self.shown.take() {
                None => self.pending.push(Event::with_id(&id, "board", &board)),
                Some(shown) => self.pending = changes(&id, &shown, &board),
            }
            self.shown = Some(board);
        }
    }

    /// Whoever no longer supervises, or has signed out by now, sees no more of it.
    fn refresh_caller(&mut self) -> Option<()> {
        self.caller = self.desk.feed.with(|known| self.caller.again(known, &self.desk.sign_in))?;
        self.caller.is(Role::Supervisor).then_some(())
    }
}

fn changes(id: &str, shown: &Board, board: &Board) -> Vec<Event> {
    let mut events = Vec::new();
    if shown.escalations != board.escalations {
        let changed = EscalationsChanged { escalations: board.escalations.clone() };
        events.push(Event::with_id(id, "escalations", &changed));
    }
    if shown.on_call != board.on_call {
        events.push(Event::with_id(id, "on_call", &OnCallChanged { on_call: board.on_call.clone() }));
    }
    if shown.on_duty != board.on_duty {
        events.push(Event::with_id(id, "on_duty", &DutyChanged { on_duty: board.on_duty.clone() }));
    }
    if shown.active != board.active {
        events.push(Event::with_id(id, "active", &ActiveChanged { active: board.active.clone() }));
    }
    if shown.waiting != board.waiting || shown.waiting_count != board.waiting_count {
        let changed = WaitingChanged {
            waiting: board.waiting.clone(),
            longest_wait_s: board.longest_wait_s.clone(),
            waiting_count: board.waiting_count.clone(),
        };
        events.push(Event::with_id(id, "waiting", &changed));
    }
    events
}
