#[vivarium::observe]
fn typing() -> u8 {
    let number = ;
    1
}

struct Store;

#[vivarium::observe]
impl Store {
    fn method(&self) -> u8 {
        self.
    }

    fn other(&self) -> u8 {
        1
    }
}

fn main() {
    typing();
    Store.method();
    Store.other();
}
