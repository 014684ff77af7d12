//! `erase`: everything typed by or about the member of a request becomes unreadable; with `--verify`, whether it is, and
//! stands in no file.

use std::collections::HashSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Args;
use wideawake_domain::record::Part;
use wideawake_domain::{Actor, RequestId, StreamId, StreamKind};
use wideawake_runtime::config::{Config, LedgerEngine};
use wideawake_runtime::forgotten::{Found, Phrase, Report, Search, What};
use wideawake_runtime::record::erased;
use wideawake_runtime::stores::{Ledger, Purpose, Stores};

use super::{ConfigArgs, print};

#[derive(Debug, Args)]
pub(super) struct EraseArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Which requests
    #[arg(value_name = "ID", required_unless_present = "verify")]
    requests: Vec<RequestId>,
    /// Erases nothing: shows that the requests (or all that were ever erased) can be read by nobody, and that no file of
    /// the data folder holds their keys
    #[arg(long)]
    verify: bool,
    /// Looks for these phrases as well, one a line, in every form that they could have in a file; `-` reads them from
    /// stdin. Neither the phrases nor what stands around them is ever shown
    #[arg(long, value_name = "FILE", requires = "verify")]
    phrases: Option<PathBuf>,
    /// Looks through this folder as well: where logs are kept, or the data directory of PostgreSQL. Repeat for several
    #[arg(long = "in", value_name = "DIR", requires = "verify")]
    folders: Vec<PathBuf>,
}

/// How many keys are read at once.
const PAGE: usize = 1_000;

/// So many requests that can still be read are named.
const LISTED: usize = 100;

/// A list of phrases has no more bytes.
const LIST: u64 = 64 << 20;

pub(super) async fn run(args: EraseArgs) -> Result<ExitCode> {
    let config = args.config.load()?;
    if args.verify {
        return verify(args, &config).await;
    }
    let stores = Stores::open(&config, Purpose::Tool).await?;
    let mut unknown = Vec::new();
    for request in args.requests {
        if stores.record.erase(request, Actor::System(Part::Operator)).await? {
            print(&format!("The text of request {request} cannot be read by anybody any more."))?;
        } else {
            unknown.push(request.to_string());
        }
    }
    let unknown = unknown.join(", ");
    ensure!(unknown.is_empty(), "there is no request {unknown}; copy its id from the board or from `wideawake export`");
    Ok(ExitCode::SUCCESS)
}

async fn verify(args: EraseArgs, config: &Config) -> Result<ExitCode> {
    let (ledger, vault) = Stores::look_into(config).await?;
    // Requests first: what is opened meanwhile has a key, and must not seem to be without.
    let every = if args.requests.is_empty() { every_request(&*ledger).await? } else { Vec::new() };
    let living = living(&*ledger).await?;
    let (requests, readable) = if args.requests.is_empty() {
        let list = &config.ledger.erased;
        let listed =
            erased(list).with_context(|| format!("cannot read the list of erased requests {}", list.display()))?;
        let kept = listed.into_iter().filter(|request| living.requests.contains(request));
        let why = |id| format!("request {id}: is listed as erased and is not; `wideawake erase {id}` does it");
        // Each had a key once, so that whatever has none was erased, by whichever process.
        let without_key = every.into_iter().filter(|id| !living.requests.contains(id)).collect();
        (without_key, kept.map(why).collect::<Vec<_>>())
    } else {
        let mut why = Vec::new();
        for request in &args.requests {
            why.extend(still_readable(&*ledger, *request).await?);
        }
        (args.requests, why)
    };
    for why in readable.iter().take(LISTED) {
        eprintln!("{why}");
    }
    let phrases = args.phrases.as_deref().map(read).transpose()?.unwrap_or_default();
    if requests.is_empty() && readable.is_empty() && phrases.is_empty() {
        print("Nothing was erased yet, so there is nothing to look for.")?;
        return Ok(ExitCode::SUCCESS);
    }
    drop(ledger);
    let folders = folders(config, args.folders);
    let (asked, sought) = (requests.len(), phrases.len());
    let search = Search::new(vault, requests, living.keys, &phrases)?;
    let began = Instant::now();
    let looked = folders.clone();
    let report = tokio::task::spawn_blocking(move || search.through(&looked)).await.context("the search broke off")?;
    let seconds = began.elapsed().as_secs_f64();
    let places = folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ");
    print(&format!("Searched {} files ({} bytes) in {places}, in {seconds:.1} s.", report.files, report.bytes))?;
    if matches!(config.ledger.engine, LedgerEngine::Postgres(_)) {
        print("The record is in PostgreSQL: its files were searched only if --in names its data directory.")?;
    }
    conclude(&report, readable.len(), asked, sought)
}

