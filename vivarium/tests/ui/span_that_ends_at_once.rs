#![deny(unused_must_use)]

fn main() {
    vivarium::span!("nothing");
}
