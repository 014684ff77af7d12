//! Answers to what is no HTTP at all. hyper gives these itself, without a body and before any handler; here they become
//! problems like every other.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::net::TcpStream;

use crate::http::{Kind, Problem};

/// Tells a client that there is no place for it, as far as its socket takes the words at once.
pub(super) fn turn_away(stream: &TcpStream, full: &Problem) {
    let _ = stream.try_write(&answer(full, "retry-after: 1\r\n"));
}

/// A whole answer that closes the connection.
fn answer(problem: &Problem, header: &str) -> Vec<u8> {
    let body = problem.to_json();
    let mut bytes = format!(
        "HTTP/1.1 {}\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\ncache-control: no-store\r\n\
         x-content-type-options: nosniff\r\n{header}connection: close\r\n\r\n",
        problem.kind().status(),
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(&body);
    bytes
}

/// The problem that says in words what hyper said with a bare status, if `head` is such an answer. No answer of ours has
/// one of these statuses and no body.
fn spelled_out(head: &[u8]) -> Option<Problem> {
    let bare = |status: &str| head.starts_with(status.as_bytes());
    let kind = if bare("HTTP/1.1 400 ") || bare("HTTP/1.0 400 ") {
        Kind::BadRequest
    } else if bare("HTTP/1.1 431 ") || bare("HTTP/1.0 431 ") {
        Kind::HeadersTooLarge
    } else if bare("HTTP/1.1 414 ") || bare("HTTP/1.0 414 ") {
        Kind::UriTooLong
    } else {
        return None;
    };
    let empty = head.ends_with(b"\r\n\r\n") && head.windows(21).any(|line| line == b"\r\ncontent-length: 0\r\n");
    empty.then(|| Problem::new(kind))
}

/// A connection that spells out bare answers on their way to the client.
pub(super) struct Answering<Io> {
    io: Io,
    /// What is written in place of the current bare answer, and how much of it already was.
    instead: Option<(Vec<u8>, usize)>,
}

impl<Io> Answering<Io> {
    pub(super) const fn new(io: Io) -> Self {
        Self { io, instead: None }
    }
}

impl<Io: Read + Unpin> Read for Answering<Io> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl<Io: Write + Unpin> Answering<Io> {
    /// Writes what stands in for `head`, if anything does; then `head` counts as written.
    fn poll_instead(&mut self, cx: &mut Context<'_>, head: &[u8]) -> Option<Poll<io::Result<usize>>> {
        if self.instead.is_none() {
            self.instead = spelled_out(head).map(|problem| (answer(&problem, ""), 0));
        }
        let (bytes, written) = self.instead.as_mut()?;
        while let Some(rest) = bytes.get(*written..).filter(|rest| !rest.is_empty()) {
            match Pin::new(&mut self.io).poll_write(cx, rest) {
                Poll::Ready(Ok(0)) => return Some(Poll::Ready(Err(io::ErrorKind::WriteZero.into()))),
                Poll::Ready(Ok(more)) => *written += more,
                other => return Some(other),
            }
        }
        self.instead = None;
        Some(Poll::Ready(Ok(head.len())))
    }
}

impl<Io: Write + Unpin> Write for Answering<Io> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.poll_instead(cx, buf) {
            Some(done) => done,
            None => Pin::new(&mut self.io).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let Some(head) = bufs.first()
            && let Some(done) = self.poll_instead(cx, head)
        {
            return Poll::Ready(ready!(done));
        }
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
