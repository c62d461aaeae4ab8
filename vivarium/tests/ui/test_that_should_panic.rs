#[vivarium::test(no("@net"), complete)]
#[should_panic(expected = "no connection")]
fn fails() {
    panic!("no connection");
}

#[vivarium::test(nothing())]
#[tracing::instrument]
#[should_panic]
fn fails_traced() {
    panic!();
}

#[vivarium::test]
#[should_panic]
fn expects_nothing() {
    panic!();
}

fn main() {}
