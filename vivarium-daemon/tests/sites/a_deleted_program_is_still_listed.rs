use super::live::Live;
use super::program::Program;

#[test]
fn also_when_another_file_has_its_name() {
    let program = Program::host(&["-O"]);
    let live = Live::start(&program, &[""; 0]);
    let before = live.listed_json();
    std::fs::remove_file(program.path()).unwrap();
    std::fs::write(program.path(), "something else").unwrap();
    let after = live.listed_json();
    assert_eq!(after["files"][0]["sites"], before["files"][0]["sites"]);
    assert_eq!(before["files"][0]["sites"].as_array().unwrap().len(), 5);
}
