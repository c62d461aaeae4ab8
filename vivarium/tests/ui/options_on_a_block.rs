struct Store;

#[vivarium::observe(name = "store")]
impl Store {
    fn get(&self) {}
}

#[vivarium::observe(err)]
mod module {
    pub(crate) fn function() {}
}

fn main() {
    Store.get();
    module::function();
}
