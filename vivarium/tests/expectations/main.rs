//! Expectations, held against what a stand-in for the kernel side saw: nothing here needs privileges.

mod support;

mod a_count_is_exact_or_a_bound;
mod a_failure_shows_what_happened_and_what_would_accept_it;
mod a_matcher_says_which_events_are_meant;
mod an_incomplete_observation_proves_no_absence;
mod no_is_kept_by_what_could_have_been_seen;
mod only_lists_all_that_may_happen;
mod what_every_program_does_is_set_aside;
