//! Labelled messages, and how often the lexicons agree with the labels.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use wideawake_domain::Language;
use wideawake_domain::lexicon::Lexicons;

/// What cannot wait.
const IMMINENT: &str = "imminent";

/// A message and what it holds.
pub(crate) struct Message {
    pub language: Language,
    pub kind: String,
    /// The categories it holds; `~` before one that it mentions and denies.
    pub expected: BTreeSet<String>,
    pub text: String,
}

/// The messages of a folder.
pub(crate) fn messages(folder: &Path) -> Result<Vec<Message>, String> {
    let wrong = |problem: &dyn std::fmt::Display| format!("{}: {problem}", folder.display());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| wrong(&error))? {
        paths.push(entry.map_err(|error| wrong(&error))?.path());
    }
    paths.sort();
    let mut messages = Vec::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "tsv")) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let language: Language = name.parse().map_err(|error| wrong(&error))?;
        let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let mut parts = line.splitn(3, '\t');
            let (Some(kind), Some(expected), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
                return Err(wrong(&"a line is not kind, expected and text, with tabs between them"));
            };
            let expected = expected.split(',').map(str::trim).filter(|category| *category != "-");
            let expected = expected.map(ToOwned::to_owned).collect();
            messages.push(Message {
                language: language.clone(),
                kind: kind.to_owned(),
                expected,
                text: text.to_owned(),
            });
        }
    }
    Ok(messages)
}

/// How often: of so many.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Share {
    pub hits: u32,
    pub of: u32,
}

impl Share {
    fn add(&mut self, hit: bool) {
        self.hits += u32::from(hit);
        self.of += 1;
    }

    /// Between 0 and 1; of nothing, 1.
    pub(crate) fn rate(self) -> f64 {
        if self.of == 0 { 1.0 } else { f64::from(self.hits) / f64::from(self.of) }
    }

    fn shown(self) -> String {
        format!("{:.0} % ({} of {})", 100.0 * self.rate(), self.hits, self.of)
    }
}

/// How often the lexicons agree with the labels of one language, or of one kind of message.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Agreement {
    /// Messages that hold `imminent`: it is found, and not lowered.
    pub imminent_recall: Share,
    /// The same, or lowered: what makes a request at least elevated.
    pub imminent_noticed: Share,
    /// Messages in which `imminent` is found and not lowered: they hold it.
    pub imminent_precision: Share,
    /// Messages that hold anything: something is found that is not lowered.
    pub any_recall: Share,
    /// Messages in which something is found that is not lowered: they hold something.
    pub any_precision: Share,
    /// Messages that hold nothing, or only what they deny: nothing is found but what is lowered.
    pub quiet: Share,
    /// Categories that are mentioned and denied: they are found, lowered or not.
    pub denied_noticed: Share,
    /// Messages that deny `imminent`: it is found, lowered or not.
    pub denied_imminent_noticed: Share,
}

impl Agreement {
    fn add(&mut self, message: &Message, lexicons: &Lexicons) {
        let found = lexicons.spot(&message.language, &message.text);
        let raised: BTreeSet<&str> =
            found.iter().filter(|spotted| !spotted.negated).map(|spotted| spotted.category.as_str()).collect();
        let noticed: BTreeSet<&str> = found.iter().map(|spotted| spotted.category.as_str()).collect();
        let held = message.expected.iter().filter(|category| !category.starts_with('~')).count() > 0;
        let imminent = message.expected.contains(IMMINENT);
        if imminent {
            self.imminent_recall.add(raised.contains(IMMINENT));
            self.imminent_noticed.add(noticed.contains(IMMINENT));
        }
        if raised.contains(IMMINENT) {
            self.imminent_precision.add(imminent);
        }
        if held {
            self.any_recall.add(!raised.is_empty());
        } else {
            self.quiet.add(raised.is_empty());
        }
        if !raised.is_empty() {
            self.any_precision.add(held);
        }
        for category in message.expected.iter().filter_map(|category| category.strip_prefix('~')) {
            self.denied_noticed.add(noticed.contains(category));
            if category == IMMINENT {
                self.denied_imminent_noticed.add(noticed.contains(category));
            }
        }
    }
}

impl Message {
    /// Whether the lexicons disagree with its label.
    pub(crate) fn is_misread(&self, lexicons: &Lexicons) -> bool {
        let mut agreement = Agreement::default();
        agreement.add(self, lexicons);
        let Agreement { imminent_recall, imminent_precision, any_recall, quiet, .. } = agreement;
        [imminent_recall, imminent_precision, any_recall, quiet].iter().any(|share| share.hits < share.of)
    }
}

/// How often the lexicons agree with the labels.
#[derive(Debug, Default)]
pub(crate) struct Score {
    pub languages: BTreeMap<String, Agreement>,
    pub kinds: BTreeMap<String, Agreement>,
    pub total: Agreement,
}

impl Score {
    pub(crate) fn of(messages: &[Message], lexicons: &Lexicons) -> Self {
        let mut score = Self::default();
        for message in messages {
            score.languages.entry(message.language.to_string()).or_default().add(message, lexicons);
            score.kinds.entry(message.kind.clone()).or_default().add(message, lexicons);
            score.total.add(message, lexicons);
        }
        score
    }

    /// The tables of docs/triage.md.
    pub(crate) fn tables(&self) -> String {
        let mut out = String::from(
            "| language | imminent: recall | noticed at all | precision | any: recall | any: precision | denied, noticed |\n\
             |:--|:--|:--|:--|:--|:--|:--|\n",
        );
        let total = [("all".to_owned(), self.total)];
        for (name, agreement) in self.languages.iter().map(|(name, share)| (name.clone(), *share)).chain(total) {
            let Agreement { imminent_recall, imminent_noticed, imminent_precision, any_recall, any_precision, .. } =
                agreement;
            let shares = [
                imminent_recall,
                imminent_noticed,
                imminent_precision,
                any_recall,
                any_precision,
                agreement.denied_noticed,
            ];
            let shares: Vec<String> = shares.into_iter().map(Share::shown).collect();
            let _ = writeln!(out, "| {name} | {} |", shares.join(" | "));
        }
        out.push_str(
            "\n| kind | any: recall | imminent: recall | nothing raised where nothing is |\n|:--|:--|:--|:--|\n",
        );
        for (kind, agreement) in &self.kinds {
            let shown = |share: Share| if share.of == 0 { "–".to_owned() } else { share.shown() };
            let Agreement { any_recall, imminent_recall, quiet, .. } = *agreement;
            let _ = writeln!(out, "| {kind} | {} | {} | {} |", shown(any_recall), shown(imminent_recall), shown(quiet));
        }
        let denied = self.total.denied_imminent_noticed;
        let _ = write!(out, "\nimminent that is denied is noticed: {}", denied.shown());
        out
    }
}
