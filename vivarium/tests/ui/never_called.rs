#![deny(dead_code)]

#[vivarium::observe]
fn never_called() {}

#[vivarium::observe]
async fn never_called_later() {}

struct Store;

#[vivarium::observe]
impl Store {
    fn never_called(&self) {}
}

fn main() {
    let _ = Store;
}
