//! The bus within one process keeps the rules of buses.

use std::sync::Arc;
use wideawake_bus::{Bus, MemoryBus};
use wideawake_conformance::bus::Hub;

struct Process(MemoryBus);

#[async_trait::async_trait]
impl Hub for Process {
    async fn connect(&self) -> Arc<dyn Bus> {
        Arc::new(self.0.clone())
    }

    fn too_many(&self) -> Option<usize> {
        Some(20_000)
    }

    fn connects_processes(&self) -> bool {
        false
    }
}

#[allow(clippy::unused_async, reason = "other hubs are made by waiting")]
async fn fresh() -> Box<dyn Hub> {
    Box::new(Process(MemoryBus::default()))
}

wideawake_conformance::bus_suite!(fresh);
