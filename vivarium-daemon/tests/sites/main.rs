//! What `vivarium sites` tells, and what it refuses: each file is one behaviour.

// What the tests share.
mod command;
mod elf_file;
mod live;
mod oracle;
mod program;

// Files.
mod bytes_of_a_name_are_not_lost;
mod code_that_was_rewritten_is_not_attachable;
mod copies_of_a_site_are_counted;
mod damaged_files_are_refused;
mod discarded_sites_are_listed_on_request;
mod folded_probes_are_not_attachable;
mod foreign_programs_are_listed_but_not_attachable;
mod hostile_sizes_cost_nothing;
mod moved_files_are_followed;
mod mutated_files_do_no_harm;
mod nothing_in_a_file_steers_the_terminal;
mod programs_without_sites_say_how_to_add_them;
mod several_files_are_listed_one_after_the_other;
mod stripped_notes_are_refused_with_a_remedy;
mod the_json_is_as_documented;
mod the_list_is_the_same_however_it_is_built;
mod the_reading_of_ten_thousand_sites_is_quick;
mod tools_of_others_see_the_same_probes;
mod what_is_no_program_is_refused;

// Processes.
mod a_deleted_program_is_still_listed;
mod a_hostile_list_of_dynamic_sites_ends;
mod a_process_shows_what_it_has_loaded;
mod a_semaphore_shows_that_someone_looks;
mod an_ordinary_user_sees_their_own_processes;
mod processes_that_cannot_be_read_are_refused;
