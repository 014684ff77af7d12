//! What pages say. Everything that could be about a member is left out: a page lies on lock screens and mail servers. It
//! says where somebody is needed, how urgently, and how to take it on.

use wideawake_domain::process::Occasion;

use crate::couriers::Parcel;

/// How many characters of the GSM alphabet one text message has.
const ONE_MESSAGE: usize = 160;

/// The name of an occasion in a webhook.
pub(crate) const fn occasion(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::TakeOn => "take_on",
        Occasion::Fallback => "fallback",
        Occasion::Remind => "remind",
        Occasion::HandOver => "hand_over",
    }
}

const fn wanted(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::TakeOn => "somebody is needed",
        Occasion::Fallback => "nobody has answered yet",
        Occasion::Remind => "not resolved yet",
        Occasion::HandOver => "you are asked to take over",
    }
}

pub(crate) fn subject(parcel: &Parcel<'_>) -> String {
    let errand = parcel.errand;
    format!("[Wideawake] {}, line {}: {}", errand.priority.as_str(), errand.line, wanted(errand.occasion))
}

pub(crate) fn plain(parcel: &Parcel<'_>) -> String {
    let errand = parcel.errand;
    format!(
        "Line: {}\nPriority: {}\nWhy you are called: {}\n\nTake it on: {}\n(A page with a button; nothing happens before you press it.)\n\nThe desk: {}\n\nPage {} of escalation {}.\n",
        errand.line,
        errand.priority.as_str(),
        wanted(errand.occasion),
        &parcel.link,
        parcel.public_url,
        errand.page,
        errand.escalation,
    )
}

pub(crate) fn html(parcel: &Parcel<'_>) -> String {
    let errand = parcel.errand;
    let (line, link, desk) = (escape(&errand.line), escape(&parcel.link), escape(parcel.public_url));
    format!(
        "<!doctype html><html lang=\"en\"><body style=\"font-family:sans-serif\"><p>Line: <strong>{line}</strong><br>Priority: <strong>{}</strong><br>Why you are called: {}</p><p><a href=\"{link}\">Take it on</a> (a page with a button; nothing happens before you press it)</p><p><a href=\"{desk}\">The desk</a></p><p style=\"color:#666\">Page {} of escalation {}.</p></body></html>\n",
        errand.priority.as_str(),
        wanted(errand.occasion),
        errand.page,
        errand.escalation,
    )
}

/// One message of the GSM alphabet where the desk's address allows it: what is needed to act comes before the words.
pub(crate) fn text_message(parcel: &Parcel<'_>) -> String {
    let errand = parcel.errand;
    let (priority, line, link) = (errand.priority.as_str(), &errand.line, &parcel.link);
    let code = &parcel.code;
    let full = format!("Wideawake: {priority}, line {line}: {}. {link} or reply ACK {code}", wanted(errand.occasion));
    if full.chars().count() <= ONE_MESSAGE {
        return full;
    }
    format!("Wideawake: {priority}, {line}. ACK {code} {link}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use uuid::Uuid;
    use wideawake_domain::process::Errand;
    use wideawake_domain::staff::{ContactKind, ContactMethod};
    use wideawake_domain::{EscalationId, PageId, Priority, RequestId, StaffId, Version};

    fn errand(line: &str) -> Errand {
        Errand {
            page: PageId(Uuid::from_u128(1)),
            call: Version(2),
            attempt: 1,
            escalation: EscalationId(Uuid::from_u128(3)),
            request: RequestId(Uuid::from_u128(4)),
            staff: StaffId(Uuid::from_u128(5)),
            method: 0,
            contact: ContactMethod { kind: ContactKind::Sms, to: "+34600000000".to_owned(), after_s: 0 },
            priority: Priority::Imminent,
            line: line.to_owned(),
            occasion: Occasion::TakeOn,
        }
    }

    fn parcel<'a>(errand: &'a Errand, desk: &'a str) -> Parcel<'a> {
        let link = format!("{desk}/a/{}", "x".repeat(66));
        Parcel { errand, link, code: "012345".to_owned(), public_url: desk, at: chrono::DateTime::UNIX_EPOCH }
    }

    #[test]
    fn a_page_says_how_urgent_it_is_where_and_how_it_is_answered() {
        let errand = errand("night");
        let parcel = parcel(&errand, "https://desk.example.org");
        for text in [plain(&parcel), html(&parcel), text_message(&parcel)] {
            for part in ["imminent", "night", &*parcel.link] {
                assert!(text.contains(part), "{part} is not in {text}");
            }
        }
        assert!(text_message(&parcel).contains("ACK 012345"));
        assert_eq!(subject(&parcel), "[Wideawake] imminent, line night: somebody is needed");
    }

    #[test]
    fn a_text_message_is_one_where_the_desks_address_allows_it() {
        for (line, desk) in
            [("night", "https://desk.example.org"), ("youth_line-2", "https://wideawake.some-charity.org")]
        {
            let errand = errand(line);
            let text = text_message(&parcel(&errand, desk));
            assert!(text.chars().count() <= ONE_MESSAGE, "{}: {text}", text.len());
            let gsm = |c: char| c.is_ascii_alphanumeric() || " .,:/-_?".contains(c);
            assert!(text.chars().all(gsm), "{text}");
        }
        let desk = format!("https://{}.example.org", "long".repeat(15));
        let errand = errand("night");
        let text = text_message(&parcel(&errand, &desk));
        assert!(text.contains("ACK 012345") && text.contains(&desk), "nothing that is needed is left out: {text}");
    }

    #[test]
    fn what_stands_in_html_is_escaped() {
        let errand = errand("a<b>&\"");
        assert!(html(&parcel(&errand, "https://d.example")).contains("a&lt;b&gt;&amp;&quot;"));
    }
}
