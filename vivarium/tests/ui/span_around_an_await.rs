async fn wait() -> u8 {
    vivarium::span!("wait", { std::future::ready(1).await })
}

async fn build() -> u8 {
    vivarium::span!("build", { async { std::future::ready(1).await } }).await
}

async fn build_and_wait() -> u8 {
    vivarium::span!("build and wait", {
        let built = async { std::future::ready(1).await };
        built.await
    })
}

fn main() {
    let _ = (wait(), build(), build_and_wait());
}
