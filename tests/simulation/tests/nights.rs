//! A thousand nights keep every invariant. `--seeds` of the binary runs more of them.

use std::sync::atomic::{AtomicU64, Ordering};

use wideawake_simulation::run;

const NIGHTS: u64 = 1_000;

#[test]
fn a_thousand_nights_break_nothing() {
    let next = AtomicU64::new(0);
    let broken = std::thread::scope(|scope| {
        let live = || {
            let mut broken = Vec::new();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= NIGHTS {
                    return broken;
                }
                if let Some(violation) = run(seed, None, false).violation {
                    broken.push(format!("seed {seed} breaks {violation}"));
                }
            }
        };
        let threads: Vec<_> =
            (0..std::thread::available_parallelism().map_or(1, usize::from)).map(|_| scope.spawn(live)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a night does not panic")).collect::<Vec<_>>()
    });
    assert!(
        broken.is_empty(),
        "replay with `cargo run --release -p wideawake-simulation -- --seed N`:\n{}",
        broken.join("\n")
    );
}
