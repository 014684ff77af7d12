//! Colleagues: who they are, what they may do, what they are trained in, when they are there, and how to reach them.

pub(crate) mod contact; // how they can be paged
pub(crate) mod hours; // leave and extra hours
pub(crate) mod list; // who there is
pub(crate) mod profile; // adding, changing, removing
pub(crate) mod shifts; // when they are scheduled
pub(crate) mod training; // qualifications
