#[vivarium::test]
async fn waits() {}

#[vivarium::test]
#[tracing::instrument]
async fn waits_traced() {}

fn main() {}
