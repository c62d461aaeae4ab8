//! Which sites are meant: by name, by pattern, or by regular expression.

use std::fmt;
use std::str::FromStr;

use regex_lite::Regex;
use vivarium_sys::SiteId;

use super::near::near;
use super::{FilterError, Pattern};
use crate::session::SiteInfo;

/// What stands in front of a regular expression, and behind it.
const SLASH: char = '/';
/// The crate whose own sites serve the library itself.
const LIBRARY: &[u8] = b"vivarium::";

/// Sites, by their names or by their whole paths in the program: `load_config`, `tour::*`, `/^load_(config|user)$/`.
///
/// Those of the library itself are never meant: what they mark is no part of the program.
#[derive(Clone, Debug)]
pub struct SitePattern {
    given: String,
    how: How,
}

#[derive(Clone, Debug)]
enum How {
    Glob(Pattern),
    Regex(Box<Regex>),
}

impl FromStr for SitePattern {
    type Err = FilterError;

    /// ```
    /// use vivarium_session::filter::SitePattern;
    /// assert!("load_*".parse::<SitePattern>().is_ok());
    /// assert!("/^load_/".parse::<SitePattern>().is_ok());
    /// assert!("/(/".parse::<SitePattern>().is_err());
    /// ```
    fn from_str(given: &str) -> Result<Self, FilterError> {
        let between = given.strip_prefix(SLASH).and_then(|rest| rest.strip_suffix(SLASH));
        let how = match between {
            Some(regex) => {
                let refused = |error: regex_lite::Error| FilterError::Pattern {
                    pattern: given.to_owned(),
                    why: error.to_string(),
                };
                How::Regex(Box::new(Regex::new(regex).map_err(refused)?))
            }
            None => How::Glob(Pattern::of_name(given)?),
        };
        Ok(Self { given: given.to_owned(), how })
    }
}

impl SitePattern {
    /// Whether this site is meant.
    #[must_use]
    pub fn matches(&self, site: &SiteInfo) -> bool {
        if site.module.as_bytes().starts_with(LIBRARY) {
            return false;
        }
        let whole = whole_name(site);
        match &self.how {
            How::Glob(pattern) => pattern.matches_name(site.name.as_bytes()) || pattern.matches_name(&whole),
            How::Regex(regex) => {
                regex.is_match(&String::from_utf8_lossy(site.name.as_bytes()))
                    || regex.is_match(&String::from_utf8_lossy(&whole))
            }
        }
    }

    /// Those of the sites that are meant.
    ///
    /// # Errors
    /// When none is.
    pub fn find<'s>(&self, sites: impl IntoIterator<Item = &'s SiteInfo>) -> Result<Vec<SiteId>, FilterError> {
        let (mut found, mut names) = (Vec::new(), Vec::new());
        for site in sites {
            if self.matches(site) {
                found.push(site.id);
            } else if !site.module.as_bytes().starts_with(LIBRARY) {
                names.push(site.name.to_string());
            }
        }
        if !found.is_empty() {
            return Ok(found);
        }
        names.sort_unstable();
        names.dedup();
        let near = near(&self.given, names.iter().map(String::as_str)).into_iter().map(str::to_owned).collect();
        Err(FilterError::MatchesNoSite { pattern: self.given.clone(), near })
    }
}

/// Which sites are off from the beginning of a session.
#[derive(Clone, Debug, Default)]
pub struct KeptOff {
    /// Those that any of these means,
    pub disabled: Vec<SitePattern>,
    /// unless one of these does.
    pub enabled: Vec<SitePattern>,
}

impl KeptOff {
    /// Whether this site is off.
    #[must_use]
    pub fn keeps(&self, site: &SiteInfo) -> bool {
        let any = |patterns: &[SitePattern]| patterns.iter().any(|pattern| pattern.matches(site));
        any(&self.disabled) && !any(&self.enabled)
    }

    /// Why some of the patterns mean none of these sites.
    pub fn idle<'s>(&self, sites: impl Iterator<Item = &'s SiteInfo> + Clone) -> impl Iterator<Item = FilterError> {
        self.disabled.iter().chain(&self.enabled).filter_map(move |pattern| pattern.find(sites.clone()).err())
    }
}

fn whole_name(site: &SiteInfo) -> Vec<u8> {
    [site.module.as_bytes(), b"::", site.name.as_bytes()].concat()
}

impl fmt::Display for SitePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.given)
    }
}

#[cfg(test)]
mod tests {
    use vivarium_sys::SiteKind;

    use super::*;

    fn sites() -> Vec<SiteInfo> {
        let names =
            [("tour", "load_config"), ("tour", "load_user"), ("tour::net", "fetch"), ("vivarium::session", "work")];
        let site = |(id, (module, name)): (usize, (&str, &str))| SiteInfo {
            id: SiteId(id as u64),
            kind: SiteKind::Function,
            module: module.into(),
            name: name.into(),
            file: "src/main.rs".into(),
            line: 1,
        };
        names.into_iter().enumerate().map(site).collect()
    }

    fn find(pattern: &str) -> Vec<u64> {
        let found = pattern.parse::<SitePattern>().unwrap().find(&sites()).unwrap();
        found.into_iter().map(|id| id.0).collect()
    }

    #[test]
    fn sites_are_meant_by_names_globs_and_regular_expressions() {
        assert_eq!(find("load_config"), [0]);
        assert_eq!(find("tour::load_user"), [1]);
        assert_eq!(find("load_*"), [0, 1]);
        assert_eq!(find("tour::net::*"), [2]);
        assert_eq!(find("/^load_(config|user)$/"), [0, 1]);
        assert_eq!(find("/::net::/"), [2]);
    }

    #[test]
    fn those_of_the_library_itself_are_never_meant() {
        assert_eq!(find("*"), [0, 1, 2]);
        assert!("work".parse::<SitePattern>().unwrap().find(&sites()).is_err());
    }

    #[test]
    fn a_name_that_none_has_is_refused_with_those_that_are_near() {
        let error = "load_confg".parse::<SitePattern>().unwrap().find(&sites()).unwrap_err();
        assert!(error.to_string().contains("did you mean load_config"), "{error}");
        let error = "xyzzy".parse::<SitePattern>().unwrap().find(&sites()).unwrap_err();
        assert!(!error.to_string().contains("did you mean"), "{error}");
        assert!("".parse::<SitePattern>().is_err());
    }
}
