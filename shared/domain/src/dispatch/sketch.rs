//! What a choice has to know of a group of volunteers to pass it over, kept small and close together: there may be as
//! many groups as people, and a choice looks at each that can serve.

use crate::Priority;

/// A language or a skill, by its number in [`Crew`]. Should there ever be more than fit, the last ones share a number, and
/// scarcity is a little less exact.
pub(super) type Attribute = u16;

/// What a choice has to know of a group to pass it over, and no more: there may be as many groups as people.
#[derive(Debug)]
pub(super) struct Sketch {
    attributes: Attributes,
    /// Whether somebody can be asked for anything, or for something since their shift ends soon; of both, whether one of
    /// them holds nothing.
    pub free: [bool; 2],
    pub idle: [bool; 2],
    pub yielding: bool,
}

/// The numbers of the languages and skills of a group; as good as always few enough to lie beside one another.
#[derive(Debug)]
enum Attributes {
    Few(u8, [Attribute; 15]),
    Many(Box<[Attribute]>),
}

impl Attributes {
    fn of(all: &[Attribute]) -> Self {
        let mut few = [0; 15];
        match few.get_mut(..all.len()) {
            Some(part) => {
                part.copy_from_slice(all);
                Self::Few(all.len() as u8, few)
            }
            None => Self::Many(all.into()),
        }
    }

    fn as_slice(&self) -> &[Attribute] {
        match self {
            Self::Few(length, few) => &few[..usize::from(*length)],
            Self::Many(many) => many,
        }
    }
}

/// The best that can be said of anybody in a group for a request, before anybody is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outline {
    pub some_hold_nothing: bool,
    pub unmet: usize,
    /// How many free volunteers share the rarest language or skill of this group beside the one they speak with the
    /// member and those that are needed; the larger, the less is lost to others by asking one of them.
    pub abundance: u32,
}

/// What a request asks for, by the numbers of languages and skills.
pub(super) struct Wanted {
    urgent: bool,
    /// By attribute: how many free volunteers have it, unless it is needed.
    spare: Vec<u32>,
    /// By attribute: how often it is preferred.
    preferred: Vec<u8>,
    wishes: usize,
}

impl Sketch {
    pub(super) fn of(attributes: &[Attribute]) -> Self {
        Self { attributes: Attributes::of(attributes), free: [false; 2], idle: [false; 2], yielding: false }
    }

    pub(super) fn attributes(&self) -> &[Attribute] {
        self.attributes.as_slice()
    }

    /// The best that can be said of anybody in the group, spoken with in `spoken`; `None` when nobody in it can be asked.
    pub(super) fn outline(&self, spoken: Attribute, wanted: &Wanted) -> Option<Outline> {
        let winding = |of: [bool; 2]| wanted.urgent && of[1];
        if !self.free[0] && !winding(self.free) {
            return None;
        }
        let (mut abundance, mut met) = (u32::MAX, 0);
        for attribute in self.attributes() {
            met += usize::from(wanted.preferred[usize::from(*attribute)]);
            if *attribute != spoken {
                abundance = abundance.min(wanted.spare[usize::from(*attribute)]);
            }
        }
        let some_hold_nothing = self.idle[0] || winding(self.idle);
        Some(Outline { some_hold_nothing, unmet: wanted.wishes - met, abundance })
    }
}

impl Wanted {
    /// `free` says of each attribute how many free volunteers have it.
    pub(super) fn new(priority: Priority, free: &[u32], needed: &[Attribute], preferred: &[Attribute]) -> Self {
        let urgent = priority >= Priority::Urgent;
        let mut wanted = Self { urgent, spare: free.to_vec(), preferred: vec![0; free.len()], wishes: preferred.len() };
        for attribute in needed {
            wanted.spare[usize::from(*attribute)] = u32::MAX;
        }
        for attribute in preferred {
            wanted.preferred[usize::from(*attribute)] += 1;
        }
        wanted
    }
}
