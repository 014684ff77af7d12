//! The pages of the staff: the sign-in, the volunteer's desk and the supervisor's board.
//!
//! A page is for who is signed in and may see it: others are sent to the sign-in, or told in words. What its modules do goes
//! through the same calls as everybody's, under the same table (`permit`).

mod account; // how one signs in, where, and how one is called
mod board; // who waits, who is on duty, what needs more than a volunteer
mod clock; // moments, in words
mod coverage; // where nobody is, in the next fourteen days
mod history; // the history of one thing
mod plot; // lines over days, as SVG
mod roster; // who is scheduled, and changing it
mod rotations; // who is called in turn, and changing it
mod said; // what pages hand to their modules
mod shell; // the bar above each page
mod sign_in; // coming in and going out
mod visitor; // who may see a page
mod volunteer; // the volunteer's desk, and their week
mod waits; // how long people waited in the last days

use std::sync::LazyLock;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use wideawake_runtime::pages::{Assets, File};

use crate::desk::Desk;

pub(crate) use clock::moment;
pub(crate) use visitor::frame;

macro_rules! files {
    ($($name:literal),* $(,)?) => { [$(File::new($name, include_str!(concat!("../../assets/", $name)))),*] };
}

/// Everything that the pages of this door load.
pub(crate) static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    Assets::new(&files![
        "desk.css",
        "account.js",
        "admit.js",
        "ask.js",
        "board.js",
        "called.js",
        "case.js",
        "contact.js",
        "deeds.js",
        "desk.js",
        "entries.js",
        "kit.js",
        "link.js",
        "offers.js",
        "passkey.js",
        "people.js",
        "person.js",
        "pulse.js",
        "roster.js",
        "rotation.js",
        "rows.js",
        "several.js",
        "sign-in.js",
        "sound.js",
        "talk.js",
        "week.js",
        "why.js",
    ])
});

/// The pages that people come to by themselves.
pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/desk") }))
        .route("/sign-in", get(sign_in::show).post(sign_in::send))
        .route("/sign-out", axum::routing::post(sign_in::out))
        .route("/desk", get(volunteer::show))
        .route("/desk/week", get(volunteer::week))
        .route("/desk/account", get(account::show))
        .route("/board", get(board::show))
        .route("/board/roster", get(roster::list))
        .route("/board/roster/{id}", get(roster::person))
        .route("/board/rotations", get(rotations::list))
        .route("/board/rotations/{name}", get(rotations::one))
        .route("/board/coverage", get(coverage::show))
        .route("/board/waits", get(waits::show))
        .route("/board/history", get(history::show))
}
