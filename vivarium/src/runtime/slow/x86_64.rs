//! On x86-64: by way of a function that saves the registers which the calling convention leaves to the caller.
//!
//! Vector registers are all the caller's by that convention, so that there is nothing to gain by saving them; they are
//! declared lost, with the others that hold no addresses.

use core::arch::{asm, naked_asm};

use vivarium_sys::Site;

use crate::runtime::activation::Activation;
use crate::runtime::progress::Progress;
use crate::runtime::slow::Slow;

#[inline(always)]
pub(super) fn call(
    slow: Slow,
    site: &'static Site,
    activation: Activation,
    progress: Option<&mut Progress>,
) -> Activation {
    let result: u64;
    let progress = progress.map_or(core::ptr::null_mut(), core::ptr::from_mut);
    // SAFETY: `keeping` calls the function in rax with the three arguments in the registers where it expects them, each of
    // which is a word, and gives its result in rax. It keeps every other general purpose register but r11, which is lost
    // already where the call goes through a linkage table; that and all other registers are declared lost. A function of the
    // slow path never unwinds, being `extern "C"`.
    unsafe {
        asm!(
            "call {keeping}",
            keeping = sym keeping,
            inout("rax") slow as *const () => result,
            in("rdi") site,
            in("rsi") activation.word(),
            in("rdx") progress,
            out("r11") _,
            out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _, out("xmm4") _, out("xmm5") _, out("xmm6") _,
            out("xmm7") _, out("xmm8") _, out("xmm9") _, out("xmm10") _, out("xmm11") _, out("xmm12") _, out("xmm13") _,
            out("xmm14") _, out("xmm15") _, out("xmm16") _, out("xmm17") _, out("xmm18") _, out("xmm19") _,
            out("xmm20") _, out("xmm21") _, out("xmm22") _, out("xmm23") _, out("xmm24") _, out("xmm25") _,
            out("xmm26") _, out("xmm27") _, out("xmm28") _, out("xmm29") _, out("xmm30") _, out("xmm31") _,
            out("k0") _, out("k1") _, out("k2") _, out("k3") _, out("k4") _, out("k5") _, out("k6") _, out("k7") _,
            out("st(0)") _, out("st(1)") _, out("st(2)") _, out("st(3)") _, out("st(4)") _, out("st(5)") _,
            out("st(6)") _, out("st(7)") _, out("mm0") _, out("mm1") _, out("mm2") _, out("mm3") _, out("mm4") _,
            out("mm5") _, out("mm6") _, out("mm7") _,
        );
    }
    Activation::from_word(result)
}

/// Calls the function in rax, and keeps all general purpose registers but that one and r11.
///
/// It aligns the stack by itself: where the call stands in the middle of a function, the compiler may not have got to that.
#[unsafe(naked)]
extern "C" fn keeping() {
    naked_asm!(
        ".cfi_startproc",
        "push rbp",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset rbp, -16",
        "mov rbp, rsp",
        ".cfi_def_cfa_register rbp",
        "push rcx",
        "push rdx",
        "push rsi",
        "push rdi",
        "push r8",
        "push r9",
        "push r10",
        "and rsp, -16",
        "call rax",
        "lea rsp, [rbp - 56]",
        "pop r10",
        "pop r9",
        "pop r8",
        "pop rdi",
        "pop rsi",
        "pop rdx",
        "pop rcx",
        "pop rbp",
        ".cfi_def_cfa rsp, 8",
        "ret",
        ".cfi_endproc",
    )
}
