//! The lexicons: `lexicons/<language>.toml` beside the configuration, over those that are built in. What the keys mean:
//! docs/triage.md.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use wideawake_domain::Language;
use wideawake_domain::lexicon::{Denial, Draft, Entry, Lexicon, Lexicons, MAX_PHRASES, MadeLater, Source};
use wideawake_domain::settings;

use super::ConfigErrors;
use super::error::{Mistakes, Place};
use super::source::{self, Entries, Node, Value};

/// The folder.
const FOLDER: &str = "lexicons";
/// How many files it may hold.
const FILES: usize = 200;
/// How long a file may be, in bytes.
const LENGTH: u64 = 1 << 20;
/// How many words a negation reaches over unless the file says so.
const WINDOW: usize = 3;
/// The longest such reach.
const WIDEST: i64 = 10;

/// Names the lexicons that are built in, with how each is made.
macro_rules! built_in {
    ($($tag:literal)*) => {
        [$(($tag, {
            const TEXT: &str = include_str!(concat!("../../../../config/lexicons/", $tag, ".toml"));
            static MADE: MadeLater = MadeLater::new(|| made($tag, TEXT).ok());
            &MADE
        })),*]
    };
}

/// A test sees to it that each can be made.
static BUILT_IN: [(&str, &MadeLater); 6] = built_in!("ar" "de" "en" "es" "fr" "pt");

fn made(tag: &str, text: &str) -> Result<Arc<Lexicon>, ConfigErrors> {
    let file = format!("built-in {tag}.toml");
    let language = tag.parse::<Language>();
    let language = language.map_err(|_| ConfigErrors::at(&file, None, "is named after no language".to_owned()))?;
    parse(text, &file, &language).map(Arc::new)
}

/// Reads the lexicons in the folder `lexicons` of `base`, over those that are built in; a file replaces the built-in one of
/// its language. Every file that is wrong has its own errors.
pub fn lexicons(base: &Path) -> Result<Lexicons, Vec<ConfigErrors>> {
    let (mut read, mut errors) = (BTreeMap::new(), Vec::new());
    for (path, name) in files(&base.join(FOLDER)).map_err(|error| vec![error])? {
        let file = path.display().to_string();
        let lexicon = name.parse::<Language>().map_err(|_| {
            ConfigErrors::at(&file, None, "name the file after its language, such as en.toml or pt-BR.toml".to_owned())
        });
        let lexicon = lexicon.and_then(|language| {
            let text =
                text(&path).map_err(|error| ConfigErrors::at(&file, None, format!("cannot be read ({error})")))?;
            Ok((language.clone(), parse(&text, &file, &language)?))
        });
        match lexicon {
            Ok((language, lexicon)) => drop(read.insert(language, Source::Made(Arc::new(lexicon)))),
            Err(error) => errors.push(error),
        }
    }
    for (tag, later) in &BUILT_IN {
        if let Ok(language) = tag.parse::<Language>() {
            read.entry(language).or_insert(Source::Later(later));
        }
    }
    if errors.is_empty() { Ok(Lexicons::new(read)) } else { Err(errors) }
}

/// The files of the folder in the order of their names, each with its name without `.toml`.
fn files(folder: &Path) -> Result<BTreeMap<std::path::PathBuf, String>, ConfigErrors> {
    let wrong = |error: &io::Error| {
        ConfigErrors::at(
            &folder.display().to_string(),
            None,
            format!("cannot be read ({error}); make it a folder of lexicons"),
        )
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(wrong(&error)),
    };
    let mut files = BTreeMap::new();
    for entry in entries {
        let path = entry.map_err(|error| wrong(&error))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            files.insert(path, name);
        }
        if files.len() > FILES {
            let wanted = format!("has more than {FILES} lexicons");
            return Err(ConfigErrors::at(&folder.display().to_string(), None, wanted));
        }
    }
    Ok(files)
}

fn text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(LENGTH + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LENGTH {
        return Err(io::Error::other("a lexicon has at most 1 MiB"));
    }
    Ok(text)
}

/// Reads the text of a lexicon, which stands in a file of that name.
fn parse(text: &str, file: &str, language: &Language) -> Result<Lexicon, ConfigErrors> {
    let mistakes = Mistakes::default();
    let root = source::read(text, std::iter::empty(), &mistakes);
    let mut reader = Reading { mistakes: &mistakes, places: BTreeMap::new() };
    let mut draft = Draft::default();
    draft.negation.window = WINDOW;
    if let Value::Table(entries) = root.value {
        reader.read(entries, &mut draft);
    }
    let lexicon = match Lexicon::build(language, &draft) {
        Ok(lexicon) => Some(lexicon),
        Err(wrong) => {
            for wrong in wrong {
                let (place, value) = reader.place(&wrong.key, wrong.index);
                mistakes.add(place, &wrong.key, value, wrong.problem.to_string());
            }
            None
        }
    };
    mistakes.none(file)?;
    lexicon.ok_or_else(|| ConfigErrors::at(file, None, "cannot be used".to_owned()))
}

struct Reading<'m> {
    mistakes: &'m Mistakes,
    /// Where the values of each list stand, and what they are.
    places: BTreeMap<String, Vec<(Place, String)>>,
}

