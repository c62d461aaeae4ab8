#[vivarium::test(olny([opens("/etc/hosts")]))]
fn misspelt() {}

#[vivarium::test(no = "@net")]
fn assigned() {}

#[vivarium::test("@net")]
fn bare() {}

fn main() {}
