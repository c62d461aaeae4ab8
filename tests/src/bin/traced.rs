//! A program that uses `tracing`, behind a bridge: it serves three requests, and is in no other span.

use tracing::Instrument;
use tracing_subscriber::prelude::*;
use vivarium::tracing::Bridge;

#[tracing::instrument]
fn read() {}

async fn serve() {
    read();
    tokio::task::yield_now().await;
    read();
}

fn main() {
    let subscriber = tracing_subscriber::registry().with(tracing_subscriber::layer::Identity::new());
    Bridge::new(subscriber).init();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be built");
    for request in 1..=3 {
        runtime.block_on(serve().instrument(tracing::info_span!("request", request)));
    }
}
