//! The bus over RabbitMQ keeps the rules of buses, over TLS too.
#![allow(clippy::panic)]

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

mod over_tls {
    use super::*;
    use wideawake_engines::RabbitMq;

    /// A broker that speaks TLS, for this rule alone.
    struct Private {
        address: Broker,
        _server: RabbitMq,
    }

    #[async_trait::async_trait]
    impl Hub for Private {
        async fn connect(&self) -> Arc<dyn Bus> {
            self.address.connect().await
        }

        fn too_many(&self) -> Option<usize> {
            self.address.too_many()
        }

        fn connects_processes(&self) -> bool {
            self.address.connects_processes()
        }
    }

    async fn private() -> Private {
        let start = || {
            let server = RabbitMq::with_tls()?;
            Ok::<_, anyhow::Error>(Private { address: Broker(server.fresh_vhost()?), _server: server })
        };
        tokio::task::spawn_blocking(start).await.expect("it does not panic").expect("there is a broker")
    }

    async fn fresh() -> Box<dyn Hub> {
        Box::new(private().await)
    }

    wideawake_conformance::bus_suite!(
        fresh,
        many_publish_at_once_and_everything_arrives,
        whoever_is_seen_in_one_process_is_seen_in_the_others,
    );

    #[tokio::test]
    async fn nobody_is_spoken_to_whom_nobody_vouches_for() {
        let Private { address: Broker(url), _server } = private().await;
        let (without, _) = url.split_once('?').expect("it names the authority");
        let [stranger, known] =
            [without, &url].map(|url| RabbitBus::open(url, "conformance", &[]).expect("the address is one"));
        let mut refused = String::new();
        for _ in 0..200 {
            match stranger.ping().await {
                Ok(()) => panic!("a stranger was believed"),
                Err(error) => refused = error.to_string(),
            }
            if refused.contains("ertificate") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(refused.contains("ertificate"), "{refused}");
        for _ in 0..200 {
            if known.ping().await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("whom the authority vouches for was not believed");
    }
}
