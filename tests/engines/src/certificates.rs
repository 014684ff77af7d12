//! Certificates of one's own, for servers that speak TLS.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The authority, the certificate of it for `localhost` and 127.0.0.1, and the key of that.
pub const FILES: [&str; 3] = ["ca.crt", "server.crt", "server.key"];

/// Makes [`FILES`] in a folder.
///
/// # Errors
/// When there is no `openssl`, or it fails.
pub fn make(folder: &Path) -> Result<()> {
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")?;
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    openssl(folder, &format!("req -x509 {key} -keyout ca.key -out ca.crt -subj /CN=wideawake-test -days 2"))?;
    openssl(folder, &format!("req {key} -keyout server.key -out server.csr -subj /CN=localhost"))?;
    let sign =
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt -days 2 -extfile names";
    openssl(folder, sign)
}

fn openssl(folder: &Path, args: &str) -> Result<()> {
    let mut openssl = Command::new("openssl");
    openssl.args(args.split(' ')).current_dir(folder).stdin(Stdio::null());
    let output = openssl.output().context("openssl is needed: `apt-get install openssl`")?;
    if !output.status.success() {
        bail!("openssl {args} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
