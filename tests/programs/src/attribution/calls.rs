//! Marked functions that call each other at random.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::children;
use crate::dice::Dice;
use crate::ledger::{Token, touch_inherited, touch_own};

/// How deep calls nest.
const DEPTH: u32 = 20;

/// What a thread knows of its way.
pub(crate) struct Walk {
    dice: Dice,
    calls: i64,
    /// Whether a panic would be caught.
    guarded: bool,
}

impl Walk {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), calls: 0, guarded: false }
    }

    /// How many calls there have been.
    pub(crate) const fn calls(&self) -> i64 {
        self.calls
    }
}

macro_rules! functions {
    ($($name:ident)+) => {
        $(
            #[vivarium::observe]
            fn $name(walk: &mut Walk, parent: Token, depth: u32) {
                inside(walk, stringify!($name), parent, depth);
            }
        )+
        const FUNCTIONS: &[fn(&mut Walk, Token, u32)] = &[$($name),+];
    };
}

functions!(f00 f01 f02 f03 f04 f05 f06 f07 f08 f09 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23);

/// Calls one of the functions from `parent`.
pub(crate) fn any(walk: &mut Walk, parent: Token, depth: u32) {
    let which = usize::try_from(walk.dice.below(FUNCTIONS.len() as u64)).unwrap_or(0);
    FUNCTIONS[which](walk, parent, depth);
}

/// What each of the functions does, in its own span.
fn inside(walk: &mut Walk, function: &str, parent: Token, depth: u32) {
    let token = Token::next();
    walk.calls += 1;
    touch_own(function, token, parent);
    if depth + 1 < DEPTH {
        // Less than one child on average and the walk ends; more and it always reaches the bottom.
        for _ in 0..walk.dice.below(3) {
            child(walk, token, depth + 1);
        }
        match walk.dice.below(800) {
            0 => children::thread(token),
            1 => children::fork(token),
            2 => children::execute(token),
            _ => {}
        }
    }
    if walk.guarded && walk.dice.once_in(30) {
        panic!("{function} gives up");
    }
    touch_own(function, token, parent);
}

/// Calls one of the functions, and sometimes catches what it throws.
fn child(walk: &mut Walk, parent: Token, depth: u32) {
    if walk.guarded || !walk.dice.once_in(3) {
        return any(walk, parent, depth);
    }
    walk.guarded = true;
    // A panic leaves nothing of the walk half done.
    let _ = catch_unwind(AssertUnwindSafe(|| any(walk, parent, depth)));
    walk.guarded = false;
}

/// What a thread or process does that the call `creator` made.
pub(crate) fn elsewhere(creator: Token) {
    touch_inherited(creator);
    // Whoever took the same way as its creator would come to the same place, make another one, and so on without end.
    let mut walk = Walk::new(creator.seed());
    any(&mut walk, creator, DEPTH - 2);
    touch_inherited(creator);
}
