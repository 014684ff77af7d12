//! The bus over RabbitMQ keeps the rules of buses.

use std::sync::Arc;
use std::time::Duration;
use wideawake_bus::{Bus, Leader, RabbitBus};
use wideawake_conformance::bus::Hub;
use wideawake_domain::Pool;

struct Broker(String);

#[async_trait::async_trait]
impl Hub for Broker {
    async fn connect(&self) -> Arc<dyn Bus> {
        let leaders = ["main", "youth"].map(|pool| Leader { name: format!("router.{pool}"), pool: Pool::named(pool) });
        let bus = RabbitBus::open(&self.0, "conformance", &leaders).expect("the address is one");
        for _ in 0..200 {
            if bus.ping().await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Arc::new(bus)
    }

    /// The broker keeps more than this suite says.
    fn too_many(&self) -> Option<usize> {
        None
    }

    fn connects_processes(&self) -> bool {
        true
    }
}

async fn fresh() -> Box<dyn Hub> {
    let vhost = tokio::task::spawn_blocking(wideawake_engines::rabbitmq::fresh_vhost).await;
    Box::new(Broker(vhost.expect("it does not panic").expect("there is a broker")))
}

wideawake_conformance::bus_suite!(fresh);
