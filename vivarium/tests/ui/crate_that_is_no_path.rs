#[vivarium::observe(crate = "vivarium")]
fn text() {}

#[vivarium::observe(crate)]
fn nothing() {}

fn main() {
    text();
    nothing();
}
