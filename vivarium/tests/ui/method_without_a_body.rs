trait Area {
    #[vivarium::observe]
    fn width(&self) -> u32;
}

impl Area for u32 {
    fn width(&self) -> u32 {
        *self
    }
}

fn main() {
    println!("{}", 1.width());
}
