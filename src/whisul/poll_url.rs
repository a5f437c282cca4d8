//! Which addresses the client calls.
//!
//! Every request carries the key, so every address is built here, segment by segment, below the
//! base URL: nothing that Whisul answers can lead a request anywhere else.

use url::Url;

use crate::domain::{WhisulJob, WhisulJobId};

/// Where prompts are submitted: `{base}/generate`.
pub(super) fn generate(base: &Url) -> Url {
    below(base, ["generate"])
}

/// Where to ask for a job: `{base}/jobs/{id}`, and before that its poll URL, where that lies below
/// the base URL, is plain, and is another address.
pub(super) fn job(base: &Url, job: &WhisulJob) -> (Option<Url>, Url) {
    let own = below(base, ["jobs", job.id.as_str()]);
    let followed = job.poll_url.as_deref().and_then(|text| {
        let path = path_below(base, text)?;
        path.split('/').all(is_plain).then(|| below(base, path.split('/')))
    });
    (followed.filter(|url| *url != own), own)
}

/// The id at the end of a poll URL, for an acceptance that names none.
pub(super) fn id(poll_url: &str) -> Option<WhisulJobId> {
    let path = poll_url.split(['?', '#']).next().unwrap_or_default();
    let (before, last) = path.trim_end_matches('/').rsplit_once('/')?;
    // The list of all jobs is no job, and a host without a path has none.
    if last == "jobs" || before.ends_with('/') {
        return None;
    }
    WhisulJobId::parse(last)
}

/// The id in the address of a job, `…/jobs/{id}`, from a header that may name anything.
pub(super) fn id_of_job(location: &str) -> Option<WhisulJobId> {
    let (before, _) = location.split(['?', '#']).next()?.trim_end_matches('/').rsplit_once('/')?;
    before.ends_with("/jobs").then(|| id(location))?
}

/// What a poll URL adds to the base URL, not yet known to be plain. The documentation has relative
/// ones (base URL + `poll_url`). Others repeat the base's path, or are absolute.
fn path_below(base: &Url, text: &str) -> Option<String> {
    let prefix = base.path().trim_end_matches('/');
    let below_prefix = |path: &str| path.strip_prefix(prefix)?.strip_prefix('/').map(str::to_owned);
    let Ok(absolute) = Url::parse(text) else {
        let repeated = below_prefix(text).filter(|_| !prefix.is_empty());
        return Some(repeated.unwrap_or_else(|| text.strip_prefix('/').unwrap_or(text).to_owned()));
    };
    let extras = [absolute.password(), absolute.query(), absolute.fragment()];
    let pure = absolute.username().is_empty() && extras.iter().all(Option::is_none);
    (pure && absolute.origin() == base.origin()).then(|| below_prefix(absolute.path()))?
}

/// Whether a path segment means just what it says to every server: no dots that climb, no escapes.
fn is_plain(segment: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    segment.chars().all(plain) && segment.chars().any(|c| c != '.')
}

