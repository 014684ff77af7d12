//! What is measured: each scene is a pool in some state, and what happens in it from then on.

use chrono::TimeDelta;
use wideawake_domain::staff::Duty;

use super::people::Hiring;
use super::stories::{Routine, Story, Stream};
use super::{Imagined, LANGUAGES, LONG, Step, volunteers};

/// A pool, and what happens in it.
pub(crate) struct Scene {
    pub(crate) pool: Imagined,
    story: Story,
}

impl Scene {
    /// Makes what happens next, but does not tell the dispatcher.
    pub(crate) fn next(&mut self) -> Step {
        self.story.next(&mut self.pool)
    }
}

const SPOKEN: usize = LANGUAGES.len() - 1;

/// Volunteers who are always on shift and ready.
pub(super) fn hired() -> Hiring {
    Hiring { number: volunteers(), kinds: volunteers(), languages: SPOKEN, duty: Duty::Ready, hours: &[] }
}

fn scene(pool: Imagined, story: Story) -> Scene {
    Scene { pool, story }
}

/// Everybody who waits does so in a language that nobody speaks; a stream of others is served meanwhile.
pub(crate) fn stuck(waiting: usize) -> Scene {
    stuck_among(&hired(), waiting)
}

/// The same, and the volunteers are of at most 64 combinations of languages and qualifications.
pub(crate) fn stuck_among_few_kinds(waiting: usize) -> Scene {
    stuck_among(&Hiring { kinds: 64, ..hired() }, waiting)
}

/// The same, and all volunteers speak one language, so that everybody can be asked by everybody.
pub(crate) fn one_language(waiting: usize) -> Scene {
    stuck_among(&Hiring { languages: 1, ..hired() }, waiting)
}

fn stuck_among(hiring: &Hiring, waiting: usize) -> Scene {
    let mut pool = Imagined::new();
    pool.hire(hiring);
    pool.wait(waiting, SPOKEN..LANGUAGES.len());
    scene(pool, Story::Stream(Stream::new(Routine::Served(0..hiring.languages))))
}

/// Everybody could be served, but all places are taken; one conversation ends after the other.
pub(crate) fn crowded(waiting: usize) -> Scene {
    scene(full(waiting), Story::Stream(Stream::new(Routine::Crowded(0..SPOKEN))))
}

fn full(waiting: usize) -> Imagined {
    let mut pool = Imagined::new();
    pool.hire(&hired());
    pool.occupy(0..volunteers());
    pool.wait(waiting, 0..SPOKEN);
    pool
}

/// All volunteers are on a break.
pub(crate) fn nobody(waiting: usize) -> Scene {
    let mut pool = Imagined::new();
    pool.hire(&Hiring { duty: Duty::Break, ..hired() });
    pool.wait(waiting, 0..SPOKEN);
    scene(pool, Story::Stream(Stream::new(Routine::Unserved(0..SPOKEN))))
}

/// 1,000 ask at once, beside a backlog that is stuck.
pub(crate) fn burst(waiting: usize) -> Scene {
    let mut pool = Imagined::new();
    pool.hire(&hired());
    pool.wait(waiting, SPOKEN..LANGUAGES.len());
    scene(pool, Story::Burst { size: volunteers() / 10, languages: 0..SPOKEN })
}

/// One volunteer of ten comes on shift at the hour, all the others have no free place, and everybody who waits could be
/// served.
pub(crate) fn hour(waiting: usize) -> Scene {
    let (all, few) = (volunteers(), volunteers() / 10);
    let mut pool = Imagined::new();
    pool.hire(&Hiring { number: all - few, ..hired() });
    pool.occupy(0..all - few);
    pool.hire(&Hiring { number: few, hours: &[0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22], ..hired() });
    pool.wait(waiting, 0..SPOKEN);
    scene(pool, Story::Hour { languages: 0..SPOKEN, served: Vec::new() })
}

/// Every volunteer shows every ten seconds that they are there, beside a backlog that is stuck.
pub(crate) fn volunteers_seen(waiting: usize) -> Scene {
    let mut pool = Imagined::new();
    pool.presence = TimeDelta::zero();
    pool.hire(&hired());
    pool.presence = LONG;
    pool.wait(waiting, SPOKEN..LANGUAGES.len());
    // Until the first alarms have passed.
    warmed(scene(pool, Story::VolunteersSeen { next: 0 }), volunteers() * 4)
}

/// Every member shows every twenty seconds that they are there; all places are taken.
pub(crate) fn members_seen(waiting: usize) -> Scene {
    let mut pool = Imagined::new();
    pool.hire(&hired());
    pool.occupy(0..volunteers());
    pool.presence = TimeDelta::zero();
    pool.wait(waiting, 0..SPOKEN);
    warmed(scene(pool, Story::MembersSeen { next: 0 }), waiting * 4)
}

fn warmed(mut scene: Scene, steps: usize) -> Scene {
    for _ in 0..steps {
        let step = scene.next();
        scene.pool.decide(&step);
    }
    scene
}
