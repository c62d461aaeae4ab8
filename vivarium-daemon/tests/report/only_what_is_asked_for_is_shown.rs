use crate::command::{Reports, run};
use crate::golden::recording;

#[test]
fn by_kind_and_path() {
    let reports = Reports::new();
    let file = reports.file("tour.recording", &recording("tour"));
    let (status, output, _) = run(reports.command(&file).args(["-e", "path_open,@net", "--path", "/etc/**"]));
    assert_eq!(status, Some(0));
    assert!(output.contains("/etc/hosts") && !output.contains("libc.so.6"), "{output}");
    assert!(output.contains("filter: -e path_open,@net --path /etc/**"), "{output}");
}

#[test]
fn and_words_that_mean_nothing_are_refused() {
    let reports = Reports::new();
    let file = reports.file("tour.recording", &recording("tour"));
    for (words, hint) in [
        (["-e", "path_opne"], "did you mean path_open"),
        (["-E", "@nett"], "did you mean @net"),
        (["--path", "[a"], "missing ']'"),
        (["--severity", "grave"], "info, medium, high"),
        (["--max-depth", "0"], "--max-depth"),
    ] {
        let (status, output, message) = run(reports.command(&file).args(words));
        assert_eq!((status, output.as_str()), (Some(2), ""), "{words:?}");
        assert!(message.contains(hint), "{message}");
    }
}
