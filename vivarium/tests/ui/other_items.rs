#[vivarium::observe]
#[derive(Clone)]
struct Config {
    path: String,
}

#[vivarium::observe]
enum Kind {
    One,
}

#[vivarium::observe]
static LIMIT: u8 = {
    let limit = 1;
    limit
};

#[vivarium::observe]
const COUNT: fn() -> u8 = || 1;

#[vivarium::observe]
type Alias = u8;

#[vivarium::observe]
use std::fmt::{Debug, Display};

#[vivarium::observe]
macro_rules! nothing {
    () => {};
}

fn main() {
    nothing!();
    let _ = (Config { path: String::new() }.clone().path, Kind::One, LIMIT, COUNT);
    fn shown<T: Debug + Display>(_: T) {}
    shown::<Alias>(1);
}
