//! Names that are nearly another one.

/// How many are told at most.
const MAX_NEAR: usize = 4;
/// How alike names are of which one may be meant for the other, from 0 to 1.
const ALIKE: f64 = 0.75;

/// Those of `known` that may be meant by `given`, the most alike first.
pub(super) fn near<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let given = given.to_lowercase();
    let alike = |name: &str| {
        let parts = name.contains(given.as_str()) && given.len() >= 3;
        if parts { 1.0 } else { strsim::jaro_winkler(&given, name) }
    };
    let mut found: Vec<_> = known.map(|name| (alike(name), name)).filter(|(alike, _)| *alike >= ALIKE).collect();
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    found.into_iter().map(|(_, name)| name).take(MAX_NEAR).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_alike_is_first_and_nothing_is_made_up() {
        let known = || ["path_open", "proc_exec", "sock_connect"].into_iter();
        assert_eq!(near("path_oepn", known())[0], "path_open");
        assert_eq!(near("connect", known()), ["sock_connect"]);
        assert_eq!(near("PATH_OPEN", known())[0], "path_open");
        assert!(near("xyzzy", known()).is_empty());
    }
}
