//! The paths of the API, with and without a version.

/// Where the API is found. Version 9 differs in nothing that this Discord knows, and without a
/// version it answers like the newest
/// (<https://docs.discord.com/developers/reference#api-versioning>).
pub(crate) const ROOTS: [&str; 3] = ["/api/v10", "/api/v9", "/api"];

/// What follows the version in a path; `None` outside the API.
pub(crate) fn in_api(path: &str) -> Option<&str> {
    let rests = ROOTS.iter().filter_map(|root| path.strip_prefix(root));
    rests.into_iter().find(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::in_api;

    #[test]
    fn the_version_may_be_absent() {
        for root in ["/api/v10", "/api/v9", "/api"] {
            assert_eq!(in_api(&format!("{root}/users/@me")), Some("/users/@me"));
        }
        assert_eq!(in_api("/attachments/1/2/a.txt"), None);
        assert_eq!(in_api("/apis"), None);
    }
}
