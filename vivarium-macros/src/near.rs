//! What the user may have meant.

/// Says that `option` is unknown, and which one it resembles, or all there are.
pub(crate) fn unknown_option(option: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|known| (distance(option, known), known)).min();
    match nearest {
        Some((distance, nearest)) if distance <= 2 => format!("unknown option `{option}`; did you mean `{nearest}`?"),
        _ => format!("unknown option `{option}`; there are `{}`", known.join("`, `")),
    }
}

/// How many letters must be changed, added or removed to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (below, wanted) in other.bytes().enumerate() {
            let changed = diagonal + usize::from(letter != wanted);
            diagonal = row[below + 1];
            row[below + 1] = changed.min(diagonal + 1).min(row[below] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, unknown_option};

    #[test]
    fn distance_counts_letters() {
        assert_eq!(distance("name", "name"), 0);
        assert_eq!(distance("nam", "name"), 1);
        assert_eq!(distance("naem", "name"), 2);
        assert_eq!(distance("", "err"), 3);
    }

    #[test]
    fn a_near_option_is_named_and_otherwise_all() {
        assert_eq!(unknown_option("nmae", &["name", "err"]), "unknown option `nmae`; did you mean `name`?");
        assert_eq!(unknown_option("level", &["name", "err"]), "unknown option `level`; there are `name`, `err`");
    }
}
