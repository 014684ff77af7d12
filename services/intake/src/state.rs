//! What every call of this door needs: the record, whom else to call, how fast the pools serve, and who is who.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use wideawake_domain::process::Signal;
use wideawake_domain::request::{Phase, Retention, SupportRequest};
use wideawake_domain::{RequestId, StaffId};
use wideawake_runtime::http::Problem;
use wideawake_runtime::http::health::{Health, Readiness};
use wideawake_runtime::{Record, RecordError, clock, config};

use crate::limits::Limits;
use crate::pace::Pace;
use crate::resources::{Resource, Resources};
use crate::view::{RequestBody, Standing, Status, Volunteer};

/// How long an alias is believed.
const ALIAS_HOLDS: Duration = Duration::from_mins(1);

/// How many aliases are kept.
const ALIASES: usize = 2_000;

/// The members' door.
pub struct Door {
    pub(crate) record: Arc<Record>,
    pub(crate) resources: Resources,
    pub(crate) limits: Limits,
    pub(crate) leave_to: config::LeaveTo,
    pub(crate) pace: Pace,
    pub(crate) shutdown: CancellationToken,
    aliases: Mutex<HashMap<StaffId, (Instant, Arc<str>)>>,
}

impl Door {
    /// A door over `record`, whose streams end at `shutdown`.
    pub fn new(record: Arc<Record>, config: &config::Intake, shutdown: CancellationToken) -> Self {
        Self {
            record,
            resources: Resources::built_in(),
            limits: Limits::new(config.limits.clone()),
            leave_to: config.leave_to.clone(),
            pace: Pace::default(),
            shutdown,
            aliases: Mutex::default(),
        }
    }

    /// Notes that the member's client proved itself alive. That it could not be noted is nothing: it beats again.
    pub(crate) fn seen(&self, request: RequestId) {
        self.record.note(Signal::MemberSeen { request, at: clock::now() });
    }

    /// Whom else the member can call, first of all those that rules say they should be shown.
    pub(crate) fn resources_of(&self, request: &SupportRequest) -> Arc<[Resource]> {
        self.resources.first(&request.shown, request.country.as_deref())
    }

    /// What a member is told when the record fails: whom else to call, first of all.
    pub(crate) fn trouble(&self, error: RecordError, country: Option<&str>) -> Problem {
        self.with_resources(Problem::from(error), country)
    }

    /// A problem that also says whom else to call.
    pub(crate) fn with_resources(&self, problem: Problem, country: Option<&str>) -> Problem {
        problem.with("resources", serde_json::to_value(self.resources.of(country)).unwrap_or_default())
    }

    /// How long a request is kept after its close.
    pub(crate) fn retention(&self, request: &SupportRequest) -> Retention {
        let settings = self.record.settings();
        settings.line(Some(&request.line)).or_else(|| settings.line(None)).and_then(|line| line.retention)
    }

    /// Whether anyone of its line serves the language of a request.
    pub(crate) fn speaks(&self, request: &SupportRequest) -> bool {
        let line = self.record.settings().line(Some(&request.line));
        line.is_none_or(|line| request.language.spoken_by(&line.languages).is_some())
    }

    /// How a request stands.
    pub(crate) async fn standing(&self, request: &SupportRequest) -> Result<Standing, RecordError> {
        let mut standing = Standing { status: Status::Closed, position: None, estimated_wait: None, volunteer: None };
        match request.phase {
            Phase::Waiting { .. } => {
                standing.status = Status::Waiting;
                if let Some(ahead) = self.record.ahead(request).await {
                    standing.position = Some(ahead + 1);
                    // How fast others are served says nothing to whom nobody can serve.
                    let settings = self.record.settings();
                    let wait = self.speaks(request).then(|| self.pace.estimate(request, ahead, settings, clock::now()));
                    standing.estimated_wait = wait.flatten().map(Into::into);
                }
            }
            Phase::Active { holder, .. } => {
                standing.status = Status::Active;
                standing.volunteer = self.alias(holder).await?.map(|alias| Volunteer { alias });
            }
            Phase::Closed { .. } => {}
        }
        Ok(standing)
    }

    /// The body that describes a request.
    pub(crate) fn body(&self, request: &SupportRequest, standing: Standing) -> RequestBody {
        RequestBody { id: request.id, standing, resources: self.resources_of(request) }
    }

    async fn alias(&self, staff: StaffId) -> Result<Option<Arc<str>>, RecordError> {
        let known = self.aliases.lock().unwrap_or_else(PoisonError::into_inner).get(&staff).cloned();
        if let Some((at, alias)) = known
            && at.elapsed() < ALIAS_HOLDS
        {
            return Ok(Some(alias));
        }
        let Some(member) = self.record.staff(staff).await? else { return Ok(None) };
        let alias: Arc<str> = member.alias.into();
        let mut aliases = self.aliases.lock().unwrap_or_else(PoisonError::into_inner);
        if aliases.len() >= ALIASES {
            aliases.clear();
        }
        aliases.insert(staff, (Instant::now(), alias.clone()));
        Ok(Some(alias))
    }

    /// How the parts are that this door stands on.
    pub(crate) async fn readiness(&self) -> Readiness {
        let ready = self.record.readiness().await;
        if self.pace.follows() {
            return ready;
        }
        let detail = "nothing comes from the bus; waiting times are not estimated".to_owned();
        ready.helpful("bus", Health::Degraded, Some(detail))
    }
}
