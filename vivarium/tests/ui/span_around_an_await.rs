async fn wait() -> u8 {
    vivarium::span!("wait", { std::future::ready(1).await })
}

async fn build() -> u8 {
    vivarium::span!("build", { async { std::future::ready(1).await } }).await
}

fn main() {
    let _ = (wait(), build());
}
