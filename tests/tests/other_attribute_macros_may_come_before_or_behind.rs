//! What async-trait and tokio make of a function is what is observed, whichever attribute stands first.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use async_trait::async_trait;
use vivarium_tests::observer::{Trace, observe};

#[async_trait]
trait Store: Sync {
    async fn get(&self, key: &str) -> Result<u8, String>;

    #[vivarium::observe]
    async fn first(&self) -> Result<u8, String> {
        tokio::task::yield_now().await;
        self.get("0").await
    }
}

struct Methods;

#[async_trait]
impl Store for Methods {
    #[vivarium::observe(err)]
    async fn get(&self, key: &str) -> Result<u8, String> {
        let number: u8 = key.parse().map_err(|_| format!("{key} is no number"))?;
        tokio::task::yield_now().await;
        Ok(number)
    }
}

struct Before;

#[vivarium::observe]
#[async_trait]
impl Store for Before {
    async fn get(&self, key: &str) -> Result<u8, String> {
        tokio::task::yield_now().await;
        key.parse().map_err(|_| "no number".into())
    }
}

struct Behind;

#[async_trait]
#[vivarium::observe]
impl Store for Behind {
    async fn get(&self, key: &str) -> Result<u8, String> {
        tokio::task::yield_now().await;
        key.parse().map_err(|_| "no number".into())
    }
}

#[vivarium::observe]
#[tokio::main(flavor = "current_thread")]
async fn main_before() -> u8 {
    tokio::task::yield_now().await;
    1
}

#[tokio::main(flavor = "current_thread")]
#[vivarium::observe]
async fn main_behind() -> u8 {
    tokio::task::yield_now().await;
    2
}

fn finish<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime starts").block_on(future)
}

fn two_polls(name: &str, number: u8) -> [String; 4] {
    [
        format!("start {name} #{number} poll"),
        format!("stop {name} #{number} poll"),
        format!("start {name} #{number} poll"),
        format!("stop {name} #{number} poll last"),
    ]
}

fn get(store: &dyn Store) -> Trace {
    observe(|| assert_eq!(finish(store.get("7")), Ok(7)))
}

#[test]
fn async_trait_methods() {
    assert_eq!(get(&Methods).lines(), two_polls("get", 1));
    assert_eq!(get(&Before).lines(), two_polls("<Before as Store>::get", 1));
    assert_eq!(get(&Behind).lines(), two_polls("<Behind as Store>::get", 1));
    let trace = observe(|| assert!(finish(Methods.get("x")).is_err()));
    assert_eq!(trace, ["start get #1 poll", "raise get #1 error \"x is no number\"", "stop get #1 poll last"]);
}

#[test]
fn async_trait_default_methods() {
    let trace = observe(|| assert_eq!(finish(Methods.first()), Ok(0)));
    assert_eq!(
        trace,
        [
            "start first #1 poll",
            "stop first #1 poll",
            "start first #1 poll",
            "start get #2 poll",
            "stop get #2 poll",
            "stop first #1 poll",
            "start first #1 poll",
            "start get #2 poll",
            "stop get #2 poll last",
            "stop first #1 poll last",
        ]
    );
}

#[test]
fn main_functions_of_tokio_are_observed_as_a_whole() {
    assert_eq!(observe(|| assert_eq!(main_before(), 1)), ["start main_before #1", "stop main_before #1 last"]);
    assert_eq!(observe(|| assert_eq!(main_behind(), 2)), ["start main_behind #1", "stop main_behind #1 last"]);
}

#[vivarium::observe]
#[test]
fn a_test_before() {
    assert_eq!(finish(async { 1 }), 1);
}

#[test]
#[vivarium::observe]
fn a_test_behind() {
    assert_eq!(finish(async { 1 }), 1);
}

#[vivarium::observe]
#[tokio::test]
async fn a_tokio_test_before() {
    assert_eq!(Before.get("1").await, Ok(1));
}

#[tokio::test]
#[vivarium::observe]
async fn a_tokio_test_behind() {
    assert_eq!(Behind.first().await, Ok(0));
}
