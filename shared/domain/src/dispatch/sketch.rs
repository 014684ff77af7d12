//! What a choice has to know of a group of volunteers to pass it over, kept small and close together: there may be as
//! many groups as people, and a choice looks at each that can serve.

use crate::Priority;

/// A language or a skill, by its number in [`Crew`]. Should there ever be more than fit, the last ones share a number, and
/// scarcity is a little less exact.
pub(super) type Attribute = u16;

/// What a choice has to know of a group to pass it over, and no more: there may be as many groups as people.
#[derive(Debug)]
pub(super) struct Sketch {
    /// Those of the attributes that have one of the first 64 numbers.
    bits: u64,
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
    /// [`Sketch::abundance`] is not more than this.
    pub most_abundance: u32,
}

/// What a request asks for, by the numbers of languages and skills.
pub(super) struct Wanted {
    urgent: bool,
    /// By attribute: how many free volunteers have it, unless it is needed.
    spare: Vec<u32>,
    /// Once each time that it is preferred.
    preferred: Vec<Attribute>,
    /// Attributes that fewer than so many free volunteers have.
    scarce: (u64, u32),
}

impl Sketch {
    pub(super) fn of(attributes: &[Attribute]) -> Self {
        let bits = attributes.iter().fold(0, |bits, attribute| bits | bit(*attribute));
        Self { bits, attributes: Attributes::of(attributes), free: [false; 2], idle: [false; 2], yielding: false }
    }

    pub(super) fn attributes(&self) -> &[Attribute] {
        self.attributes.as_slice()
    }

    /// The best that can be said of anybody in the group, spoken with in `spoken`; `None` when nobody in it can be asked.
    #[inline]
    pub(super) fn outline(&self, spoken: Attribute, wanted: &Wanted) -> Option<Outline> {
        let winding = |of: [bool; 2]| wanted.urgent && of[1];
        if !self.free[0] && !winding(self.free) {
            return None;
        }
        let (scarce, than) = wanted.scarce;
        let has_scarce = self.bits & scarce & !bit(spoken) != 0;
        Some(Outline {
            some_hold_nothing: self.idle[0] || winding(self.idle),
            unmet: wanted.preferred.iter().filter(|attribute| !self.has(**attribute)).count(),
            most_abundance: if has_scarce { than.saturating_sub(1) } else { u32::MAX },
        })
    }

    /// How many free volunteers share the rarest language or skill of this group beside the one they speak with the member
    /// and those that are needed; the larger, the less is lost to others by asking one of them.
    pub(super) fn abundance(&self, spoken: Attribute, wanted: &Wanted) -> u32 {
        let others = self.attributes().iter().filter(|attribute| **attribute != spoken);
        others.map(|attribute| wanted.spare[usize::from(*attribute)]).min().unwrap_or(u32::MAX)
    }

    fn has(&self, attribute: Attribute) -> bool {
        match bit(attribute) {
            0 => self.attributes().contains(&attribute),
            bit => self.bits & bit != 0,
        }
    }
}

/// No bit, from 64 on.
fn bit(attribute: Attribute) -> u64 {
    1u64.checked_shl(attribute.into()).unwrap_or(0)
}

impl Wanted {
    /// `free` says of each attribute how many free volunteers have it.
    pub(super) fn new(priority: Priority, free: &[u32], needed: &[Attribute], preferred: &[Attribute]) -> Self {
        let urgent = priority >= Priority::Urgent;
        let mut wanted = Self { urgent, spare: free.to_vec(), preferred: preferred.to_vec(), scarce: (0, 0) };
        for attribute in needed {
            wanted.spare[usize::from(*attribute)] = u32::MAX;
        }
        wanted
    }

    /// Only who has an abundance of so much or more is still of interest, if nothing else speaks for them.
    pub(super) fn look_for(&mut self, abundance: u32) {
        if self.scarce.1 == abundance {
            return;
        }
        let scarce = (0..).zip(&self.spare).filter(|(_, spare)| **spare < abundance);
        self.scarce = (scarce.fold(0, |bits, (attribute, _)| bits | bit(attribute)), abundance);
    }
}