impl Reading<'_> {
    fn place(&self, key: &str, index: usize) -> (Place, Option<String>) {
        let value = self.places.get(key).and_then(|values| values.get(index));
        value.map_or((Place::File, None), |(place, value)| (place.clone(), Some(value.clone())))
    }

    fn wrong(&self, node: &Node, key: &str, wanted: &str) {
        self.mistakes.add(node.place.clone(), key, Some(node.shown()), wanted);
    }

    fn read(&mut self, entries: Entries, draft: &mut Draft) {
        for (key, (place, node)) in entries {
            match key.as_str() {
                "harmless" => draft.harmless = self.list(&key, node),
                "reported" => draft.reported = self.list(&key, node),
                "ordinary" => draft.ordinary = self.list(&key, node),
                "attached" => draft.attached = self.list(&key, node),
                "sounds" => draft.sounds = self.sounds(node),
                "words" => draft.words = self.lists(&key, node),
                "same" => draft.same = self.lists(&key, node),
                "negation" => self.negation(node, draft),
                _ if settings::name(&key).is_ok() => {
                    let entries = self.entries(&key, node);
                    draft.categories.insert(key, entries);
                }
                _ => {
                    let wanted = "name a category with 1 to 64 lowercase letters, digits, - or _";
                    self.mistakes.add(place, &key, None, wanted);
                }
            }
        }
    }

    /// The values of a list. Their places are noted.
    fn values(&mut self, key: &str, node: Node) -> Vec<Node> {
        let Value::List(nodes) = node.value else {
            self.wrong(&node, key, "write a list of phrases such as [\"a phrase\"]");
            return Vec::new();
        };
        if nodes.len() > MAX_PHRASES {
            let wanted = format!("has {} values; a list has at most {MAX_PHRASES}", nodes.len());
            self.mistakes.add(node.place, key, None, wanted);
            return Vec::new();
        }
        self.places.insert(key.to_owned(), nodes.iter().map(|node| (node.place.clone(), node.shown())).collect());
        nodes
    }

    fn list(&mut self, key: &str, node: Node) -> Vec<String> {
        let text = |reader: &Self, node: Node| {
            if let Value::String(text) = node.value {
                text
            } else {
                reader.wrong(&node, key, "write words in quotation marks");
                // Keeps the places of the others.
                String::from("?unreadable")
            }
        };
        self.values(key, node).into_iter().map(|node| text(self, node)).collect()
    }

    fn lists(&mut self, key: &str, node: Node) -> BTreeMap<String, Vec<String>> {
        let Value::Table(entries) = node.value else {
            self.wrong(&node, key, "must be a table of lists");
            return BTreeMap::new();
        };
        entries.into_iter().map(|(name, (_, node))| (name.clone(), self.list(&format!("{key}.{name}"), node))).collect()
    }

    fn sounds(&mut self, node: Node) -> Vec<[String; 2]> {
        let mut sounds = Vec::new();
        for node in self.values("sounds", node) {
            let pair = match &node.value {
                Value::List(pair) => match pair.as_slice() {
                    [Node { value: Value::String(from), .. }, Node { value: Value::String(to), .. }]
                        if !from.is_empty() && from.len() <= 16 && to.len() <= 16 =>
                    {
                        Some([from.clone(), to.clone()])
                    }
                    _ => None,
                },
                _ => None,
            };
            match pair {
                Some(pair) => sounds.push(pair),
                None => self.wrong(&node, "sounds", "write pairs such as [\"ph\", \"f\"]"),
            }
        }
        sounds
    }

    fn negation(&mut self, node: Node, draft: &mut Draft) {
        let Value::Table(entries) = node.value else {
            return self.wrong(&node, "negation", "must be a table of keys");
        };
        for (name, (place, node)) in entries {
            let key = format!("negation.{name}");
            match name.as_str() {
                "words" => draft.negation.words = self.list(&key, node),
                "after" => draft.negation.after = self.list(&key, node),
                "stops" => draft.negation.stops = self.list(&key, node),
                "not" => draft.negation.not = self.list(&key, node),
                "window" => match node.value {
                    Value::Integer(Some(window), _) if (0..=WIDEST).contains(&window) => {
                        draft.negation.window = usize::try_from(window).unwrap_or(WINDOW);
                    }
                    _ => self.wrong(&node, &key, "write an integer from 0 to 10"),
                },
                _ => {
                    let wanted = "there is no such key; known here: after, not, stops, window, words";
                    self.mistakes.add(place, &key, None, wanted);
                }
            }
        }
    }

    fn entries(&mut self, key: &str, node: Node) -> Vec<Entry> {
        let nodes = self.values(key, node);
        nodes.into_iter().map(|node| self.entry(key, node)).collect()
    }

    fn entry(&mut self, key: &str, node: Node) -> Entry {
        // One for each line, so that no two are the same.
        let line = if let Place::Line(line) = node.place { line } else { 0 };
        let unreadable = Entry { phrase: format!("unreadable {line}"), negation: Denial::Heed };
        match &node.value {
            Value::String(phrase) => Entry { phrase: phrase.clone(), negation: Denial::Heed },
            Value::Table(entries) => {
                let known = |name: &String| matches!(name.as_str(), "phrase" | "negation");
                let phrase = entries.get("phrase").map(|(_, node)| &node.value);
                let negation = match entries.get("negation").map(|(_, node)| &node.value) {
                    None => Some(Denial::Heed),
                    Some(Value::String(word)) => match word.as_str() {
                        "heed" => Some(Denial::Heed),
                        "ignore" => Some(Denial::Ignore),
                        "always" => Some(Denial::Always),
                        _ => None,
                    },
                    Some(_) => None,
                };
                match (phrase, negation) {
                    (Some(Value::String(phrase)), Some(negation)) if entries.keys().all(known) => {
                        Entry { phrase: phrase.clone(), negation }
                    }
                    _ => {
                        let wanted = "write { phrase = \"…\", negation = \"heed\", \"ignore\" or \"always\" }";
                        self.wrong(&node, key, wanted);
                        unreadable
                    }
                }
            }
            _ => {
                self.wrong(
                    &node,
                    key,
                    "write a phrase in quotation marks, or { phrase = \"…\", negation = \"ignore\" }",
                );
                unreadable
            }
        }
    }
}

#[cfg(test)]
mod tests;
