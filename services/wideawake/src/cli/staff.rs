//! `staff`: the first admin, and everyone when the doors are closed.

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail, ensure};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use wideawake_domain::record::Part;
use wideawake_domain::settings::Skill;
use wideawake_domain::staff::{Added, Change, Qualification, Role};
use wideawake_domain::{Actor, Language, Pool, StaffId};
use wideawake_runtime::config::Config;
use wideawake_runtime::stores::{Purpose, Stores};
use wideawake_runtime::{clock, tokens};

use super::{ConfigArgs, print};

const OPERATOR: Actor = Actor::System(Part::Operator);

#[derive(Debug, Subcommand)]
pub(super) enum StaffCommand {
    /// Adds somebody, and prints their id and token as the last line
    Add(AddArgs),
    /// Lists everyone
    List {
        #[command(flatten)]
        config: ConfigArgs,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Gives somebody a new token, which voids the one before
    Token {
        #[command(flatten)]
        config: ConfigArgs,
        /// Whose
        id: StaffId,
    },
    /// Invites somebody to set the name and password they sign in with; how they did before no longer works
    Invite {
        #[command(flatten)]
        config: ConfigArgs,
        /// Whom
        id: StaffId,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RoleArg {
    Volunteer,
    Supervisor,
    Professional,
    Admin,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Volunteer => Self::Volunteer,
            RoleArg::Supervisor => Self::Supervisor,
            RoleArg::Professional => Self::Professional,
            RoleArg::Admin => Self::Admin,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct AddArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// What they may do; repeat for several
    #[arg(long = "role", required = true)]
    roles: Vec<RoleArg>,
    /// The name members and colleagues see; the role by default
    #[arg(long)]
    alias: Option<String>,
    /// Where; repeat for several. A volunteer has exactly one, by default the first; others have all by default
    #[arg(long = "pool")]
    pools: Vec<String>,
    /// Where they live, as an IANA name
    #[arg(long, default_value = "UTC")]
    zone: String,
    /// What they speak, such as `en` or `pt-BR`; repeat for several
    #[arg(long = "language", default_value = "en")]
    languages: Vec<Language>,
    /// How many requests they hold at once
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=20))]
    capacity: u32,
    /// What they are trained in, as `skill` or `skill=2027-01-31T00:00:00Z` when it lapses; repeat for several
    #[arg(long = "qualification", value_parser = qualification)]
    qualifications: Vec<Qualification>,
}

fn qualification(text: &str) -> Result<Qualification, String> {
    let (skill, until) = text.split_once('=').map_or((text, None), |(skill, until)| (skill, Some(until)));
    let skill: Skill = skill.parse().map_err(|error| format!("{error}"))?;
    let valid_until = until.map(str::parse::<DateTime<Utc>>).transpose();
    let valid_until =
        valid_until.map_err(|_| "write the end as a UTC time, such as 2027-01-31T00:00:00Z".to_owned())?;
    Ok(Qualification { skill, valid_until })
}

pub(super) async fn run(command: StaffCommand) -> Result<ExitCode> {
    match command {
        StaffCommand::Add(args) => {
            let config = args.config.load()?;
            let added = args.added(&config)?;
            let stores = Stores::open(&config, Purpose::Tool).await?;
            let (id, token) = (StaffId(clock::new_id()), tokens::new());
            let added = Added { token: token.hash(), ..added };
            stores.record.add_staff(id, added, OPERATOR).await?;
            print(&json!({ "id": id, "token": token.expose() }).to_string())?;
        }
        StaffCommand::List { config, json } => list(&config.load()?, json).await?,
        StaffCommand::Token { config, id } => {
            let stores = Stores::open(&config.load()?, Purpose::Tool).await?;
            let token = tokens::new();
            let changed = stores.record.change_staff(id, Change::Token(token.hash()), OPERATOR).await;
            changed.map_err(|error| anyhow!("{error}; `wideawake staff list` shows who there is"))?;
            print(&json!({ "id": id, "token": token.expose() }).to_string())?;
        }
        StaffCommand::Invite { config, id } => {
            let config = config.load()?;
            let stores = Stores::open(&config, Purpose::Tool).await?;
            let (token, sign_in) = (tokens::new(), &config.desk.sign_in);
            let until = clock::now() + sign_in.invitation;
            let changed = stores.record.change_staff(id, Change::Invite(token.hash(), until), OPERATOR).await;
            changed.map_err(|error| anyhow!("{error}; `wideawake staff list` shows who there is"))?;
            let url = sign_in.invitation_url(token.expose());
            print(&json!({ "id": id, "url": url, "expires_at": until }).to_string())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl AddArgs {
    fn added(&self, config: &Config) -> Result<Added> {
        let roles: Vec<Role> = self.roles.iter().copied().map(Role::from).collect();
        let known = &config.settings.pools;
        let mut pools = Vec::new();
        for name in &self.pools {
            let pool = known.iter().find(|pool| pool.as_str() == name);
            let names = || known.iter().map(Pool::as_str).collect::<Vec<_>>().join(", ");
            pools.push(pool.ok_or_else(|| anyhow!("there is no pool `{name}`; there are: {}", names()))?.clone());
        }
        let volunteer = roles.contains(&Role::Volunteer);
        if pools.is_empty() {
            pools = if volunteer { known.iter().take(1).cloned().collect() } else { known.clone() };
        }
        ensure!(!volunteer || pools.len() == 1, "a volunteer belongs to exactly one pool; name one --pool");
        let Ok(zone) = self.zone.parse::<Tz>() else {
            bail!("there is no time zone `{}`; use an IANA name such as Europe/Lisbon", self.zone)
        };
        let alias =
            self.alias.clone().unwrap_or_else(|| roles.first().map_or("staff", |role| role.as_str()).to_owned());
        ensure!(
            (1..=40).contains(&alias.chars().count()) && !alias.chars().any(char::is_control),
            "an alias has 1 to 40 characters, and no control characters"
        );
        Ok(Added {
            alias,
            roles,
            pools,
            zone,
            languages: self.languages.clone(),
            capacity: self.capacity,
            qualifications: self.qualifications.clone(),
            token: String::new(),
        })
    }
}

async fn list(config: &Config, as_json: bool) -> Result<()> {
    let stores = Stores::open(config, Purpose::Tool).await?;
    let staff = stores.record.all_staff().await?;
    let here = staff.iter().filter(|member| !member.removed);
    if !as_json {
        print(&format!("{:<36}  {:<24}  {:<24}  {:<20}  languages", "id", "alias", "roles", "zone"))?;
    }
    for member in here {
        let roles = member.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(",");
        let languages = member.languages.iter().map(Language::as_str).collect::<Vec<_>>().join(",");
        print(&if as_json {
            json!({
                "id": member.id, "alias": member.alias, "roles": member.roles, "pools": member.pools,
                "zone": member.zone.name(), "languages": member.languages, "capacity": member.capacity,
            })
            .to_string()
        } else {
            let (id, alias, zone) = (member.id.0.to_string(), &member.alias, member.zone.name());
            format!("{id}  {alias:<24}  {roles:<24}  {zone:<20}  {languages}")
        })?;
    }
    Ok(())
}