/// What somebody reads who has to say whether it is gone.
fn conclude(report: &Report, readable: usize, asked: usize, sought: usize) -> Result<ExitCode> {
    for Found { file, at, what } in &report.found {
        let file = file.display();
        match what {
            What::Key(request) => eprintln!("{file}: the key of erased request {request} stands at byte {at}"),
            What::Phrase { line, form } => eprintln!("{file}: the phrase of line {line} stands at byte {at}, {form}"),
        }
    }
    if report.more > 0 {
        eprintln!("and {} more places", report.more);
    }
    for (path, why) in &report.unread {
        eprintln!("{}: cannot be read: {why}", path.display());
    }
    if !report.compressed.is_empty() {
        let names: Vec<_> = report.compressed.iter().take(20).map(|path| path.display().to_string()).collect();
        let count = report.compressed.len();
        print(&format!("Not seen into, since they are compressed: {count} files, such as {}.", names.join(", ")))?;
    }
    if readable == 0 && report.is_clean() {
        if asked > 0 {
            print(&format!("Erased for good: {asked} requests; their keys stand in none of these files."))?;
        }
        if sought > 0 {
            print(&format!("Found nowhere: {sought} phrases, in any form."))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let count = report.found.len() as u64 + report.more;
    eprintln!(
        "wideawake: it is not shown that all of it is gone: {readable} requests can still be read, {count} places hold \
         what should be nowhere, {} could not be read",
        report.unread.len()
    );
    Ok(ExitCode::FAILURE)
}

/// Why somebody could still read a request; `None`: nobody can.
async fn still_readable(ledger: &dyn Ledger, request: RequestId) -> Result<Option<String>> {
    let stream = StreamId::request(request);
    let Some(newest) = ledger.newest(stream).await? else {
        return Ok(Some(format!("request {request}: there is no such request in this ledger")));
    };
    let has_key = ledger.key(stream).await?.is_some();
    Ok(match (&*newest.kind == "erased", has_key) {
        (true, false) => None,
        (false, _) => Some(format!("request {request}: was not erased; `wideawake erase {request}` does it")),
        (true, true) => Some(format!("request {request}: its erasure is recorded, but its key is still in the ledger")),
    })
}

/// What was not erased.
#[derive(Default)]
struct Living {
    /// The wrapped keys.
    keys: HashSet<Vec<u8>>,
    /// Whose they are.
    requests: HashSet<RequestId>,
}

async fn living(ledger: &dyn Ledger) -> Result<Living> {
    let (mut living, mut after) = (Living::default(), None);
    loop {
        let page = ledger.keys(after, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(living) };
        after = Some(*last);
        for (stream, key) in page {
            living.keys.insert(key);
            living.requests.insert(RequestId(stream.id));
        }
    }
}

async fn every_request(ledger: &dyn Ledger) -> Result<Vec<RequestId>> {
    let (mut every, mut after) = (Vec::new(), None);
    loop {
        let page = ledger.streams(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(every) };
        after = Some(last.stream);
        let requests = page.iter().filter(|head| head.stream.kind == StreamKind::Request);
        every.extend(requests.map(|head| RequestId(head.stream.id)));
    }
}

/// The data folder, that of the list of erased requests, and those that were named.
fn folders(config: &Config, named: Vec<PathBuf>) -> Vec<PathBuf> {
    let folder = |file: &Path| file.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_owned);
    let ledger = match &config.ledger.engine {
        LedgerEngine::Sqlite(path) => Some(folder(path).unwrap_or_else(|| ".".into())),
        LedgerEngine::Postgres(_) => None,
    };
    let list = config.ledger.erased.exists().then(|| folder(&config.ledger.erased)).flatten();
    let mut folders = Vec::new();
    for one in ledger.into_iter().chain(list).chain(named) {
        if !folders.contains(&one) {
            folders.push(one);
        }
    }
    folders
}

/// One phrase a line; empty lines are passed over.
fn read(file: &Path) -> Result<Vec<Phrase>> {
    let failed = || format!("cannot read the phrases in {}", file.display());
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().take(LIST + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(LIST + 1).read_to_end(&mut bytes))
    };
    read.with_context(failed)?;
    ensure!(
        bytes.len() as u64 <= LIST,
        "the list of phrases has more than {LIST} bytes; look for them in several goes"
    );
    let text = String::from_utf8(bytes).ok().with_context(|| format!("{} is not UTF-8", file.display()))?;
    let lines = text.lines().zip(1..).filter(|(text, _)| !text.trim().is_empty());
    Ok(lines.map(|(text, line)| Phrase { line, text: text.to_owned() }).collect())
}
