#[vivarium::test]
async fn waits() {}

fn main() {}
