use vivarium::observe;

#[observe]
#[observe]
fn twice() {}

#[vivarium::observe(name = "one")]
#[inline]
#[vivarium::observe(name = "other")]
async fn twice_with_others_between() {}

struct Store;

#[observe]
#[vivarium::observe]
impl Store {
    fn add(&self) {}
}

fn main() {
    twice();
    let _ = twice_with_others_between();
    Store.add();
}