fn below<'segment>(base: &Url, segments: impl IntoIterator<Item = &'segment str>) -> Url {
    let mut url = base.clone();
    // Fails for addresses such as `mailto:`, which is no base URL and which no client can call.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::properties;

    const BASES: [&str; 4] = [
        "https://whisul.com/api",
        "https://whisul.com/api/",
        "https://whisul.com",
        "http://[::1]:8080/a/b",
    ];

    fn polled(base: &str, poll_url: &str) -> String {
        let id = WhisulJobId::parse("81fa5ff7").unwrap();
        let poll_url = Some(poll_url.to_owned());
        let (followed, own) = job(&Url::parse(base).unwrap(), &WhisulJob { id, poll_url });
        assert!(own.as_str().ends_with("/jobs/81fa5ff7"));
        followed.unwrap_or(own).into()
    }

    #[test]
    fn a_poll_url_below_the_base_url_is_followed() {
        for base in BASES {
            let root = base.trim_end_matches('/');
            let expected = format!("{root}/v2/jobs/abc-1");
            for poll_url in ["/v2/jobs/abc-1", "v2/jobs/abc-1", &expected] {
                assert_eq!(polled(base, poll_url), expected, "{base} {poll_url}");
            }
        }
        // The base's path may be repeated.
        assert_eq!(
            polled("https://whisul.com/api", "/api/jobs/1"),
            "https://whisul.com/api/jobs/1"
        );
        assert_eq!(polled("http://[::1]:8080/a/b", "/a/b/jobs/1"), "http://[::1]:8080/a/b/jobs/1");
        let port = polled("https://whisul.com/api", "https://WHISUL.com:443/api/jobs/1");
        assert_eq!(port, "https://whisul.com/api/jobs/1");
    }

    #[test]
    fn any_other_poll_url_is_replaced() {
        let crooked = [
            "",
            "/",
            "//evil.example/jobs/1",
            "/\\evil.example/jobs/1",
            "https://evil.example/api/jobs/1",
            "https://whisul.com.evil.example/api/jobs/1",
            "https://whisul.com@evil.example/api/jobs/1",
            "https://ann@whisul.com/api/jobs/1",
            "https://:bob@whisul.com/api/jobs/1",
            "https://whisul.com:444/api/jobs/1",
            "http://whisul.com/api/jobs/1",
            "https://whisul.com/apish/jobs/1",
            "https://whisul.com/api/../admin",
            "https://whisul.com/api/",
            "https://whisul.com/api/jobs/1?to=evil.example",
            "https://whisul.com/api/jobs/1#part",
            "/jobs/../../admin",
            "/jobs/%2e%2e/admin",
            "/jobs/..%2fadmin",
            "/jobs/./1",
            "/jobs//1",
            "/jobs/1/",
            "/jobs/1?x",
            "/jobs/1#x",
            "/jobs/1\r\nHost: evil.example",
            "jobs:1",
            "@evil.example",
            ":80/jobs",
            "data:text/plain,1",
        ];
        for poll_url in crooked {
            let expected = "https://whisul.com/api/jobs/81fa5ff7";
            assert_eq!(polled("https://whisul.com/api", poll_url), expected, "{poll_url}");
        }
    }

    #[test]
    fn without_a_poll_url_the_path_is_made_of_the_id() {
        for base in BASES {
            let root = base.trim_end_matches('/');
            let base = Url::parse(base).unwrap();
            let id = WhisulJobId::parse("81fa5ff7").unwrap();
            let (followed, own) = job(&base, &WhisulJob { id, poll_url: None });
            assert_eq!((followed, own.as_str()), (None, &*format!("{root}/jobs/81fa5ff7")));
            assert_eq!(generate(&base).as_str(), format!("{root}/generate"));
        }
    }

    #[test]
    fn an_id_is_read_from_a_poll_url() {
        for poll_url in [
            "/jobs/81fa5ff7",
            "jobs/81fa5ff7/",
            "/api/v2/jobs/81fa5ff7?full=1",
            "https://whisul.com/api/jobs/81fa5ff7#top",
            "http://elsewhere.example/81fa5ff7",
        ] {
            assert_eq!(id(poll_url).unwrap().as_str(), "81fa5ff7", "{poll_url}");
        }
        for poll_url in ["", "/", "/jobs", "/jobs/", "https://whisul", "81fa5ff7", "/jobs/a%20b"] {
            assert_eq!(id(poll_url), None, "{poll_url}");
        }
    }

    proptest! {
        #[test]
        fn no_poll_url_leads_away_from_the_base(
            poll_url in prop_oneof![
                any::<String>(),
                "(https?:)?[/\\\\]{0,3}([a-z]+@)?(whisul.com|\\[::1\\]:8080)?(/(api|a|b|\\.\\.|%2e|jobs|1)){0,6}[?#]?",
            ],
        ) {
            properties::poll_url(poll_url.as_bytes());
        }
    }
}
