#[vivarium::test]
struct Test;

fn main() {}
