#[vivarium::observe(err = true)]
fn failing() -> Result<(), String> {
    Ok(())
}

struct Store;

#[vivarium::observe]
impl Store {
    #[vivarium::observe(skip(all))]
    fn len(&self) -> usize {
        0
    }
}

fn main() {
    let _ = failing();
    Store.len();
}
