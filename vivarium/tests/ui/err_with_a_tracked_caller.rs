#[vivarium::observe(err)]
#[track_caller]
fn tracked() -> Result<(), String> {
    Ok(())
}

fn main() {
    let _ = tracked();
}
