//! What a check found, and the three forms in which the findings are printed.

use std::{
    env::consts,
    fmt::{self, Write as _},
};

use serde::Serialize;

use super::hiding::{hide, without_ids};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// All is well.
    Ok,
    /// The bot works, but something will harm it sooner or later, or could not be checked.
    Warning,
    /// The bot, or a part of it, does not work.
    Failure,
}

/// One line of the diagnosis.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What was checked: one of a fixed set of words.
    pub check: &'static str,
    /// How that ended.
    pub level: Level,
    /// What was found.
    pub text: String,
    /// What to do about it; `None` where all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// The parts of the text that a public report must not show: names and paths.
    #[serde(skip)]
    private: Vec<String>,
}

impl Finding {
    pub(super) fn ok(check: &'static str, text: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, text: text.into(), remedy: None, private: Vec::new() }
    }

    pub(super) fn warning(
        check: &'static str,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { level: Level::Warning, remedy: Some(remedy.into()), ..Self::ok(check, text) }
    }

    pub(super) fn failure(
        check: &'static str,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { level: Level::Failure, remedy: Some(remedy.into()), ..Self::ok(check, text) }
    }

    /// Marks a part of the text, and of the remedy, as private.
    pub(super) fn hiding(mut self, part: impl Into<String>) -> Self {
        let part = part.into();
        if !part.is_empty() {
            self.private.push(part);
            // A name may be part of another one.
            self.private.sort_by_key(|part| std::cmp::Reverse(part.len()));
        }
        self
    }

    /// A text as a public report shows it: without private parts, and without ids.
    fn public(&self, text: &str) -> String {
        let hidden = self.private.iter().fold(text.to_owned(), |text, part| hide(&text, part));
        // Three of them in a row would end the block of the report.
        without_ids(&hidden).replace("```", "` ` `")
    }
}

/// Everything that was found.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// The program's version.
    pub version: &'static str,
    /// The operating system and the processor.
    pub system: String,
    /// One finding or more for each check, in a fixed order.
    pub findings: Vec<Finding>,
}

/// How a diagnosis is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// A line a finding, for the host.
    #[default]
    Text,
    /// One JSON object, for programs.
    Json,
    /// A block for a public bug report: no secret, no id, no name.
    Report,
}

impl Form {
    /// The form that the options of the command line ask for.
    pub fn of(json: bool, report: bool) -> Self {
        match (json, report) {
            (true, _) => Self::Json,
            (false, true) => Self::Report,
            (false, false) => Self::Text,
        }
    }
}

impl Diagnosis {
    pub(super) fn of(findings: Vec<Finding>) -> Self {
        let system = format!("{} {}", consts::OS, consts::ARCH);
        Self { version: env!("CARGO_PKG_VERSION"), system, findings }
    }

    /// Whether something does not work.
    pub fn has_failures(&self) -> bool {
        self.findings.iter().any(|finding| finding.level == Level::Failure)
    }

    /// A [`Form::Report`] of at most so many characters. What is well gives way first, then the
    /// warnings; a last line tells how many findings are left out.
    pub(super) fn report_within(mut self, limit: usize) -> String {
        let all = self.findings.len();
        loop {
            let left_out = all - self.findings.len();
            let mut report = self.printed(Form::Report);
            if left_out > 0 {
                _ = write!(report, "\n{left_out} more: `whisul-bot doctor --report` shows all.");
            }
            let lowest = self.findings.iter().map(|finding| finding.level).min();
            let last = self.findings.iter().rposition(|finding| Some(finding.level) == lowest);
            match last {
                Some(last) if report.chars().count() > limit => self.findings.remove(last),
                _ => return report,
            };
        }
    }

    /// The diagnosis as text.
    pub fn printed(&self, form: Form) -> String {
        match form {
            Form::Text => self.lines(|_, text| text.to_owned()),
            // Nothing in it can fail to be JSON.
            Form::Json => serde_json::to_string_pretty(self).unwrap_or_default(),
            Form::Report => {
                let (version, system) = (self.version, &self.system);
                let lines = self.lines(Finding::public);
                format!("```text\nwhisul-bot {version} on {system}\n{lines}\n```")
            }
        }
    }

