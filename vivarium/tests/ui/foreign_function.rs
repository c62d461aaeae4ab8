unsafe extern "C" {
    #[vivarium::observe]
    safe fn abs(number: i32) -> i32;
}

#[vivarium::observe]
unsafe extern "C" {
    safe fn labs(number: i64) -> i64;
}

fn main() {
    println!("{} {}", abs(1), labs(1));
}
