use super::*;

fn language(tag: &str) -> Language {
    tag.parse().expect("a tag")
}

fn mistakes(text: &str) -> Vec<String> {
    match parse(text, "en.toml", &language("en")) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.to_string().lines().map(ToOwned::to_owned).collect(),
    }
}

#[test]
fn without_a_folder_six_languages_are_built_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let lexicons = lexicons(folder.path()).expect("what is built in is right");
    let languages: Vec<&str> = lexicons.languages().map(Language::as_str).collect();
    assert_eq!(languages, ["ar", "de", "en", "es", "fr", "pt"]);
    for tag in languages {
        assert!(lexicons.of(&language(tag)).is_some(), "{tag} cannot be made");
    }
    let found = lexicons.spot(&language("pt-BR"), "quero morrer");
    assert!(found.iter().any(|spotted| spotted.category == "imminent" && !spotted.negated), "{found:?}");
}

#[test]
fn a_file_replaces_the_built_in_one_of_its_language_and_adds_a_language() {
    let folder = tempfile::tempdir().expect("a folder");
    let base = folder.path();
    std::fs::create_dir(base.join("lexicons")).expect("a folder");
    std::fs::write(base.join("lexicons/en.toml"), "exams = [\"i failed\"]").expect("a file");
    std::fs::write(base.join("lexicons/nl.toml"), "imminent = [\"ik wil dood\"]").expect("a file");
    let lexicons = lexicons(base).expect("right");
    let english = lexicons.spot(&language("en-GB"), "I failed. I want to die");
    assert_eq!(english.iter().map(|spotted| spotted.category.as_str()).collect::<Vec<_>>(), ["exams"]);
    assert_eq!(lexicons.spot(&language("nl"), "Ik wil dóód!").len(), 1);
}

#[test]
fn every_mistake_of_every_file_is_named_with_its_line() {
    let text = r#"
imminent = [
  "want to die",
  "Want to  die",
  "?!",
  7,
  { phrase = "x", negation = "maybe" },
  "a (b",
  "see <nobody>",
]
"Not a name" = []
harmless = "x"
sounds = [["a"]]
[negation]
window = 11
word = []
[same]
"want to" = ["wanna", "wan na"]
"#;
    let expected = [
        "en.toml:4: imminent = \"Want to  die\": is in the list already; write it once",
        "en.toml:5: imminent = \"?!\": nothing is left of it once case, marks and signs are set aside; write words",
        "en.toml:6: imminent = 7: write a phrase in quotation marks, or { phrase = \"…\", negation = \"ignore\" }",
        "en.toml:7: imminent = {negation = \"maybe\", phrase = \"x\"}: write { phrase = \"…\", negation = \"heed\", \"ignore\" or \"always\" }",
        "en.toml:8: imminent = \"a (b\": a bracket is not closed",
        "en.toml:9: imminent = \"see <nobody>\": there is no list of words \"nobody\"; write it under [words]",
        "en.toml:11: Not a name: name a category with 1 to 64 lowercase letters, digits, - or _",
        "en.toml:12: harmless = \"x\": write a list of phrases such as [\"a phrase\"]",
        "en.toml:13: sounds = [\"a\"]: write pairs such as [\"ph\", \"f\"]",
        "en.toml:15: negation.window = 11: write an integer from 0 to 10",
        "en.toml:16: negation.word: there is no such key; known here: after, not, stops, window, words",
        "en.toml:18: same.want to = \"wan na\": another way to write it is one word",
    ];
    assert_eq!(mistakes(text), expected);
    assert_eq!(mistakes("imminent = [").len(), 1);
    let many: String = (0..5_001).map(|n| format!("\"p{n}\",")).collect();
    assert!(mistakes(&format!("plan = [{many}]"))[0].contains("at most 5000"));
}

#[test]
fn a_file_that_is_named_after_no_language_is_a_mistake() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("lexicons")).expect("a folder");
    std::fs::write(folder.path().join("lexicons/en gb.toml"), "").expect("a file");
    std::fs::write(folder.path().join("lexicons/fr.toml"), "plan = 1").expect("a file");
    let errors = lexicons(folder.path()).expect_err("wrong");
    assert_eq!(errors.len(), 2, "{errors:?}");
}
