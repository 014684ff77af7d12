//! What is answered: the shapes of every body.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use wideawake_domain::request::{Ending, Speaker};
use wideawake_domain::wait::Wait;
use wideawake_domain::{RequestId, Version};

use crate::resources::Resource;

/// Where a request is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Nobody has it yet.
    Waiting,
    /// Somebody is there.
    Active,
    /// It ended.
    Closed,
}

/// How long it may take, in seconds: four of five wait no less and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct EstimatedWait {
    /// Hardly sooner than this.
    #[schema(minimum = 0)]
    low_s: i64,
    /// Hardly later than this.
    #[schema(minimum = 0)]
    high_s: i64,
}

impl EstimatedWait {
    /// In whole minutes, the range no smaller than it is.
    pub(crate) fn minutes(self) -> (u64, u64) {
        let seconds = |seconds: i64| u64::try_from(seconds).unwrap_or_default();
        (seconds(self.low_s) / 60, seconds(self.high_s).div_ceil(60))
    }
}

impl From<Wait> for EstimatedWait {
    fn from(wait: Wait) -> Self {
        Self { low_s: wait.low.num_seconds(), high_s: wait.high.num_seconds() }
    }
}

/// Who is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Volunteer {
    /// The name they go by.
    #[schema(value_type = String)]
    pub(crate) alias: Arc<str>,
}

/// What changes of a request while the member looks on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Standing {
    /// Where it is in its life.
    pub(crate) status: Status,
    /// The rank in the order in which the pool serves, 1 for the next; absent unless it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, minimum = 1)]
    pub(crate) position: Option<usize>,
    /// How long it may take; absent when nothing honest can be said, and unless it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) estimated_wait: Option<EstimatedWait>,
    /// Who is there; absent unless it is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) volunteer: Option<Volunteer>,
}

/// A request as its member sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Request)]
pub(crate) struct RequestBody {
    /// Which.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) id: RequestId,
    #[serde(flatten)]
    pub(crate) standing: Standing,
    /// Whom else to call.
    #[schema(value_type = Vec<Resource>)]
    pub(crate) resources: Arc<[Resource]>,
}

/// A request that was opened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenedRequest)]
pub(crate) struct OpenedBody {
    /// Which.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) id: RequestId,
    /// What proves whose it is, in every later call. It cannot be had again without the `Idempotency-Key`.
    pub(crate) token: String,
    /// Where it is in its life.
    pub(crate) status: Status,
    /// The rank in the order in which the pool serves, 1 for the next; absent unless it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, minimum = 1)]
    pub(crate) position: Option<usize>,
    /// How long it may take; `null` when nothing honest can be said.
    #[schema(required = true)]
    pub(crate) estimated_wait: Option<EstimatedWait>,
    /// Whom else to call.
    #[schema(value_type = Vec<Resource>)]
    pub(crate) resources: Arc<[Resource]>,
}

/// Something that was written, in the stream.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Message)]
pub(crate) struct MessageBody<'a> {
    /// Its number in the request; also the `id` of the event.
    #[schema(value_type = u64, minimum = 1)]
    pub(crate) version: Version,
    /// By whom.
    #[schema(value_type = Writer)]
    pub(crate) from: Speaker,
    /// What.
    pub(crate) text: &'a str,
    /// When.
    pub(crate) at: DateTime<Utc>,
}

/// Who writes.
#[derive(ToSchema)]
#[schema(as = Speaker, rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes how `Speaker` is written")]
pub(crate) enum Writer {
    /// The member themselves.
    Member,
    /// The volunteer.
    Volunteer,
    /// A professional who joined.
    Professional,
    /// A supervisor who joined.
    Supervisor,
    /// Wideawake itself.
    System,
}

/// Somebody is writing to the member, in the stream.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Typing)]
pub(crate) struct TypingBody {
    /// For how long to show it, in seconds; a message from the other side ends it.
    pub(crate) for_s: u32,
}

/// How a request ended, in the stream.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Closed)]
pub(crate) struct ClosedBody {
    /// How.
    #[schema(value_type = Endings)]
    pub(crate) ending: Ending,
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// Until when the member is asked to turn elsewhere; absent unless a supervisor ended it for cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) until: Option<DateTime<Utc>>,
}

/// How a request ends.
#[derive(ToSchema)]
#[schema(as = Ending, rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes how `Ending` is written")]
pub(crate) enum Endings {
    /// Staff closed it.
    Closed,
    /// The member left.
    Left,
    /// The member fell silent while waiting.
    Abandoned,
    /// The member had it erased.
    Erased,
    /// A supervisor ended it for cause.
    Barred,
}

/// A message that was taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Taken)]
pub(crate) struct TakenBody {
    /// Its number in the request.
    #[schema(value_type = u64, minimum = 1)]
    pub(crate) version: Version,
}

/// A request that was erased.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Erased)]
pub(crate) struct ErasedBody {
    /// From when on nothing typed can be read by anyone.
    pub(crate) erase_at: DateTime<Utc>,
}

/// Whom else to call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResourceList)]
pub(crate) struct ResourceList {
    /// The nearest help first.
    #[schema(value_type = Vec<Resource>)]
    pub(crate) items: Arc<[Resource]>,
}

/// What a member can turn to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LineList)]
pub(crate) struct LineList {
    /// Every line.
    pub(crate) items: Vec<LineBody>,
}

/// One thing that a member can turn to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Line)]
pub(crate) struct LineBody {
    /// What to write as `line`.
    pub(crate) name: String,
    /// The languages it serves (BCP 47); others are taken too, and may wait long.
    pub(crate) languages: Vec<String>,
    /// What to choose `topics` from.
    pub(crate) topics: Vec<String>,
    /// Whether it is meant when a request names no line.
    pub(crate) default: bool,
}
