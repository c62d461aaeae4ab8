#[vivarium::observe(nmae = "load")]
fn near() {}

#[vivarium::observe(level = "info")]
fn far() {}

#[vivarium::observe(skip_all)]
fn other() {}

fn main() {
    near();
    far();
    other();
}
