const NAME: &str = "load";

#[vivarium::observe(name = NAME)]
fn constant() {}

#[vivarium::observe(name = "")]
fn empty() {}

#[vivarium::observe(name = "a\0b")]
fn zero() {}

#[vivarium::observe(name)]
fn nothing() {}

#[vivarium::observe(name =)]
fn no_value() {}

#[vivarium::observe("load")]
fn only_the_name() {}

#[vivarium::observe(name("load"))]
fn in_parentheses() {}

fn main() {
    constant();
    empty();
    zero();
    nothing();
    no_value();
    only_the_name();
    in_parentheses();
    println!("{NAME}");
}
