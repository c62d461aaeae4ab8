//! `vivarium report` on recordings whose renderings are known.

mod a_report_is_the_session_again;
mod command;
mod each_flaw_of_a_recording_has_its_own_status;
mod golden;
mod only_what_is_asked_for_is_shown;
