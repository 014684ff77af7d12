//! What a clinical lead wrote down: when risk in what a member says, how long they wait or what a volunteer does raises
//! priority and brings in more than a volunteer (DESIGN section 8). Nothing here diagnoses anyone: it orders a queue and
//! calls people.
//!
//! A [`Rulebook`] is parsed and checked elsewhere; here it is true. It is read from a [`Shelf`], where a newer one may be
//! put while everything runs.

mod condition; // what a rule asks
mod facts; // what a rule may ask about
mod rule; // when it is asked, and what follows
mod shelf;
pub mod triage; // what rules make of a request at the door

pub use condition::{BadCondition, CATEGORIES, Condition, FACTS, Fact, Kind, PHRASE, Sheet, Unclear};
pub use facts::{Facts, PoolFacts, Side, Silence, Spotted};
pub use rule::{Action, Rule, RuleSet, Trigger};
pub use shelf::{Rulebook, Shelf};
