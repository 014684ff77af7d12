//! What one decision of the dispatcher takes, and how much it allocates: `cargo bench -p wideawake-domain --bench dispatch`.
//! The argument is how many wait, beside 10,000 volunteers. How the times are spread: `--bench percentiles`.

#![allow(clippy::unwrap_used, missing_docs)]

mod imagined;

use divan::{AllocProfiler, Bencher};
use imagined::rebuild::Record;
use imagined::scenes::{self, Scene};
use imagined::sizes;
use std::cell::RefCell;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// Measures every step that is called `what`; what comes between happens too, unmeasured.
fn measure(bencher: Bencher<'_, '_>, what: &str, scene: Scene) {
    let scene = RefCell::new(scene);
    bencher
        .with_inputs(|| {
            let mut scene = scene.borrow_mut();
            loop {
                let step = scene.next();
                if step.what == what {
                    return step;
                }
                scene.pool.decide(&step);
            }
        })
        .bench_local_refs(|step| scene.borrow_mut().pool.decide(step));
}

/// A backlog that nobody can serve, and a stream of others who are served.
#[divan::bench_group(sample_size = 1, sample_count = 2000)]
mod stuck {
    use super::*;

    #[divan::bench(args = sizes())]
    fn opened(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "opened", scenes::stuck(waiting));
    }

    #[divan::bench(args = sizes())]
    fn declined(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "declined", scenes::stuck(waiting));
    }

    #[divan::bench(args = sizes())]
    fn settled(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "settled", scenes::stuck(waiting));
    }

    #[divan::bench(args = sizes())]
    fn accepted(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "accepted", scenes::stuck(waiting));
    }

    #[divan::bench(args = sizes())]
    fn closed(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "closed", scenes::stuck(waiting));
    }

    #[divan::bench(args = sizes())]
    fn opened_among_few_kinds(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "opened", scenes::stuck_among_few_kinds(waiting));
    }
}

/// Everybody speaks one language, so that everybody can be asked.
#[divan::bench_group(sample_size = 1, sample_count = 2000)]
mod one_language {
    use super::*;

    #[divan::bench(args = sizes())]
    fn opened(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "opened", scenes::one_language(waiting));
    }
}

/// A backlog that could be served, but all places are taken.
#[divan::bench_group(sample_size = 1, sample_count = 2000)]
mod crowded {
    use super::*;

    #[divan::bench(args = sizes())]
    fn closed(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "closed", scenes::crowded(waiting));
    }

    #[divan::bench(args = sizes())]
    fn opened(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "opened", scenes::crowded(waiting));
    }
}

/// Nobody is on duty.
#[divan::bench_group(sample_size = 1, sample_count = 2000)]
mod nobody {
    use super::*;

    #[divan::bench(args = sizes())]
    fn opened(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "opened", scenes::nobody(waiting));
    }

    #[divan::bench(args = sizes())]
    fn left(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "left", scenes::nobody(waiting));
    }
}

/// People show that they are there.
#[divan::bench_group(sample_size = 1, sample_count = 2000)]
mod seen {
    use super::*;

    #[divan::bench(args = sizes())]
    fn volunteer(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "volunteer seen", scenes::volunteers_seen(waiting));
    }

    #[divan::bench(args = sizes())]
    fn member(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "member seen", scenes::members_seen(waiting));
    }
}

/// A thousand at once: one decision with many wishes.
#[divan::bench_group(sample_size = 1, sample_count = 10)]
mod at_once {
    use super::*;

    #[divan::bench(args = sizes())]
    fn thousand_arrive(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "burst", scenes::burst(waiting));
    }

    #[divan::bench(args = sizes())]
    fn thousand_come_on_shift(bencher: Bencher<'_, '_>, waiting: usize) {
        measure(bencher, "hour", scenes::hour(waiting));
    }
}

/// Everything anew, from the record; the argument is how many requests are open.
#[divan::bench(args = sizes(), sample_size = 1, sample_count = 5)]
fn rebuild(bencher: Bencher<'_, '_>, open: usize) {
    let record = Record::of(open);
    bencher.bench_local(|| {
        let mut dispatcher = record.observe();
        record.take_over(&mut dispatcher);
        dispatcher
    });
}
