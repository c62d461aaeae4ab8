#[vivarium::observe]
#[unsafe(naked)]
pub extern "C" fn naked() {
    core::arch::naked_asm!("ret")
}

fn main() {
    naked();
}