    fn lines(&self, shown: impl Fn(&Finding, &str) -> String) -> String {
        let lines = self.findings.iter().map(|finding| {
            let text = indented(&shown(finding, &finding.text));
            let line = format!("{:<8} {:<12} {text}", finding.level.to_string(), finding.check);
            match &finding.remedy {
                Some(remedy) => format!("{line}\n{INDENT}{}", indented(&shown(finding, remedy))),
                None => line,
            }
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// As wide as the level and the check.
const INDENT: &str = "                      ";

fn indented(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(str::trim_end).collect::<Vec<_>>().join(&format!("\n{INDENT}"))
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failure => "FAILURE",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn diagnosis() -> Diagnosis {
        let token = Finding::ok("token", "Melody (1576738400927481857), of Ann");
        let disk = Finding::warning("disk", "12 MB free at /home/ann/data", "Free some space.");
        let key = Finding::failure("key", "Whisul rejects the key", "Copy it again.");
        Diagnosis::of(vec![
            token.hiding("Melody").hiding("Ann").hiding(""),
            disk.hiding("/home/ann/data"),
            key,
        ])
    }

    #[test]
    fn a_line_for_each_finding_and_its_remedy_below_it() {
        let text = diagnosis().printed(Form::Text);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 5, "{text}");
        assert_eq!(lines[0], "ok       token        Melody (1576738400927481857), of Ann");
        assert_eq!(lines[3], "FAILURE  key          Whisul rejects the key");
        assert_eq!(lines[4].trim_start(), "Copy it again.");
        assert_eq!(lines[4].find("Copy"), lines[3].find("Whisul"));
    }

    #[test]
    fn a_report_names_nobody() {
        let report = diagnosis().printed(Form::Report);
        assert!(report.starts_with("```text\nwhisul-bot 0."), "{report}");
        assert!(report.contains("ok       token        [hidden] ([id]), of [hidden]"), "{report}");
        assert!(report.contains("12 MB free at [hidden]"), "{report}");
        assert!(!report.contains("Ann") && !report.contains("157673"), "{report}");
    }

    #[test]
    fn a_short_report_keeps_what_is_wrong() {
        let whole = diagnosis().printed(Form::Report);
        assert_eq!(diagnosis().report_within(whole.len()), whole);
        let shorter = diagnosis().report_within(whole.len() - 1);
        assert!(!shorter.contains("token") && shorter.contains("12 MB free"), "{shorter}");
        assert!(
            shorter.ends_with("\n1 more: `whisul-bot doctor --report` shows all."),
            "{shorter}"
        );
        let shortest = diagnosis().report_within(shorter.len() - 1);
        assert!(shortest.contains("rejects the key") && !shortest.contains("12 MB"), "{shortest}");
    }

    proptest! {
        #[test]
        fn a_report_is_one_block_of_the_length_that_is_allowed(
            texts in vec("[`a-z ]{0,300}", 0..40),
            limit in 200..2000_usize,
        ) {
            let levels = [Level::Ok, Level::Warning, Level::Failure].into_iter().cycle();
            let findings = texts.iter().zip(levels);
            let findings = findings.map(|(text, level)| Finding { level, ..Finding::ok("key", text) });
            let report = Diagnosis::of(findings.collect()).report_within(limit);
            prop_assert!(report.chars().count() <= limit);
            prop_assert_eq!(report.matches("```").count(), 2);
        }
    }

    #[test]
    fn json_holds_every_finding_and_nothing_that_is_not_printed() {
        let json: serde_json::Value =
            serde_json::from_str(&diagnosis().printed(Form::Json)).unwrap();
        assert_eq!(json["findings"].as_array().unwrap().len(), 3);
        let disk = &json["findings"][1];
        assert_eq!((&disk["check"], &disk["level"]), (&"disk".into(), &"warning".into()));
        assert!(disk.get("private").is_none() && json["findings"][0].get("remedy").is_none());
    }
}
