//! The bar above each page: where one can go, and who one is.

use wideawake_domain::staff::{Role, StaffMember};
use wideawake_runtime::pages::Frame;

/// What the bar shows.
pub(crate) struct Shell {
    /// The caller's name.
    pub(crate) alias: String,
    /// Where they can go.
    pub(crate) nav: Vec<Way>,
    /// Whether it is the page about themself.
    pub(crate) account: bool,
    /// What the page hands to its modules, as JSON that may stand in HTML; empty without modules.
    pub(crate) data: String,
}

/// A place to go.
pub(crate) struct Way {
    pub(crate) href: &'static str,
    pub(crate) words: String,
    /// Whether it is where one is.
    pub(crate) here: bool,
}

const TALKS: &[Role] = &[Role::Volunteer, Role::Supervisor, Role::Professional];
const ALL: &[Role] = &[Role::Volunteer, Role::Supervisor, Role::Professional, Role::Admin];
const SUPERVISES: &[Role] = &[Role::Supervisor];
const MANAGES: &[Role] = &[Role::Supervisor, Role::Admin];

/// The pages, in order, and for whom they are: the table decides, this only shows no door that is shut.
const WAYS: [(&str, &str, &[Role]); 8] = [
    ("/desk", "nav-desk", TALKS),
    ("/desk/week", "nav-week", ALL),
    ("/board", "nav-board", SUPERVISES),
    ("/board/roster", "nav-roster", MANAGES),
    ("/board/rotations", "nav-rotations", SUPERVISES),
    ("/board/coverage", "nav-coverage", SUPERVISES),
    ("/board/waits", "nav-waits", SUPERVISES),
    ("/board/history", "nav-history", MANAGES),
];

impl Shell {
    pub(super) fn new(frame: &Frame, at: &'static str, member: &StaffMember) -> Self {
        let open = |roles: &[Role]| roles.iter().any(|role| member.is(*role));
        let ways = WAYS.into_iter().filter(|(_, _, roles)| open(roles));
        let way = |(href, key, _)| Way { href, words: frame.say(key).into_owned(), here: href == at };
        Self {
            alias: member.alias.clone(),
            nav: ways.map(way).collect(),
            account: at == "/desk/account",
            data: String::new(),
        }
    }

    /// The same, with something for the page's modules.
    pub(super) fn handing(self, data: String) -> Self {
        Self { data, ..self }
    }
}
