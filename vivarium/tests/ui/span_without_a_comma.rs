fn main() {
    vivarium::span!("wait"; 3);
    vivarium::span!("parse" { 1 + 1 });
}
