//! `[[pool]]` and `[[line]]`: who serves whom.

use chrono::TimeDelta;
use wideawake_domain::settings::{Line, Preference, Skill, Template};
use wideawake_domain::{Language, Pool};

use super::reader::{Reader, Spot, Table};

/// Kept for what concerns every pool.
const RESERVED: &str = "all";
/// How a conversation can end unless a line says otherwise.
const OUTCOMES: [&str; 4] = ["supported", "referred", "escalated", "no_reply"];
const RETENTION: TimeDelta = TimeDelta::days(30);
/// How many templates a line has at most: more, and nobody finds one in time.
const TEMPLATES: usize = 50;
/// The longest template, in characters: no message is longer.
const TEMPLATE: usize = 4_000;

/// Without any pool there is one, `main`; without any line there is one, `night`, as in the example file.
pub(super) fn read(reader: &Reader<'_>, root: &mut Table) -> (Vec<Pool>, Vec<Line>) {
    let pools = pools(reader, root);
    let tables = reader.tables(root, "line");
    if tables.is_empty() {
        let pool = pools.first().cloned().unwrap_or_else(Pool::all);
        return (pools, vec![night(pool)]);
    }
    let single = tables.len() == 1;
    let lines = lines(reader, tables, &pools, single);
    (pools, lines)
}

fn night(pool: Pool) -> Line {
    Line {
        name: "night".to_owned(),
        pool,
        languages: ["en", "es"].iter().filter_map(|tag| tag.parse().ok()).collect(),
        needs: Vec::new(),
        prefers: Vec::new(),
        topics: ["anxiety", "grief"].iter().filter_map(|name| name.parse().ok()).collect(),
        outcomes: OUTCOMES.map(ToOwned::to_owned).to_vec(),
        retention: Some(RETENTION),
        templates: Vec::new(),
        default: true,
    }
}

fn pools(reader: &Reader<'_>, root: &mut Table) -> Vec<Pool> {
    let mut pools: Vec<Pool> = Vec::new();
    for mut table in reader.tables(root, "pool") {
        match reader.spot(&mut table, "name") {
            None => reader.missing(&table, "name", "is missing; write a name such as \"main\""),
            Some(spot) => {
                let name = spot.name();
                if let Some(name) = name {
                    if name == RESERVED {
                        spot.against("this name means every pool; write another");
                    } else if pools.iter().any(|pool| pool.as_str() == name) {
                        spot.against("there is a pool of this name already; write another");
                    } else {
                        pools.push(Pool::named(&name));
                    }
                }
            }
        }
        reader.done(table);
    }
    if pools.is_empty() { vec![Pool::named("main")] } else { pools }
}

fn lines(reader: &Reader<'_>, tables: Vec<Table>, pools: &[Pool], single: bool) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut last = None;
    for mut table in tables {
        let line = line(reader, &mut table, pools, single, &lines);
        lines.push(line);
        last = Some(table.place.clone());
        reader.done(table);
    }
    if let Some(place) = last
        && !single
        && !lines.iter().any(|line| line.default)
    {
        let wanted = "no line is the default; write default = true in exactly one [[line]]";
        reader.complain(place, "line.default", wanted);
    }
    lines
}

fn line(reader: &Reader<'_>, table: &mut Table, pools: &[Pool], single: bool, before: &[Line]) -> Line {
    let spot = reader.spot(table, "name");
    if spot.is_none() {
        reader.missing(table, "name", "is missing; write a name such as \"night\"");
    }
    let name = spot.as_ref().and_then(Spot::name).unwrap_or_default();
    if before.iter().any(|other| other.name == name && !name.is_empty()) {
        spot.inspect(|spot| spot.against("there is a line of this name already; write another"));
    }

    let spot = reader.spot(table, "default");
    let default = spot.as_ref().and_then(Spot::boolean).unwrap_or(single);
    let other = before.iter().any(|other| other.default && default);
    spot.inspect(|spot| {
        if other {
            spot.against("another line is the default already; exactly one is");
        } else if single && !default {
            spot.against("the only line is the default; write true or leave it out");
        }
    });

    Line {
        name,
        pool: pool(reader, table, pools),
        languages: reader.get(table, "languages", languages).unwrap_or_else(|| night(Pool::all()).languages),
        needs: reader.get(table, "needs", Spot::names).unwrap_or_default(),
        prefers: reader.get(table, "prefers", |spot| prefers(reader, spot)).unwrap_or_default(),
        topics: reader.get(table, "topics", Spot::names).unwrap_or_default(),
        outcomes: reader.get(table, "outcomes", outcomes).unwrap_or_else(|| OUTCOMES.map(ToOwned::to_owned).to_vec()),
        retention: reader.get(table, "retention", Spot::limit).unwrap_or(Some(RETENTION)),
        templates: reader.get(table, "templates", |spot| templates(reader, spot)).unwrap_or_default(),
        default,
    }
}

