//! An OpenID Connect provider of one's own: the npm package `oidc-provider`, which is certified by the OpenID Foundation.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::program::{Program, free_port};

/// What `tests/install` leaves it under, in the folder of everything that is built.
const FOLDER: &str = "oidc-provider";

/// A provider with one client. Whoever comes is signed in as the account that was set last.
#[derive(Debug)]
pub struct OidcProvider {
    program: Program,
    port: u16,
    _folder: TempDir,
}

impl OidcProvider {
    /// The id of its client.
    pub const CLIENT: &str = "desk";
    /// The secret of its client: with characters that have to be escaped.
    pub const SECRET: &str = "a secret: of + tests % only, and long enough";

    /// Starts one that sends browsers back to `redirect_uri` alone.
    pub fn start(redirect_uri: &str) -> Result<Self> {
        let modules = modules();
        if !modules.join("node_modules/oidc-provider").is_dir() {
            bail!("there is no oidc-provider in {}; run tests/install", modules.display());
        }
        let node = ["/usr/bin/node", "/usr/local/bin/node", "/usr/bin/nodejs"]
            .into_iter()
            .find(|path| Path::new(path).exists());
        let node = node.context("there is no Node.js; run tests/install")?;
        let folder = TempDir::new()?;
        let (log, port) = (folder.path().join("log"), free_port()?);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/oidc/provider.mjs");
        let modules = modules.display().to_string();
        let args = [script, &modules, &port.to_string(), Self::CLIENT, Self::SECRET, redirect_uri];
        let mut program = Program::start(Path::new(node), &args, &[], None, &log)?;
        program.wait_until(&log, || TcpStream::connect(("127.0.0.1", port)).is_ok())?;
        Ok(Self { program, port, _folder: folder })
    }

    /// Who it says it is.
    pub fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Whoever comes from now on is signed in as `sub`; `claims` is a JSON object of what else it says of them.
    pub fn account(&self, sub: &str, claims: &str) -> Result<()> {
        let body = format!("{{\"sub\":\"{sub}\",\"claims\":{claims}}}");
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        let head = format!(
            "POST /test/account HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        if answer.starts_with("HTTP/1.1 204") { Ok(()) } else { bail!("the provider says {answer}") }
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        self.program.kill();
    }
}

fn modules() -> PathBuf {
    let built = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    built.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target"))).join(FOLDER)
}
