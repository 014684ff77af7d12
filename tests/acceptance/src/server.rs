//! The whole app in this process, on free ports, over a temporary folder.

use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use wideawake::app::App;
use wideawake_domain::record::Part;
use wideawake_domain::staff::{Added, Role};
use wideawake_domain::{Actor, StaffId};
use wideawake_runtime::config::Config;
use wideawake_runtime::{clock, tokens};

use crate::{Doors, House, config};

pub struct Server {
    house: House,
    app: App,
    folder: TempDir,
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

    async fn start_with(keys: &str, doors: fn(std::net::SocketAddr, std::net::SocketAddr) -> Doors) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let config = read(keys, folder.path());
        let app = App::start(&config).await.unwrap_or_else(|error| panic!("it does not start: {error:?}"));
        let doors = doors(app.intake, app.desk);
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
        let grace = config.settings.dispatch.presence_grace.to_std().expect("a positive time");
        let house = House::of(&doors, &id.to_string(), token.expose(), beat(grace)).await;
        Self { house, app, folder }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub async fn stop(self) {
        let Self { house, app, folder } = self;
        drop(house);
        app.stop().await;
        drop(folder);
    }
}

/// Often enough that one lost beat changes nothing.
pub(crate) fn beat(presence_grace: Duration) -> Duration {
    (presence_grace / 8).min(Duration::from_secs(3))
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