fn pool(reader: &Reader<'_>, table: &mut Table, pools: &[Pool]) -> Pool {
    let known = || pools.iter().map(|pool| format!("\"{pool}\"")).collect::<Vec<_>>().join(", ");
    let first = || pools.first().cloned().unwrap_or_else(Pool::all);
    let Some(spot) = reader.spot(table, "pool") else {
        if pools.len() > 1 {
            reader.missing(table, "pool", format!("is missing; write one of {}", known()));
        }
        return first();
    };
    let found = spot.name().map(|name| pools.iter().find(|pool| pool.as_str() == name));
    match found {
        Some(Some(pool)) => pool.clone(),
        Some(None) => {
            spot.against(format_args!("there is no [[pool]] of this name; write one of {}", known()));
            first()
        }
        None => first(),
    }
}

fn languages(spot: &Spot<'_>) -> Option<Vec<Language>> {
    let wanted = "write a language tag such as \"en\" or \"pt-BR\"";
    let languages = spot.list("a list of language tags such as [\"en\", \"es\"]", |spot| spot.parsed(wanted))?;
    if languages.is_empty() { spot.wrong("write at least one language tag such as [\"en\"]") } else { Some(languages) }
}

fn outcomes(spot: &Spot<'_>) -> Option<Vec<String>> {
    let outcomes = spot.list("a list of names such as [\"supported\"]", Spot::name)?;
    if outcomes.is_empty() { spot.wrong("write at least one name such as [\"supported\"]") } else { Some(outcomes) }
}

fn prefers(reader: &Reader<'_>, spot: &Spot<'_>) -> Option<Vec<Preference>> {
    let mut all = Vec::new();
    for mut table in reader.inside(spot)? {
        let skill: Option<Skill> = reader.get(&mut table, "skill", |spot| spot.name()?.parse().ok());
        let within = reader.get(&mut table, "for", |spot| spot.duration("leave the whole preference out instead"));
        for (name, wanted) in [("skill", "a name"), ("for", "a duration such as \"60s\"")] {
            if !table.has(name) {
                reader.missing(&table, name, format!("is missing; write {wanted}"));
            }
        }
        match (skill, within) {
            (Some(skill), _) if all.iter().any(|other: &Preference| other.skill == skill) => {
                reader.complain(
                    table.place.clone(),
                    "line.prefers",
                    format!("\"{skill}\" is there twice; write it once"),
                );
            }
            (Some(skill), Some(within)) => all.push(Preference { skill, within }),
            _ => {}
        }
        reader.done(table);
    }
    Some(all)
}

fn templates(reader: &Reader<'_>, spot: &Spot<'_>) -> Option<Vec<Template>> {
    let tables = reader.inside(spot)?;
    if tables.len() > TEMPLATES {
        return spot.wrong(format!("write at most {TEMPLATES}: more, and nobody finds one in time"));
    }
    let mut all = Vec::new();
    for mut table in tables {
        let wanted = "write a language tag such as \"en\", or leave it out";
        let language = reader.get(&mut table, "language", |spot| spot.parsed(wanted));
        let text = reader.get(&mut table, "text", template);
        if !table.has("text") {
            reader.missing(&table, "text", "is missing; write the words");
        }
        all.extend(text.map(|text| Template { language, text }));
        reader.done(table);
    }
    Some(all)
}

fn template(spot: &Spot<'_>) -> Option<String> {
    let wanted = format!("write 1 to {TEMPLATE} characters, and of control characters line breaks only");
    let text = spot.text(&wanted)?;
    let fits = (1..=TEMPLATE).contains(&text.chars().count()) && text.chars().all(|c| c == '\n' || !c.is_control());
    if fits && !text.trim().is_empty() { Some(text) } else { spot.wrong(wanted) }
}
