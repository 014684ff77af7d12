//! Reading to the end what nobody wants to read.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use axum::http::{HeaderMap, header};
use hyper::body::{Frame, Incoming, SizeHint};

/// How much is thrown away for a client's sake.
const MOST: usize = 32 * 1024 * 1024;
/// For how long.
const PATIENCE: Duration = Duration::from_secs(5);

/// A body that, dropped before its end, is read on and thrown away, within bounds. Closing a connection on a client that
/// is still sending resets it, and the answer that says why (413, 415, 401) is lost with it.
pub(super) struct Lingering {
    body: Option<Incoming>,
    /// A client that sent `Expect: 100-continue` holds its body back until it is asked for: nothing to linger on.
    coming: bool,
}

impl Lingering {
    pub(super) fn new(body: Incoming, headers: &HeaderMap) -> Self {
        Self { body: Some(body), coming: !headers.contains_key(header::EXPECT) }
    }
}

impl HttpBody for Lingering {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = Pin::new(body).poll_frame(cx);
        match &frame {
            Poll::Ready(Some(Ok(_))) => self.coming = true,
            Poll::Ready(None | Some(Err(_))) => self.body = None,
            Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let Some(body) = self.body.take().filter(|body| self.coming && !body.is_end_stream()) else { return };
        // Outside a runtime, as when it is being torn down, there is nobody left to answer.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(PATIENCE, throw_away(body)));
        }
    }
}

async fn throw_away(mut body: Incoming) {
    let mut thrown = 0;
    while thrown < MOST {
        let frame = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
        let Some(Ok(frame)) = frame else { return };
        thrown += frame.data_ref().map_or(0, Bytes::len);
    }
}
