//! Longer texts, pieced together from labelled messages.

use wideawake_domain::Language;

use crate::score::Message;

/// Texts of about that length, each in one language.
pub(crate) fn of_length(messages: &[Message], length: usize) -> Vec<(Language, String)> {
    let mut texts: Vec<(Language, String)> = Vec::new();
    for message in messages {
        match texts.last_mut() {
            Some((language, text)) if *language == message.language && text.chars().count() < length => {
                text.push(' ');
                text.push_str(&message.text);
            }
            _ => texts.push((message.language.clone(), message.text.clone())),
        }
    }
    for (_, text) in &mut texts {
        *text = text.chars().take(length).collect();
    }
    texts
}
