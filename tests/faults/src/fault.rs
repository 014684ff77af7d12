//! What can fail, and how.

use std::time::Duration;

use tokio::task::block_in_place;
use wideawake_acceptance::eventually;

use crate::proxy::Mode;
use crate::stage::{Running, Stage};

/// What can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The router that leads is killed, as by a power cut.
    KillRouter,
    /// The router that leads is asked to stop.
    StopRouter,
    /// The broker is stopped for a while.
    StopBroker,
    /// No link to the broker carries anything, and nobody is told.
    HoldBroker,
    /// The live state forgets everything.
    WipeLive,
    /// The live state is gone for a while.
    StopLive,
    /// No link to the live state carries anything, and nobody is told.
    HoldLive,
    /// The database is restarted.
    RestartLedger,
    /// The router that leads is cut off from the database alone, and what it sent arrives when another leads.
    PartitionRouter,
    /// Each process is restarted, one after the other.
    Roll,
}

impl Fault {
    /// Each of them.
    pub const ALL: [Self; 10] = [
        Self::KillRouter,
        Self::StopRouter,
        Self::StopBroker,
        Self::HoldBroker,
        Self::WipeLive,
        Self::StopLive,
        Self::HoldLive,
        Self::RestartLedger,
        Self::PartitionRouter,
        Self::Roll,
    ];

    /// What an operator would call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KillRouter => "the leading router is killed",
            Self::StopRouter => "the leading router is stopped",
            Self::StopBroker => "RabbitMQ is stopped",
            Self::HoldBroker => "links to RabbitMQ go silent",
            Self::WipeLive => "Redis is wiped",
            Self::StopLive => "Redis is stopped",
            Self::HoldLive => "links to Redis go silent",
            Self::RestartLedger => "PostgreSQL is restarted",
            Self::PartitionRouter => "the leading router is cut off from PostgreSQL",
            Self::Roll => "every process is restarted in turn",
        }
    }

    /// How long it lasts before it is mended.
    pub fn lasts(self, long: Duration) -> Duration {
        match self {
            Self::StopBroker | Self::HoldBroker | Self::StopLive | Self::HoldLive => long,
            // Longer than a lease lasts, and shorter than the router waits for an answer.
            Self::PartitionRouter => Duration::from_millis(3_500),
            Self::KillRouter | Self::StopRouter => Duration::from_secs(4),
            Self::WipeLive | Self::RestartLedger | Self::Roll => Duration::ZERO,
        }
    }
}

/// A fault that has begun.
#[derive(Debug)]
pub struct Begun {
    fault: Fault,
    router: &'static str,
}

/// It fails. How long it took until it was done is not part of the fault.
pub async fn begin(stage: &mut Stage, fault: Fault) -> Begun {
    let router = stage.leader().await;
    match fault {
        Fault::KillRouter => stage.service(router).kill(),
        Fault::StopRouter => {
            let (status, _) = block_in_place(|| stage.service(router).terminate());
            assert!(status.success(), "{router} ended with {status}");
        }
        Fault::StopBroker => block_in_place(|| stage.rabbit.stop()).unwrap_or_else(|error| panic!("{error:?}")),
        Fault::HoldBroker => stage.all(|running| &running.bus, Mode::Hold),
        Fault::WipeLive => block_in_place(|| stage.redis.wipe()).unwrap_or_else(|error| panic!("{error:?}")),
        Fault::StopLive => block_in_place(|| stage.redis.stop()).unwrap_or_else(|error| panic!("{error:?}")),
        Fault::HoldLive => stage.all(|running| &running.live, Mode::Hold),
        Fault::RestartLedger => {
            block_in_place(|| stage.postgres.restart()).unwrap_or_else(|error| panic!("{error:?}"));
        }
        Fault::PartitionRouter => stage.services[router].ledger.set(Mode::Hold),
        Fault::Roll => roll(stage).await,
    }
    Begun { fault, router }
}

/// It is mended.
pub async fn mend(stage: &mut Stage, begun: Begun) {
    let Begun { fault, router } = begun;
    match fault {
        Fault::KillRouter | Fault::StopRouter => block_in_place(|| stage.service(router).start()),
        Fault::StopBroker => block_in_place(|| stage.rabbit.restart()).unwrap_or_else(|error| panic!("{error:?}")),
        Fault::HoldBroker => stage.all(|running| &running.bus, Mode::Pass),
        Fault::StopLive => block_in_place(|| stage.redis.restart()).unwrap_or_else(|error| panic!("{error:?}")),
        Fault::HoldLive => stage.all(|running| &running.live, Mode::Pass),
        Fault::PartitionRouter => {
            let led = stage.leader_after(router).await;
            assert_ne!(led, router);
            stage.services[router].ledger.set(Mode::Pass);
            eventually("an append of the stale leader is refused", || async {
                refusals(&stage.services[router]).then_some(())
            })
            .await;
        }
        Fault::WipeLive | Fault::RestartLedger | Fault::Roll => {}
    }
}

/// Whether an append of this process was refused because it no longer leads.
fn refusals(running: &Running) -> bool {
    running.service.log().contains("an append was refused: another holds the lease now")
}

/// People are sent to the other door before one is restarted, as a load balancer does.
async fn roll(stage: &mut Stage) {
    for (intake, desk, names) in
        [("intake-b", "desk-b", ["intake-a", "desk-a"]), ("intake-a", "desk-a", ["intake-b", "desk-b"])]
    {
        stage.doors(intake, desk);
        for name in names {
            restart(stage, name);
        }
        stage.ready().await;
    }
    for name in ["router-a", "router-b"] {
        restart(stage, name);
        stage.ready().await;
    }
}

fn restart(stage: &mut Stage, name: &str) {
    block_in_place(|| {
        let (status, _) = stage.service(name).terminate();
        assert!(status.success(), "{name} ended with {status}");
        stage.service(name).start();
    });
}
