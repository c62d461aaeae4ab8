//! An async function and the smallest executor that runs it.

use std::future::{Future, poll_fn};
use std::io::{self, Read};
use std::net::{SocketAddr, TcpStream};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

/// How long to wait before asking again.
const PATIENCE: Duration = Duration::from_millis(2);

/// Connects, and reads until the other side is done.
#[vivarium::observe]
pub(super) async fn fetch(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nonblocking(true)?;
    let mut page = String::new();
    poll_fn(|_| match stream.read_to_string(&mut page) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
        read => Poll::Ready(read),
    })
    .await?;
    Ok(page)
}

/// Polls until it is done.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(done) => return done,
            Poll::Pending => thread::sleep(PATIENCE),
        }
    }
}
