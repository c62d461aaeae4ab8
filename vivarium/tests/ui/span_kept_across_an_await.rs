async fn wait() {
    let _span = vivarium::span!("wait");
    std::future::ready(1).await;
}

fn spawn(_: impl Send) {}

fn main() {
    spawn(wait());
}
