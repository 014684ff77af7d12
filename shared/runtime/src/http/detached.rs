//! Finishing what was begun: a handler that changes something runs to its end even if the client goes away.

use std::future::Future;

use tracing::Instrument;

use super::{Kind, Problem};

/// Runs `work` on a task of its own, inside the current span, and waits for it. Dropping the wait, as axum does when the
/// client disconnects, does not stop the work. A panic inside is [`Kind::Internal`]; the panic hook has reported it.
pub async fn detached<T, F>(work: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Problem>> + Send + 'static,
{
    match tokio::spawn(work.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Kind::Internal.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn work_goes_on_when_nobody_waits_for_it() {
        let (go, started) = oneshot::channel::<()>();
        let (done, finished) = oneshot::channel::<u8>();
        let wait = detached(async move {
            let _ = started.await;
            let _ = done.send(7);
            Ok(())
        });
        assert!(tokio::time::timeout(Duration::from_millis(1), wait).await.is_err());
        assert!(go.send(()).is_ok());
        assert_eq!(finished.await, Ok(7));
    }

    #[tokio::test]
    async fn a_panic_is_a_problem() {
        let outcome = detached::<(), _>(async {
            assert!(std::hint::black_box(false), "broken");
            Ok(())
        })
        .await;
        assert_eq!(outcome.map_err(|problem| problem.kind()), Err(Kind::Internal));
    }
}
