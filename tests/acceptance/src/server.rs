//! The whole app on free ports over a temporary folder: in this process, or, with `WIDEAWAKE_TEST_ON=engines`, each
//! service as a process of its own, on PostgreSQL, RabbitMQ and Redis.

use std::net::SocketAddr;
use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use wideawake::app::App;
use wideawake_domain::record::Part;
use wideawake_domain::staff::{Added, Role};
use wideawake_domain::{Actor, StaffId};
use wideawake_engines::{Postgres, Redis};
use wideawake_runtime::config::Config;
use wideawake_runtime::{clock, tokens};

use crate::{Cluster, Doors, Engines, House, Service, config};

pub struct Server {
    house: House,
    served: Served,
}

enum Served {
    Here { app: Box<App>, folder: TempDir },
    Apart { services: Vec<Service>, cluster: Cluster, _live: Redis },
}

impl Server {
    /// With these keys of the configuration set.
    pub async fn start(keys: &str) -> Self {
        Self::start_with(keys, Doors::new).await
    }

    /// The same, remembering every exchange.
    pub async fn start_remembering(keys: &str) -> Self {
        Self::start_with(keys, Doors::remembering).await
    }

    async fn start_with(keys: &str, doors: fn(SocketAddr, SocketAddr) -> Doors) -> Self {
        match std::env::var("WIDEAWAKE_TEST_ON").as_deref() {
            Ok("engines") => Self::start_apart(keys, doors).await,
            Ok(other) => panic!("WIDEAWAKE_TEST_ON is {other}; it may be `engines`"),
            Err(_) => Self::start_here(keys, doors).await,
        }
    }

    async fn start_here(keys: &str, doors: fn(SocketAddr, SocketAddr) -> Doors) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let config = read(keys, folder.path());
        let app = App::start(&config).await.unwrap_or_else(|error| panic!("it does not start: {error:?}"));
        let doors = doors(app.intake().expect("a door"), app.desk().expect("a door"));
        let (id, token) = (StaffId(clock::new_id()), tokens::new());
        let admin = Added {
            alias: "Ines".to_owned(),
            roles: vec![Role::Admin],
            pools: config.settings.pools.clone(),
            zone: chrono_tz::Tz::UTC,
            languages: vec!["en".parse().expect("a language")],
            capacity: 2,
            qualifications: Vec::new(),
            token: token.hash(),
        };
        app.record().add_staff(id, admin, Actor::System(Part::Operator)).await.expect("a ledger that takes an event");
        let house = House::of(&doors, &id.to_string(), token.expose(), beat(&config)).await;
        Self { house, served: Served::Here { app: Box::new(app), folder } }
    }

    async fn start_apart(keys: &str, doors: fn(SocketAddr, SocketAddr) -> Doors) -> Self {
        let live = Redis::start().expect("a Redis server of one's own");
        let engines = Engines {
            ledger: Postgres::fresh_database().expect("a PostgreSQL database of one's own"),
            bus: wideawake_engines::rabbitmq::fresh_vhost().expect("a RabbitMQ vhost of one's own"),
            live: live.url(),
        };
        // Whatever it does in these tests, nothing of what people write stands in a log, in much detail either.
        let cluster = Cluster::new(&format!("telemetry.log_filter = 'debug'\n{keys}"), engines);
        let (id, token) = cluster.admin();
        let services: Vec<_> =
            ["intake", "desk", "router", "escalation", "notifier"].map(|name| cluster.run(name, &[name])).into();
        let doors = doors(services[0].at(), services[1].at());
        let house = House::of(&doors, &id, &token, beat(&read(keys, cluster.folder()))).await;
        Self { house, served: Served::Apart { services, cluster, _live: live } }
    }

    pub fn folder(&self) -> &Path {
        match &self.served {
            Served::Here { folder, .. } => folder.path(),
            Served::Apart { cluster, .. } => cluster.folder(),
        }
    }

    pub async fn stop(self) {
        let Self { house, served } = self;
        drop(house);
        match served {
            Served::Here { app, folder } => {
                app.stop().await;
                drop(folder);
            }
            Served::Apart { mut services, .. } => {
                for service in &mut services {
                    let (status, _) = service.terminate();
                    assert!(status.success(), "{} ended with {status}:\n{}", service.name(), service.log());
                }
            }
        }
    }
}

/// Often enough that one lost beat changes nothing.
pub(crate) fn beat(config: &Config) -> Duration {
    let grace = config.settings.dispatch.presence_grace.to_std().expect("a positive time");
    (grace / 8).min(Duration::from_secs(3))
}

pub(crate) fn read(keys: &str, folder: &Path) -> Config {
    let filter = std::env::var("WIDEAWAKE_TEST_LOG").unwrap_or_else(|_| "warn".to_owned());
    let env = [("WIDEAWAKE_TELEMETRY__LOG_FILTER".to_owned(), filter)];
    Config::parse(&config::text(keys), "test", folder, env.into_iter()).unwrap_or_else(|errors| panic!("{errors}"))
}

impl Deref for Server {
    type Target = House;
    fn deref(&self) -> &House {
        &self.house
    }
}
