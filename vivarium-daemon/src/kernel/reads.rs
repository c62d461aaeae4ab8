//! How programs read the kernel's memory: by plain loads where the kernel lets them.

use aya_obj::generated::{
    BPF_ALU, BPF_ALU64, BPF_CALL, BPF_DW, BPF_EXIT, BPF_JMP, BPF_K, BPF_LDX, BPF_MEM, BPF_MOV, BPF_PSEUDO_KFUNC_CALL,
    bpf_insn,
};
use vivarium_sys::load::plain;

use super::sys::{Loading, Purpose, load_program};
use super::types::{Kind, Names, Numbers};

/// How programs read the kernel's memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reads {
    /// By the helper.
    ByHelper,
    /// By plain loads, as [`plain`] says.
    Plain {
        /// The number of the function that takes an address for a pointer.
        function: i32,
        /// That of the type that it is a pointer to.
        structure: i32,
    },
}

impl Reads {
    /// What has to be known of the kernel's types.
    pub(super) fn wanted() -> Names {
        Names::from([function(), structure()])
    }

    /// The best way that works, which is tried.
    pub(super) fn find(found: &Numbers) -> Self {
        let number = |name| found.get(&name).and_then(|number| i32::try_from(*number).ok());
        match (number(function()), number(structure())) {
            (Some(function), Some(structure)) => {
                let reads = Self::Plain { function, structure };
                if reads.work() { reads } else { Self::ByHelper }
            }
            _ => Self::ByHelper,
        }
    }

    /// Whether loads are plain.
    pub(super) fn are_plain(self) -> bool {
        self != Self::ByHelper
    }

    /// Whether the kernel takes a program that reads so.
    fn work(self) -> bool {
        let mut program = [
            instruction(BPF_ALU64 | BPF_MOV | BPF_K, 1, 0),
            instruction(BPF_ALU64 | BPF_MOV | BPF_K, 2, plain::TYPE.cast_signed()),
            instruction(BPF_JMP | BPF_CALL, 0, plain::TAKE.cast_signed()),
            instruction(BPF_LDX | BPF_MEM | BPF_DW, 0, 0),
            instruction(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0),
            instruction(BPF_JMP | BPF_EXIT, 0, 0),
        ];
        self.write_into(&mut program);
        load_program(&Loading::bare("plain_reads", &program, Purpose::Raw)).is_ok()
    }

    /// Makes a program read so.
    pub(super) fn write_into(self, instructions: &mut [bpf_insn]) {
        let (take, of_type) = match self {
            // Never come to. Where there is no such function, no program may call it either.
            Self::ByHelper => (instruction(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0), 0),
            Self::Plain { function, structure } => {
                let mut take = instruction(BPF_JMP | BPF_CALL, 0, function);
                take.set_src_reg(BPF_PSEUDO_KFUNC_CALL as u8);
                (take, structure)
            }
        };
        for written in instructions {
            match (u32::from(written.code), written.imm.cast_unsigned()) {
                (CALL, plain::TAKE) => *written = take,
                (MOVE | MOVE_32, plain::TYPE) => written.imm = of_type,
                _ => {}
            }
        }
    }
}

const CALL: u32 = BPF_JMP | BPF_CALL;
const MOVE: u32 = BPF_ALU64 | BPF_MOV | BPF_K;
const MOVE_32: u32 = BPF_ALU | BPF_MOV | BPF_K;

fn instruction(code: u32, register: u8, number: i32) -> bpf_insn {
    bpf_insn {
        code: code as u8,
        _bitfield_align_1: [],
        _bitfield_1: bpf_insn::new_bitfield_1(register, 0),
        off: 0,
        imm: number,
    }
}

fn function() -> (Kind, String) {
    (Kind::Function, plain::FUNCTION.to_owned())
}

fn structure() -> (Kind, String) {
    (Kind::Structure, plain::STRUCTURE.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands for numbers, and how often it is there.
    fn standing(instructions: &[bpf_insn]) -> usize {
        let stands = |one: &&bpf_insn| {
            let number = one.imm.cast_unsigned();
            u32::from(one.code) == CALL && number == plain::TAKE || number == plain::TYPE
        };
        instructions.iter().filter(stands).count()
    }

    fn example() -> [bpf_insn; 4] {
        [
            instruction(MOVE_32, 7, plain::TYPE.cast_signed()),
            instruction(CALL, 0, plain::TAKE.cast_signed()),
            instruction(CALL, 0, 1),
            instruction(MOVE, 2, 3),
        ]
    }

    #[test]
    fn what_stands_for_numbers_is_replaced_and_nothing_else() {
        let mut program = example();
        Reads::Plain { function: 70, structure: 80 }.write_into(&mut program);
        assert_eq!((program[0].code, program[0].imm), (MOVE_32 as u8, 80));
        assert_eq!((program[1].code, program[1].imm), (CALL as u8, 70));
        assert_eq!(program[1].src_reg(), BPF_PSEUDO_KFUNC_CALL as u8);
        assert_eq!((program[2].imm, program[2].src_reg(), program[3].imm), (1, 0, 3));
    }

    #[test]
    fn without_such_a_function_none_is_called() {
        let mut program = example();
        Reads::ByHelper.write_into(&mut program);
        assert_eq!(program[1].code, MOVE as u8);
        assert_eq!(standing(&program), 0);
    }

    #[test]
    fn the_object_has_no_numbers_that_would_be_mistaken_for_others() {
        let object = aya_obj::Object::parse(super::super::object::OBJECT).unwrap();
        let mut calls = 0;
        for function in object.functions.values() {
            let mut instructions = function.instructions.clone();
            calls += instructions.iter().filter(|one| one.imm.cast_unsigned() == plain::TAKE).count();
            Reads::Plain { function: 70, structure: 80 }.write_into(&mut instructions);
            assert_eq!(standing(&instructions), 0, "{}", function.name);
        }
        assert!(calls > 0, "nothing is read plainly");
    }
}
