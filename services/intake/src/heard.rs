//! What a member hears of what happens: the same on the stream and on the page.

use wideawake_domain::request::{RequestEvent, Speaker, SupportRequest};
use wideawake_domain::{Event, Recorded};
use wideawake_runtime::RecordError;
use wideawake_runtime::pages::Words;

use crate::state::Door;

/// Something that a member hears.
pub(crate) enum Heard {
    /// Somebody wrote, or Wideawake itself says it.
    Words(Speaker, String),
    /// Whom else to call: it is time to say so.
    Resources,
    /// The same, and why.
    ResourcesAndWords(String),
}

/// What the member is to hear of a fact, if anything; `words` are those that Wideawake has for them.
pub(crate) async fn heard(
    door: &Door,
    request: &SupportRequest,
    fact: &Recorded,
    words: &'static Words,
) -> Result<Option<Heard>, RecordError> {
    let Ok(Event::Request(event)) = fact.event() else { return Ok(None) };
    let system = |key: &str| Heard::Words(Speaker::System, words.say(key).into_owned());
    let heard = match event {
        RequestEvent::Message(message) if !message.aside && !request.erased => {
            match door.record.text(request.id, fact.version, &message.text).await {
                Ok(text) => text.filter(|text| !text.is_empty()).map(|text| Heard::Words(message.from, text)),
                // What cannot be opened now never can: the rest of the conversation must not wait for it.
                Err(RecordError::Vault(error)) => {
                    tracing::error!(%error, request = %request.id, version = %fact.version, "a message cannot be opened");
                    None
                }
                Err(error) => return Err(error),
            }
        }
        RequestEvent::Released(_) => Some(system("said-released")),
        RequestEvent::Barred(_) => Some(Heard::ResourcesAndWords(words.say("said-barred").into_owned())),
        RequestEvent::Opened(_) if !door.speaks(request) => Some(system("said-unserved")),
        RequestEvent::Triaged(triaged) if !triaged.show.is_empty() => Some(Heard::Resources),
        RequestEvent::Exhausted(_) => Some(Heard::Resources),
        _ => None,
    };
    Ok(heard)
}
