#[vivarium::observe(skip)]
fn alone() {}

struct Store;

#[vivarium::observe(skip)]
impl Store {
    fn get(&self) {}
}

fn main() {
    alone();
    Store.get();
}
