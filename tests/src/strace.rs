//! Reading what strace wrote with `-f -y -o FILE`: one system call a line.

use std::collections::HashMap;

/// A finished system call.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// Its arguments, as strace shows them.
    pub arguments: Vec<String>,
    /// What it returned.
    pub result: i64,
    /// The file that the returned descriptor refers to.
    pub opened: Option<String>,
}

/// The calls in a log, in the order in which they ended.
///
/// # Panics
/// Where a line isn't one of strace's.
#[must_use]
pub fn calls(log: &str) -> Vec<Call> {
    let mut unfinished: HashMap<&str, String> = HashMap::new();
    let mut calls = Vec::new();
    for line in log.lines() {
        let (pid, rest) = line.split_once(' ').unwrap_or_else(|| panic!("no pid: {line}"));
        let rest = rest.trim_start();
        if rest.starts_with("+++") || rest.starts_with("---") {
            continue;
        }
        if let Some(begun) = rest.strip_suffix(" <unfinished ...>") {
            unfinished.insert(pid, begun.to_owned());
        } else if let Some((_, end)) = rest.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
            let begun = unfinished.remove(pid).unwrap_or_else(|| panic!("never begun: {line}"));
            calls.extend(call(&format!("{begun}{end}")));
        } else {
            calls.extend(call(rest));
        }
    }
    calls
}

/// One whole call; none for one that never returned.
fn call(text: &str) -> Option<Call> {
    let (name, rest) = text.split_once('(')?;
    let at = rest.rfind(") = ").or_else(|| rest.rfind(")  = ")).or_else(|| rest.rfind(" = "))?;
    let (inside, end) = rest.split_at(at);
    let end = end.split_once("= ")?.1;
    let number = end.split([' ', '<']).next()?;
    let result = number.parse().ok()?;
    let opened = end.split_once('<').and_then(|(_, path)| path.strip_suffix('>')).map(str::to_owned);
    let inside = inside.trim_end().trim_end_matches(')');
    Some(Call { name: name.to_owned(), arguments: arguments(inside), result, opened })
}

/// Splits at the commas that are outside of strings and brackets.
fn arguments(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for character in text.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' | '[' | '(' if !quoted => depth += 1,
            '}' | ']' | ')' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().expect("never empty").push(character);
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

/// What stands between the quotes of a string argument, without escapes that plain names don't need.
///
/// # Panics
/// Where it isn't a whole string.
#[must_use]
pub fn string(argument: &str) -> &str {
    let inner = argument.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or_else(|| panic!("not a string: {argument}"))
}

/// What `-y` says of a descriptor: `AT_FDCWD</root>`, `3</tmp>`.
#[must_use]
pub fn described(argument: &str) -> Option<&str> {
    argument.split_once('<').and_then(|(_, path)| path.strip_suffix('>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_was_interrupted_is_put_together() {
        let log = "7 openat(AT_FDCWD</tmp>, \"a,b\", O_RDONLY <unfinished ...>\n\
                   8 +++ exited with 0 +++\n\
                   7 <... openat resumed>) = 3</tmp/a,b>\n";
        let calls = calls(log);
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].arguments, ["AT_FDCWD</tmp>", "\"a,b\"", "O_RDONLY"]);
        assert_eq!((calls[0].result, calls[0].opened.as_deref()), (3, Some("/tmp/a,b")));
        assert_eq!(described(&calls[0].arguments[0]), Some("/tmp"));
        assert_eq!(string(&calls[0].arguments[1]), "a,b");
    }

    #[test]
    fn a_failed_call_has_its_result() {
        let calls =
            calls("9 connect(3<socket:[1]>, {sa_family=AF_INET, sin_port=htons(9)}, 16) = -1 ECONNREFUSED (x)\n");
        assert_eq!((calls[0].result, calls[0].arguments.len()), (-1, 3));
    }
}
