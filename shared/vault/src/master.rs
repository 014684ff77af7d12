//! The master keys: from the configuration, or from a file beside the ledger that only its owner can read.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::{fmt, process};
use zeroize::{Zeroize as _, Zeroizing};

use crate::VaultError;
use crate::derive::random;

/// How many bytes a key has.
pub(crate) const KEY: usize = 32;

/// The keys that wrap data keys, newest first. The newest wraps; the others still unwrap.
#[derive(Clone)]
pub struct MasterKeys(Vec<Zeroizing<[u8; KEY]>>);

impl MasterKeys {
    /// The configured keys: base64 with padding, newest first, each exactly 32 bytes.
    pub fn from_base64<S: AsRef<str>>(keys: &[S]) -> Result<Self, VaultError> {
        let mut parsed: Vec<Zeroizing<[u8; KEY]>> = Vec::with_capacity(keys.len());
        for (index, text) in keys.iter().enumerate() {
            let refuse = |problem: String| VaultError::Master { number: index + 1, problem };
            let bytes = BASE64_STANDARD
                .decode(text.as_ref().trim())
                .map(Zeroizing::new)
                .map_err(|_| refuse("is not base64".to_owned()))?;
            if bytes.len() != KEY {
                return Err(refuse(format!("has {} bytes", bytes.len())));
            }
            let mut key = Zeroizing::new([0; KEY]);
            key.copy_from_slice(&bytes);
            parsed.push(key);
        }
        if parsed.is_empty() { Err(VaultError::NoMaster) } else { Ok(Self(parsed)) }
    }

    /// The keys in the file `master.key` in the folder of `ledger`, one a line, newest first. If there is none, one is
    /// made, readable by its owner only. Several processes that come at once get the same.
    pub fn beside(ledger: &Path) -> Result<Self, VaultError> {
        let folder = match ledger.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let path = folder.join("master.key");
        let failed = |action| {
            let path = path.display().to_string();
            move |source| VaultError::File { action, path, source }
        };
        if !path.try_exists().map_err(failed("find"))? {
            create(folder, &path).map_err(failed("create"))?;
        }
        narrow(&path).map_err(failed("restrict"))?;
        let text = fs::read_to_string(&path).map(Zeroizing::new).map_err(failed("read"))?;
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        Self::from_base64(&lines).map_err(|error| {
            failed("use")(io::Error::new(
                io::ErrorKind::InvalidData,
                match error {
                    VaultError::Master { number, problem } => format!("key {number} in it {problem}"),
                    other => other.to_string(),
                },
            ))
        })
    }

    /// Newest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8; KEY]> {
        self.0.iter().map(|key| &**key)
    }
}

impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹sealed›")
    }
}

/// Writes a new key under another name first and then links it: the file is either not there or whole, and of two
/// processes only one wins.
fn create(folder: &Path, path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let draft: PathBuf = folder.join(format!(".master.key.{}.{:016x}", process::id(), u64::from_ne_bytes(random())));
    let mut line = Zeroizing::new(BASE64_STANDARD.encode(Zeroizing::new(random::<KEY>()).as_slice()));
    line.push('\n');
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| file.write_all(line.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| match fs::hard_link(&draft, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        });
    line.zeroize();
    let removed = fs::remove_file(&draft);
    written.and(removed)?;
    File::open(folder)?.sync_all()
}

/// A backup or a copy may have opened the file to others: closes it again.
fn narrow(path: &Path) -> io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    let owner_only = mode & 0o700;
    if mode == owner_only { Ok(()) } else { fs::set_permissions(path, Permissions::from_mode(owner_only)) }
}
