fn main() {
    let name = "parse";
    let _span = vivarium::span!();
    let _span = vivarium::span!(name);
    let _span = vivarium::span!("");
    vivarium::span!({ 1 + 1 });
    println!("{name}");
}
