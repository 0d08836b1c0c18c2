//! Requests to a backend over HTTP: to 127.0.0.1 alone, one connection each, within bounds, no redirect followed.
//!
//! A [`Door`] is open while the profile's websocket is: the token goes only to a port that was just seen to be the backend's own.

use super::{launch::Control, socket::is_ours};
use crate::{
    base::secret::Secret,
    wire::rest::{MAX_ANSWER, Request, Response},
};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    body::Bytes,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST, HeaderValue},
};
use hyper_util::rt::TokioIo;
use std::{net::Ipv4Addr, sync::Arc};
use tokio::{net::TcpStream, sync::Semaphore};

/// Requests to one backend at a time; more wait. A write takes milliseconds.
const AT_ONCE: usize = 4;
/// Where Hermes wants its token.
const TOKEN: &str = "X-Hermes-Session-Token";

/// The way to one backend process.
pub(super) struct Door {
    port: u16,
    token: Arc<Secret>,
    control: Arc<dyn Control>,
    places: Semaphore,
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Door({})", self.port)
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RestError {
    /// Nothing was sent.
    #[error("the backend is not connected")]
    NotConnected,
    /// Nothing was sent.
    #[error("its port is not open, or not its own")]
    NotOurs,
    /// It may have been done.
    #[error("its answer did not come: {0}")]
    Lost(String),
    /// It may have been done.
    #[error("its answer is longer than {MAX_ANSWER} bytes")]
    TooLong,
}

impl Door {
    pub(super) fn new(port: u16, token: Arc<Secret>, control: Arc<dyn Control>) -> Self {
        Self { port, token, control, places: Semaphore::new(AT_ONCE) }
    }

    /// Makes a request. Takes as long as the backend does; dropping it hangs up.
    pub(super) async fn ask(&self, request: Request) -> Result<Response, RestError> {
        let _place = self.places.acquire().await.map_err(|_| RestError::NotConnected)?;
        let ours = async || is_ours(self.port, &self.control).await.map_err(|_| RestError::NotOurs);
        ours().await?;
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await;
        let stream = stream.map_err(|_| RestError::NotOurs)?;
        // Once more: it was ours when the connection was made as well.
        ours().await?;
        let lost = |error: hyper::Error| RestError::Lost(error.to_string());
        let (mut send, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(lost)?;
        let answered = async {
            let head = hyper::Request::builder()
                .method(request.method)
                .uri(&request.path)
                .header(HOST, format!("127.0.0.1:{}", self.port))
                .header(TOKEN, self.token()?)
                .header(CONTENT_TYPE, "application/json")
                .header("Connection", "close");
            let body = Full::new(Bytes::from(request.body));
            let request = head.body(body).map_err(|error| RestError::Lost(error.to_string()))?;
            let response = send.send_request(request).await.map_err(lost)?;
            let status = response.status().as_u16();
            let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await.map_err(|error| {
                match error.downcast::<hyper::Error>() {
                    Ok(error) => lost(*error),
                    Err(_) => RestError::TooLong,
                }
            })?;
            Ok(Response { status, body: body.to_bytes().to_vec() })
        };
        // The connection is driven here, not by a task of its own: nothing outlives the question.
        tokio::pin!(answered);
        tokio::select! {
            answer = &mut answered => answer,
            ended = connection => match ended {
                Ok(()) => answered.await,
                Err(error) => Err(lost(error)),
            },
        }
    }

    fn token(&self) -> Result<HeaderValue, RestError> {
        let mut token = HeaderValue::from_str(self.token.expose())
            .map_err(|_| RestError::Lost("its token cannot be sent".to_owned()))?;
        token.set_sensitive(true);
        Ok(token)
    }
}

#[cfg(test)]
#[path = "rest_tests.rs"]
mod tests;
