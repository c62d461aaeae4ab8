struct Quiet;

#[vivarium::observe(err)]
fn nothing() {}

#[vivarium::observe(err)]
fn number() -> u32 {
    1
}

#[vivarium::observe(err)]
async fn number_later() -> u32 {
    1
}

#[vivarium::observe(err)]
async fn perhaps_later() -> Option<u32> {
    None
}

#[vivarium::observe(err)]
fn undisplayable() -> Result<(), Quiet> {
    Err(Quiet)
}

#[vivarium::observe(err)]
async fn undisplayable_later() -> Result<(), Quiet> {
    Err(Quiet)
}

fn main() {
    nothing();
    number();
    let _ = number_later();
    let _ = perhaps_later();
    let _ = undisplayable();
    let _ = undisplayable_later();
}
