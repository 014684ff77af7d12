//! Every file below some folders, read in windows that overlap.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// How much is read at once.
const WINDOW: usize = 1 << 20;

/// What could not be read, and why not.
type Unread = Vec<(PathBuf, String)>;

/// Calls `each` with every file below `folders`, once, in order of name; links are followed. What cannot be read goes into
/// `unread`.
pub(super) fn below(folders: &[PathBuf], unread: &mut Unread, mut each: impl FnMut(&Path, &mut Unread)) {
    let mut seen = HashSet::new();
    let mut waiting: Vec<(PathBuf, bool)> = folders.iter().rev().map(|folder| (folder.clone(), true)).collect();
    while let Some((path, is_named)) = waiting.pop() {
        let data = match fs::metadata(&path) {
            Ok(data) => data,
            // What was just listed may be gone; a link may lead nowhere.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !is_named => continue,
            Err(error) => {
                unread.push((path, error.to_string()));
                continue;
            }
        };
        if !seen.insert((data.dev(), data.ino())) {
            continue;
        }
        if data.is_file() {
            each(&path, unread);
        } else if data.is_dir() {
            match fs::read_dir(&path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
                Ok(entries) => {
                    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
                    paths.sort_unstable_by(|a, b| b.cmp(a));
                    waiting.extend(paths.into_iter().map(|path| (path, false)));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => unread.push((path, error.to_string())),
            }
        }
    }
}

/// Whether the name says that what stands in a file cannot be seen.
pub(super) fn is_compressed(path: &Path) -> bool {
    let known = ["gz", "zst", "xz", "bz2", "lz4", "zip", "7z", "tgz"];
    path.extension().is_some_and(|extension| known.iter().any(|one| extension.eq_ignore_ascii_case(one)))
}

/// Reads a file as it is when this begins, and calls `look` with one window after the other: its bytes, how many stand
/// before it, and up to where something may begin that is looked for here. Whatever begins behind that, and has at most
/// `overlap` bytes, is in the next one. Says how many bytes there were.
pub(super) fn windows(file: &File, overlap: usize, look: impl FnMut(&[u8], u64, usize)) -> io::Result<u64> {
    // A log that grows must have an end.
    let length = file.metadata()?.len();
    windows_of(&mut file.take(length), WINDOW, overlap, look)
}

fn windows_of(
    file: &mut impl Read,
    size: usize,
    overlap: usize,
    mut look: impl FnMut(&[u8], u64, usize),
) -> io::Result<u64> {
    let mut buffer = vec![0; size + overlap];
    let (mut held, mut base) = (0, 0);
    loop {
        let mut filled = held;
        while filled < buffer.len() {
            match file.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if filled < buffer.len() {
            look(&buffer[..filled], base, filled);
            return Ok(base + filled as u64);
        }
        let until = filled - overlap;
        look(&buffer, base, until);
        buffer.copy_within(until.., 0);
        (held, base) = (overlap, base + until as u64);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn windows_show_every_place_once_with_all_that_may_follow() {
        for length in 0..60_usize {
            let bytes: Vec<u8> = (0..length as u8).collect();
            let mut begins = Vec::new();
            let read = windows_of(&mut bytes.as_slice(), 7, 3, |window, base, until| {
                for at in 0..until {
                    begins.push(base + at as u64);
                    let rest = &window[at..];
                    let there = &bytes[base as usize + at..];
                    assert!(rest.len() >= 3.min(there.len()) && there.starts_with(rest));
                }
            });
            assert_eq!(read.unwrap(), length as u64);
            assert_eq!(begins, (0..length as u64).collect::<Vec<_>>());
        }
    }
}
