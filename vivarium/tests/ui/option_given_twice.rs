#[vivarium::observe(name = "one", name = "other")]
fn named() {}

#[vivarium::observe(err, err)]
fn failing() -> Result<(), String> {
    Ok(())
}

#[vivarium::observe(name = "one" err)]
fn no_comma() {}

fn main() {
    named();
    let _ = failing();
    no_comma();
}
