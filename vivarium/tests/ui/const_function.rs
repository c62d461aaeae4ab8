#[vivarium::observe]
pub const fn constant() -> u8 {
    1
}

const USED: u8 = constant();

fn main() {
    println!("{USED}");
}
