//! The volunteers of a pool, indexed by what they can serve, so that a choice looks at kinds of people, not at people.

use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use super::sketch::{Attribute, Outline, Sketch, Wanted};
use super::standing::Standing;
use super::waiting::Fit;
use crate::settings::Skill;
use crate::{Language, Priority, RequestId, StaffId};

/// What somebody can serve, now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Abilities {
    /// Sorted.
    pub languages: Vec<Language>,
    /// Not expired; sorted.
    pub skills: Vec<Skill>,
    /// Expired; sorted.
    pub expired: Vec<Skill>,
}

/// The order in which people of the same abilities are asked: lowest load, awake, longest since the last offer, id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    /// Taken places per million places.
    pub load: u64,
    pub asleep: bool,
    pub last_offer: Option<DateTime<Utc>>,
    pub id: StaffId,
}

/// An open offer that a more urgent request may take the place of: the least urgent and youngest first.
pub(super) type Yields = (Priority, Reverse<DateTime<Utc>>, RequestId);

/// Where somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub group: usize,
    pub standing: Standing,
    pub turn: Turn,
    /// Whether they hold a request.
    pub holds: bool,
    /// When they have no free place but one that can be made free.
    pub yields: Option<Yields>,
}

/// Everybody with the same abilities.
#[derive(Debug)]
pub(super) struct Group {
    pub abilities: Abilities,
    pub members: u32,
    pub standings: [u32; Standing::COUNT],
    /// Who can be asked for anything, and who for urgent requests only, since their shift ends soon; of both, those who
    /// hold nothing apart from those who hold something.
    free: [[BTreeSet<Turn>; 2]; 2],
    /// The first of either.
    first: [Option<Turn>; 2],
    pub yielding: BTreeSet<(Yields, StaffId)>,
    /// The classes of requests that they can serve.
    pub classes: Vec<usize>,
}

impl Turn {
    /// Before everybody's.
    pub(super) const FIRST: Self = Self { load: 0, asleep: false, last_offer: None, id: StaffId(uuid::Uuid::nil()) };
}

impl Group {
    /// Whose turn it is first among those who can be asked for a request of `priority`.
    pub(super) fn first_for(&self, priority: Priority) -> Option<Turn> {
        let first = |n: usize| self.first[n];
        first(0).into_iter().chain(if priority >= Priority::Urgent { first(1) } else { None }).min()
    }

    /// Those who can be asked for a request of `priority`: with whether they hold something, in the order of their turns.
    pub(super) fn free_for(&self, priority: Priority) -> impl Iterator<Item = (bool, &BTreeSet<Turn>)> {
        let sets = if priority >= Priority::Urgent { &self.free[..] } else { &self.free[..1] };
        sets.iter().flat_map(|[idle, busy]| [(false, idle), (true, busy)])
    }

    /// How many can be asked for anything, or for something.
    pub(super) fn count_free(&self) -> usize {
        self.free.iter().flatten().map(BTreeSet::len).sum()
    }

    fn free_at(&mut self, place: &Place) -> Option<&mut BTreeSet<Turn>> {
        let winding = match place.standing {
            Standing::Free => 0,
            Standing::WindingDown => 1,
            _ => return None,
        };
        Some(&mut self.free[winding][usize::from(place.holds)])
    }
}

/// All groups.
#[derive(Debug, Default)]
pub(super) struct Crew {
    groups: Vec<Group>,
    /// By group.
    sketches: Vec<Sketch>,
    by_abilities: HashMap<Abilities, usize>,
    vacant: Vec<usize>,
    numbers: HashMap<String, Attribute>,
    /// By attribute, how many who can be asked for anything have it.
    free: Vec<u32>,
    pub members: u32,
}

impl Crew {
    pub(super) fn group(&self, at: usize) -> &Group {
        &self.groups[at]
    }

    /// Every group with its number, empty ones too.
    pub(super) fn groups(&self) -> impl Iterator<Item = (usize, &Group)> {
        self.groups.iter().enumerate()
    }

    pub(super) fn unlink_class(&mut self, group: usize, class: usize) {
        self.groups[group].classes.retain(|at| *at != class);
    }

    pub(super) fn link_class(&mut self, group: usize, class: usize) {
        self.groups[group].classes.push(class);
    }

    /// Finds or makes the group of these abilities; true when it is new and has to be matched with all classes.
    pub(super) fn join(&mut self, abilities: &Abilities) -> (usize, bool) {
        let (at, new) = match self.by_abilities.get(abilities) {
            Some(at) => (*at, false),
            None => (self.found(abilities.clone()), true),
        };
        self.groups[at].members += 1;
        self.members += 1;
        (at, new)
    }

    fn found(&mut self, abilities: Abilities) -> usize {
        let languages = abilities.languages.iter().map(|l| format!("language {l}"));
        let names: Vec<String> = languages.chain(abilities.skills.iter().map(skill_name)).collect();
        let attributes: Vec<Attribute> = names.into_iter().map(|name| self.number(name)).collect();
        let sketch = Sketch::of(&attributes);
        let group = Group {
            abilities: abilities.clone(),
            members: 0,
            standings: [0; Standing::COUNT],
            free: Default::default(),
            first: [None; 2],
            yielding: BTreeSet::new(),
            classes: Vec::new(),
        };
        let at = if let Some(at) = self.vacant.pop() {
            (self.groups[at], self.sketches[at]) = (group, sketch);
            at
        } else {
            self.groups.push(group);
            self.sketches.push(sketch);
            self.groups.len() - 1
        };
        self.by_abilities.insert(abilities, at);
        at
    }

