#![deny(unused)]

#[vivarium::observe]
fn unused(text: String, mut list: Vec<u8>) {}

#[vivarium::observe]
async fn unused_later(text: String, number: &u8) {}

#[vivarium::observe]
fn never_called() {}

#[vivarium::observe]
#[must_use = "it's the point"]
fn must_use() -> u8 {
    return 1;
    2
}

fn main() {
    unused_later(String::new(), &1);
    unused(String::new(), vec![]);
    must_use();
}
