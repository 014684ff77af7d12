//! The live state within one process keeps the rules of live states.

use std::sync::Arc;
use wideawake_conformance::live::Memory;
use wideawake_live::{Live, MemoryLive};

struct Process(MemoryLive);

#[async_trait::async_trait]
impl Memory for Process {
    async fn connect(&self) -> Arc<dyn Live> {
        Arc::new(self.0.clone())
    }
}

#[allow(clippy::unused_async, reason = "other memories are made by waiting")]
async fn fresh() -> Box<dyn Memory> {
    Box::new(Process(MemoryLive::default()))
}

wideawake_conformance::live_suite!(fresh);
