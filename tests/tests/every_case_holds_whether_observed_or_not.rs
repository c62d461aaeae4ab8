//! Every kind of function does what it does without the attribute: in two editions, unobserved and observed.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use vivarium_tests::observer::unobserved_and_observed;

macro_rules! families {
    ($($name:ident: $cases:expr;)+) => {
        $(#[test]
        fn $name() {
            for (case, check) in $cases.into_iter().flatten() {
                println!("{case}");
                unobserved_and_observed(check);
            }
        })+
    };
}

families! {
    functions_2024: [vivarium_cases::functions::CASES, vivarium_cases::functions::UNWINDING];
    functions_2021: [vivarium_cases_2021::functions::CASES, vivarium_cases_2021::functions::UNWINDING];
    futures_2024: [vivarium_cases::futures::CASES, vivarium_cases::futures::UNWINDING];
    futures_2021: [vivarium_cases_2021::futures::CASES, vivarium_cases_2021::futures::UNWINDING];
    blocks_2024: [vivarium_cases::blocks::CASES];
    blocks_2021: [vivarium_cases_2021::blocks::CASES];
    drops_2024: [vivarium_cases::drops::CASES, vivarium_cases::drops::UNWINDING];
    drops_2021: [vivarium_cases_2021::drops::CASES, vivarium_cases_2021::drops::UNWINDING];
}
