//! Engines, processes and people, and a link of its own between each process and each engine.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::block_in_place;
use wideawake_acceptance::load::{Load, Pace, Taken};
use wideawake_acceptance::{Cluster, DEADLINE, Doors, Engines, House, Service, Staff, check, eventually};
use wideawake_engines::{Postgres, RabbitMq, Redis};

use crate::proxy::{Mode, Proxy};

/// A process and its links.
pub struct Running {
    pub service: Service,
    pub ledger: Proxy,
    pub bus: Proxy,
    pub live: Proxy,
}

/// Everything.
pub struct Stage {
    pub services: BTreeMap<&'static str, Running>,
    pub house: House,
    pub cluster: Cluster,
    volunteers: Vec<Arc<Staff>>,
    pub postgres: Postgres,
    pub rabbit: RabbitMq,
    pub redis: Redis,
    pace: Pace,
}

/// The processes, and what each runs.
const SERVICES: [(&str, &str); 6] = [
    ("intake-a", "intake"),
    ("intake-b", "intake"),
    ("desk-a", "desk"),
    ("desk-b", "desk"),
    ("router-a", "router"),
    ("router-b", "router"),
];

/// Nobody is given up on because a machine is busy, and nobody has to talk by a deadline.
const KEYS: &str = "
dispatch = { presence_grace = '30s', reconnect_grace = '90s', first_reply = '30m', reply = '30m', rest_after_urgent = '0s' }
";

/// How many people ask, and answer, at a time.
const MEMBERS: usize = 8;
const VOLUNTEERS: usize = 6;

/// Some twenty requests a second, each with four messages.
pub const BUSY: Pace = Pace { members: Duration::from_millis(80), volunteers: Duration::from_millis(20), line: 100 };

/// A quarter of that, which leaves a slow machine room for engines that start anew.
pub const CALM: Pace = Pace { members: Duration::from_millis(320), volunteers: Duration::from_millis(80), line: 100 };

/// How long somebody may wait for help without anybody being helped.
const PATIENCE: Duration = Duration::from_mins(1);

impl Stage {
    /// Starts everything, for people of this pace.
    ///
    /// # Panics
    /// When something does not start.
    pub async fn set(pace: Pace) -> Self {
        let (postgres, rabbit, redis) = block_in_place(|| {
            (
                Postgres::start().unwrap_or_else(|error| panic!("{error:?}")),
                RabbitMq::start().unwrap_or_else(|error| panic!("{error:?}")),
                Redis::start().unwrap_or_else(|error| panic!("{error:?}")),
            )
        });
        let engines = Engines { ledger: postgres.url(), bus: rabbit.url(), live: redis.url() };
        let cluster = Cluster::new(KEYS, engines);
        let (id, token) = block_in_place(|| cluster.admin());
        let mut services = BTreeMap::new();
        for (name, kind) in SERVICES {
            let (ledger, bus, live) =
                (Proxy::to(postgres.port()).await, Proxy::to(rabbit.port()).await, Proxy::to(redis.port()).await);
            let engines = Engines {
                ledger: through(&cluster.engines().ledger, postgres.port(), &ledger),
                bus: through(&cluster.engines().bus, rabbit.port(), &bus),
                live: through(&cluster.engines().live, redis.port(), &live),
            };
            let service = block_in_place(|| cluster.start(name, &[kind], &engines));
            services.insert(name, Running { service, ledger, bus, live });
        }
        let doors = Doors::new(services["intake-a"].service.at(), services["desk-a"].service.at());
        let house = House::of(&doors, &id, &token, Duration::from_secs(3)).await;
        let mut volunteers = Vec::new();
        for n in 0..VOLUNTEERS {
            volunteers.push(Arc::new(house.on_duty(json!({ "alias": format!("Robin {n}"), "capacity": 3 })).await));
        }
        Self { services, house, cluster, volunteers, postgres, rabbit, redis, pace }
    }

    /// People begin to ask and to answer.
    pub fn people(&self) -> Load {
        Load::at(self.pace, &self.house.doors, MEMBERS, &self.volunteers)
    }

    /// Everybody who asked is helped, and everything that was acknowledged is there.
    ///
    /// # Panics
    /// When somebody is not, or something.
    pub async fn ends_well(&self, load: Load) -> Taken {
        let taken = match load.drain(PATIENCE).await {
            Ok(taken) => taken,
            Err(member) => panic!("{} was not helped: {}", member.id, self.evidence(&member.id).await),
        };
        check::check_people(&self.house, &taken).await;
        let audit = block_in_place(|| self.cluster.tool(&["audit"])).ok();
        assert!(audit.contains("In order"), "{audit}");
        taken
    }

    /// What there is to find out why somebody was not helped.
    async fn evidence(&self, request: &str) -> String {
        let mut out = String::new();
        for event in self.house.history(request).await {
            let _ = writeln!(out, "{event}");
        }
        for volunteer in &self.volunteers {
            let me = volunteer.call("GET", "/v1/me").attempt().await;
            let _ = writeln!(out, "{}", me.map_or_else(|error| error.to_string(), |answer| answer.json().to_string()));
        }
        for (name, running) in &self.services {
            let log = running.service.log();
            let last: Vec<&str> = log.lines().rev().take(30).collect();
            let _ = writeln!(out, "-- {name}");
            for line in last.iter().rev() {
                let _ = writeln!(out, "{line}");
            }
        }
        out
    }

    /// The router that leads, as the routers say.
    pub async fn leader(&self) -> &'static str {
        eventually("a router that leads", || async { self.leads().next() }).await
    }

    fn leads(&self) -> impl Iterator<Item = &'static str> {
        ["router-a", "router-b"].into_iter().filter(|name| {
            let log = self.services[name].service.log();
            let said = log.lines().rev().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let mut said = said.filter_map(|line| line["message"].as_str().map(ToOwned::to_owned));
            said.find(|word| ["leads", "no longer leads", "wide awake"].contains(&&**word))
                .is_some_and(|word| word == "leads")
        })
    }

    /// Waits until another router than `old` leads.
    pub async fn leader_after(&self, old: &str) -> &'static str {
        eventually("another router that leads", || async { self.leads().find(|name| *name != old) }).await
    }

    pub fn service(&mut self, name: &str) -> &mut Service {
        &mut self.services.get_mut(name).unwrap_or_else(|| panic!("there is no {name}")).service
    }

    /// From now on people use these doors.
    pub fn doors(&self, intake: &str, desk: &str) {
        self.house.doors.moved(self.services[intake].service.at(), self.services[desk].service.at());
    }

    /// What all links to an engine do from now on.
    pub fn all(&self, link: impl Fn(&Running) -> &Proxy, mode: Mode) {
        for running in self.services.values() {
            link(running).set(mode);
        }
    }

    /// Waits until every process is ready.
    pub async fn ready(&self) {
        for running in self.services.values() {
            let at = running.service.at();
            let doors = Doors::new(at, at);
            eventually(&format!("{} is ready within {DEADLINE:?}", running.service.name()), || async {
                let answer = doors.intake("GET", "/readyz").attempt().await.ok()?;
                (answer.status == 200 && answer.json()["status"] == "ready").then_some(())
            })
            .await;
        }
    }
}

/// The same address through a link.
fn through(url: &str, port: u16, link: &Proxy) -> String {
    url.replace(&format!(":{port}"), &format!(":{}", link.port()))
}