    fn number(&mut self, name: String) -> Attribute {
        let next = Attribute::try_from(self.free.len()).unwrap_or(Attribute::MAX);
        let number = *self.numbers.entry(name).or_insert(next);
        if usize::from(number) == self.free.len() {
            self.free.push(0);
        }
        number
    }

    /// The numbers of these skills.
    pub(super) fn numbers(&mut self, skills: &[Skill]) -> Vec<Attribute> {
        skills.iter().map(|skill| self.number(skill_name(skill))).collect()
    }

    /// The number of a skill, if anybody ever had it.
    pub(super) fn number_of(&self, skill: &Skill) -> Option<Attribute> {
        self.numbers.get(&skill_name(skill)).copied()
    }

    /// Somebody leaves the group; true when it is empty now and has to be unlinked from its classes.
    pub(super) fn leave(&mut self, at: usize) -> bool {
        let group = &mut self.groups[at];
        group.members -= 1;
        self.members -= 1;
        if group.members > 0 {
            return false;
        }
        self.by_abilities.remove(&group.abilities);
        self.vacant.push(at);
        true
    }

    /// The classes of an emptied group, which is linked to none from now on.
    pub(super) fn take_classes(&mut self, at: usize) -> Vec<usize> {
        std::mem::take(&mut self.groups[at].classes)
    }

    pub(super) fn place(&mut self, place: &Place) {
        let group = &mut self.groups[place.group];
        group.standings[place.standing as usize] += 1;
        group.yielding.extend(place.yields.map(|yields| (yields, place.turn.id)));
        if let Some(free) = group.free_at(place) {
            free.insert(place.turn);
        }
        if place.standing == Standing::Free {
            for attribute in self.sketches[place.group].attributes() {
                self.free[usize::from(*attribute)] += 1;
            }
        }
        self.sketch(place.group);
    }

    pub(super) fn displace(&mut self, place: &Place) {
        let group = &mut self.groups[place.group];
        group.standings[place.standing as usize] -= 1;
        if let Some(yields) = place.yields {
            group.yielding.remove(&(yields, place.turn.id));
        }
        if let Some(free) = group.free_at(place) {
            free.remove(&place.turn);
        }
        if place.standing == Standing::Free {
            for attribute in self.sketches[place.group].attributes() {
                self.free[usize::from(*attribute)] -= 1;
            }
        }
        self.sketch(place.group);
    }

    fn sketch(&mut self, at: usize) {
        let (group, sketch) = (&mut self.groups[at], &mut self.sketches[at]);
        for (n, [idle, busy]) in group.free.iter().enumerate() {
            group.first[n] = idle.first().into_iter().chain(busy.first()).min().copied();
            sketch.free[n] = group.first[n].is_some();
            sketch.idle[n] = !idle.is_empty();
        }
        sketch.yielding = !group.yielding.is_empty();
    }

    /// Whether somebody in the group has an offer that could give way.
    pub(super) fn is_yielding(&self, at: usize) -> bool {
        self.sketches[at].yielding
    }

    /// What a request of `priority` asks for that needs and prefers that.
    pub(super) fn wanted(&self, priority: Priority, needed: &[Attribute], preferred: &[Attribute]) -> Wanted {
        Wanted::new(priority, &self.free, needed, preferred)
    }

    /// The best that can be said of anybody in the group, spoken with in `spoken`; `None` when nobody in it can be asked.
    pub(super) fn outline(&self, at: usize, spoken: Attribute, wanted: &Wanted) -> Option<Outline> {
        self.sketches[at].outline(spoken, wanted)
    }

    /// How many free volunteers share the rarest of what the group has and `wanted` does not ask for.
    pub(super) fn abundance(&self, at: usize, spoken: Attribute, wanted: &Wanted) -> u32 {
        self.sketches[at].abundance(spoken, wanted)
    }

    /// Whether this group can serve requests in that language with those needs, and why not.
    pub(super) fn fit(&self, at: usize, language: &Language, needs: &[Skill]) -> Fit {
        let group = &self.groups[at];
        let abilities = &group.abilities;
        let Some(spoken) = language.spoken_by(&abilities.languages) else { return Fit::Language };
        let missing = |skill: &&Skill| abilities.skills.binary_search(skill).is_err();
        let lapsed = |skill: &Skill| abilities.expired.binary_search(skill).is_ok();
        let missing: Vec<&Skill> = needs.iter().filter(missing).collect();
        if missing.is_empty() {
            let spoken = abilities.languages.iter().position(|language| language == spoken);
            let attributes = self.sketches[at].attributes();
            Fit::Yes { spoken: spoken.and_then(|n| attributes.get(n)).copied().unwrap_or(Attribute::MAX) }
        } else if missing.into_iter().all(lapsed) {
            Fit::Expired
        } else {
            Fit::Unqualified
        }
    }
}

fn skill_name(skill: &Skill) -> String {
    format!("skill {skill}")
}
