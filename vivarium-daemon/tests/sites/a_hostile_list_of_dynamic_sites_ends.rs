use super::live::Live;
use super::program::Program;

#[test]
fn when_it_leads_back_to_itself() {
    let program = Program::host(&["-O"]);
    let live = Live::start(&program, &["--endless-registry"]);
    let json = live.listed_json();
    let file = &json["files"][0];
    assert_eq!(file["incomplete"], "the list of dynamic sites leads back to itself");
    // What was read before is listed all the same.
    let names: Vec<_> = file["sites"].as_array().unwrap().iter().map(|site| site["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["parse", "fetch", "load", "commit"]);
}
