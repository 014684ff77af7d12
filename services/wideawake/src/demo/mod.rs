//! `demo`: a night to look at, in a temporary folder, with a sample roster around the world.

mod pages; // calls for the supervisor, shown where you look
mod people; // who is there
mod traffic; // simulated members and volunteers

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use wideawake_runtime::config::{self, Config, LedgerEngine};

use crate::app::App;
use crate::cli::{print, stopped};
use pages::Pages;
use people::People;

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Adds so many simulated members a minute, and simulated volunteers who talk with them, such as `30/min`
    #[arg(long, value_name = "N/min", value_parser = per_minute)]
    traffic: Option<u32>,
    /// Where the members' door listens
    #[arg(long, default_value = "127.0.0.1:8080")]
    intake: SocketAddr,
    /// Where the staff's door listens
    #[arg(long, default_value = "127.0.0.1:8081")]
    desk: SocketAddr,
}

fn per_minute(text: &str) -> Result<u32, String> {
    let count = text.strip_suffix("/min").unwrap_or(text).parse::<u32>().ok();
    count.filter(|n| (1..=6_000).contains(n)).ok_or_else(|| "write 1/min to 6000/min".to_owned())
}

/// Times long enough for somebody who types the commands by hand.
const CONFIG: &str = r#"
[telemetry]
log_filter = "warn"
[sign_in]
second_factor = []
[[pool]]
name = "main"
[[line]]
name = "night"
pool = "main"
languages = ["en", "es", "pt", "fr", "de", "ar"]
topics = ["anxiety", "grief", "loneliness", "relationships"]
templates = [
  { language = "en", text = "I am here, and I have time." },
  { language = "en", text = "Would you like to tell me what happened?" },
]
[dispatch]
first_reply = "10m"
reply = "10m"
[dispatch.standard]
offer_timeout = "10m"
[dispatch.elevated]
offer_timeout = "10m"
[dispatch.urgent]
offer_timeout = "10m"
"#;

pub(crate) async fn run(args: DemoArgs) -> Result<ExitCode> {
    let folder = tempfile::Builder::new().prefix("wideawake-demo-").tempdir();
    let folder = folder.context("cannot make a temporary folder")?;
    let mut config = match Config::parse(CONFIG, "demo", folder.path(), std::env::vars()) {
        Ok(config) => config,
        Err(errors) => bail!("{errors}"),
    };
    config.intake.listen = args.intake;
    config.desk.listen = args.desk;
    // Whatever the environment says: a demo leaves nothing behind.
    config.ledger.engine = LedgerEngine::Sqlite(folder.path().join("ledger.sqlite3"));
    config.ledger.erased = folder.path().join("erased.txt");
    (config.bus, config.live) = (config::Bus::Memory, config::Live::Memory);
    config.notifier.public_url = format!("http://{}", args.desk);
    let pages = Pages::receive(&mut config.notifier).await?;
    let app = App::start(&config).await?;
    let (Some(intake), Some(desk)) = (app.intake(), app.desk()) else { bail!("both doors are part of a demo") };
    let people = People::arrive(app.record(), pages.url()).await?;
    let you = people.keep_you_present(desk)?;
    let links = people.invited(desk).await?;
    greet(intake, desk, &people, &links)?;
    let traffic = args.traffic.map(|rate| traffic::start(rate, intake, desk, &people)).transpose()?;
    stopped().await?;
    you.abort();
    drop(traffic);
    app.stop().await;
    pages.stop();
    Ok(ExitCode::SUCCESS)
}

fn greet(intake: SocketAddr, desk: SocketAddr, people: &People, (yours, hers): &(String, String)) -> Result<()> {
    let (intake, desk) = (format!("http://{intake}"), format!("http://{desk}"));
    let you = &people.you.token;
    let bearer = format!("-H 'Authorization: Bearer {you}'");
    let offer = format!("$(curl -s {bearer} {desk}/v1/me | grep -o '\"offer\":\"[^\"]*' | head -n 1 | cut -d'\"' -f4)");
    print(&format!(
        "Wideawake is up. Everything is in a temporary folder and gone when you press Ctrl-C.

  members' door   {intake}
  staff's door    {desk}

  you, a volunteer on shift   {you}
  Noor, supervisor            {}
  Ines, admin                 {}

In a browser: {intake} is the member page. To sit at the desk, open {yours}
and choose a name and a password; for Noor's board, {hers} in a window of its own.
",
        people.supervisor.token, people.admin.token
    ))?;
    print("1. A member asks for support:\n")?;
    print(&format!(
        "curl -s -H 'Content-Type: application/json' -d '{{\"language\":\"en\",\"alias\":\"Sky\",\"message\":\"I cannot sleep.\"}}' {intake}/v1/requests\n"
    ))?;
    print("2. You see the offer (Ctrl-C ends the stream):\n")?;
    print(&format!("curl -sN -m 3 {bearer} {desk}/v1/me/stream\n"))?;
    print("3. You accept it:\n")?;
    print(&format!("curl -s -X POST {bearer} {desk}/v1/offers/{offer}/accept\n"))?;
    print(&format!("What else there is: {intake}/openapi.json and {desk}/openapi.json"))
}
