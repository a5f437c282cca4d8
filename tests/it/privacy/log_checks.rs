//! What is searched for in a log: secrets, and the form of its lines.

use serde_json::Value;

/// No shorter part of a secret is of use to anybody.
const PART: usize = 12;

/// Fails if a text holds one of these secrets, or a part of it.
pub(super) fn assert_without_secrets(text: &str, secrets: &[String]) {
    for secret in secrets {
        let bytes: Vec<char> = secret.chars().collect();
        for part in bytes.windows(PART.min(bytes.len())) {
            let part: String = part.iter().collect();
            if let Some(line) = text.lines().find(|line| line.contains(&part)) {
                panic!("a part of a secret, {part:?}, is in: {line}");
            }
        }
    }
}

/// The lines of a JSON log: each an object with a time, a level, a message and where it comes from.
/// Those of dependencies are warnings at least.
pub(super) fn json_lines(log: &str) -> Vec<Value> {
    let lines = log.lines().map(|line| {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        assert!(value["timestamp"].as_str().is_some_and(|time| time.ends_with('Z')), "{line}");
        assert!(value["message"].as_str().is_some_and(|text| !text.is_empty()), "{line}");
        let is_ours = value["target"].as_str().unwrap().starts_with("whisul_bot");
        match value["level"].as_str() {
            Some("ERROR" | "WARN") => {}
            Some("INFO" | "DEBUG" | "TRACE") => assert!(is_ours, "{line}"),
            _ => panic!("{line}"),
        }
        value
    });
    lines.collect()
}

/// The same for lines in the form for people.
pub(super) fn assert_dependencies_are_silent(log: &str) {
    for line in log.lines() {
        let level = line.split_whitespace().nth(1).unwrap();
        let is_ours = line.contains(" whisul_bot::");
        assert!(is_ours || ["WARN", "ERROR"].contains(&level), "{line}");
    }
}

/// The job in whose span a line stands. There is one such span, and no other around it.
pub(super) fn job_of(line: &Value) -> Option<&str> {
    let spans = line["spans"].as_array()?;
    let is_job = |span: &&Value| span["name"] == "job";
    let job = spans.iter().find(is_job)?;
    assert_eq!(spans.len(), 1, "{line}");
    job["id"].as_str()
}

/// The states through which the log says that a job went.
pub(super) fn states_of(lines: &[Value], job: u64) -> Vec<&str> {
    let job = job.to_string();
    let of_job = lines.iter().filter(|line| job_of(line) == Some(&job));
    let changes = of_job.filter(|line| line["message"] == "job state changed");
    changes.map(|line| line["to"].as_str().unwrap()).collect()
}

/// Fails if a line about a job stands outside of its span.
pub(super) fn assert_jobs_have_spans(lines: &[Value]) {
    let of_jobs = ["jobs::worker", "jobs::writing", "jobs::supervise", "jobs::commands::request"];
    for line in lines {
        let target = line["target"].as_str().unwrap();
        if of_jobs.iter().any(|module| target.starts_with(&format!("whisul_bot::{module}"))) {
            assert!(job_of(line).is_some(), "{line}");
        }
    }
}
