#[vivarium::observe]
fn number() -> u8 {
    "text"
}

#[vivarium::observe]
async fn number_later() -> u8 {
    "text"
}

#[vivarium::observe]
async fn nothing_later() {
    1
}

fn main() {
    number();
    let _ = (number_later(), nothing_later());
}
