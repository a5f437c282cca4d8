//! Where settings come from: the environment, and a `.env` file for what it leaves out.

use std::{
    collections::BTreeMap,
    env, fs, io,
    path::{Path, PathBuf, absolute},
};

use super::{
    Setting, TABLE, UnknownName,
    env_file::{self, LineProblem},
    errors::{ConfigError, ConfigErrors, Problem},
    names, table,
};

/// A variable's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    /// The name under which it was found.
    pub(super) name: String,
    pub(super) text: String,
    /// The line of the `.env` file, counted from 1; `None` in the environment.
    pub(super) line: Option<usize>,
}

/// The variables of this process, and under them those of a `.env` file.
///
/// The file's variables stay out of the process's own environment, which can't be changed safely
/// and which child processes would inherit, secrets included.
#[derive(Default)]
pub(super) struct Environment {
    file: BTreeMap<String, Given>,
    /// Where the file should be, if it is not there.
    missing: Option<PathBuf>,
    /// Names that no setting has, and that don't keep the bot from starting.
    pub(super) unknown: Vec<UnknownName>,
}

impl Environment {
    /// Reads the file, if there is one. What can't be read is told beside what can.
    pub(super) fn read(path: &Path) -> (Self, Vec<ConfigError>) {
        let (mut environment, errors) = match fs::read(path) {
            Ok(bytes) => match env_file::decode(&bytes) {
                Ok(text) => Self::parse(&text),
                Err((line, problem)) => {
                    (Self::default(), vec![ConfigError::Line(line, None, problem)])
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let missing = Some(absolute(path).unwrap_or_else(|_| path.to_owned()));
                (Self { missing, ..Self::default() }, Vec::new())
            }
            Err(error) => (Self::default(), vec![ConfigError::File(error)]),
        };
        environment.unknown.extend(misspelt_variables());
        (environment, errors)
    }

    /// A name that is a setting's but for a slip ends the start: a quota that is misspelt costs
    /// money. Any other is harmless, and only told of. A name may be given twice, but not with two
    /// values: which of them counts is different from program to program.
    fn parse(text: &str) -> (Self, Vec<ConfigError>) {
        let (entries, problems) = env_file::parse(text);
        let meant = |line: usize| setting(env_file::name_of(text.lines().nth(line - 1)?));
        let error = |(line, problem)| ConfigError::Line(line, meant(line), problem);
        let mut errors: Vec<_> = problems.into_iter().map(error).collect();
        let mut environment = Self::default();
        for env_file::Entry { line, name, value } in entries {
            if !table::counts(&name, &value) {
                continue;
            }
            let Some(known) = setting(&name) else {
                environment.take_unknown(&name, line, &mut errors);
                continue;
            };
            match environment.file.get(&name).map(|first| (&first.text, first.line)) {
                Some((text, Some(first))) if *text != value => {
                    let twice = LineProblem::Twice(known.name, first);
                    errors.push(ConfigError::Line(line, Some(known), twice));
                }
                _ => {
                    let given = Given { name: name.clone(), text: value, line: Some(line) };
                    environment.file.insert(name, given);
                }
            }
        }
        errors.sort_by_key(|error| match error {
            ConfigError::Line(line, ..) => *line,
            ConfigError::Setting(..) | ConfigError::File(_) => 0,
        });
        (environment, errors)
    }

    fn take_unknown(&mut self, name: &str, line: usize, errors: &mut Vec<ConfigError>) {
        let shown = UnknownName::in_file(name, line);
        match names::misspelt(name) {
            Some(meant) => {
                let found = if shown.name.is_empty() { "the name".to_owned() } else { shown.name };
                let problem = LineProblem::Unknown { found, meant };
                errors.push(ConfigError::Line(line, setting(meant), problem));
            }
            None => self.unknown.push(UnknownName { meant: names::related(name), ..shown }),
        }
    }

    /// One mistake is one error: a setting that is missing because its line, or the file, can't be
    /// read is no second one. Where nothing says why it is missing, the file's place may.
    pub(super) fn explain(&self, errors: ConfigErrors) -> ConfigErrors {
        let mut all = errors.all;
        let is_broken = |error: &ConfigError| {
            matches!(error, ConfigError::File(_) | ConfigError::Line(_, _, LineProblem::Encoding))
        };
        let broken = all.iter().any(is_broken);
        let lines: Vec<_> = all.iter().filter_map(ConfigError::line_of).collect();
        all.retain(|error| match error {
            ConfigError::Setting(setting, Problem::Required, _) => {
                !broken && !lines.contains(setting)
            }
            _ => true,
        });
        let mut is_missing = false;
        for error in &mut all {
            let ConfigError::Setting(setting, problem @ Problem::Required, _) = error else {
                continue;
            };
            let may_be_it = |unknown: &&UnknownName| unknown.meant == Some(setting.name);
            match self.unknown.iter().find(may_be_it).and_then(|unknown| unknown.line) {
                Some(line) => *problem = Problem::RequiredElsewhere(line),
                None => is_missing = true,
            }
        }
        let missing = self.missing.as_ref().filter(|_| is_missing);
        ConfigErrors { all, note: missing.map(|path| no_file(path)) }
    }

    /// The value of a variable, unless it is empty. What is no Unicode becomes U+FFFD, which no
    /// setting accepts.
    pub(super) fn get(&self, name: &str) -> Option<Given> {
        let own = env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        let own = own.filter(|text| table::counts(name, text));
        let own = own.map(|text| Given { name: name.to_owned(), text, line: None });
        own.or_else(|| self.file.get(name).cloned())
    }
}

/// That there is no file, and what may have been meant for it.
fn no_file(path: &Path) -> String {
    let folder = path.parent().unwrap_or(path);
    let beside = [".env.txt", "env.txt", "env", ".env.example"];
    let found = beside.into_iter().find(|name| folder.join(name).is_file());
    let found = found.map(|name| format!(" There is {name}: copy it to .env."));
    format!(
        "There is no .env file in {}, the folder in which the bot was started.{}",
        folder.display(),
        found.unwrap_or_default()
    )
}

/// The setting that is looked for under a name.
fn setting(name: &str) -> Option<Setting> {
    let is_it =
        |setting: &&Setting| setting.name == name || table::aliases(**setting).contains(&name);
    TABLE.iter().find(is_it).copied()
}

/// Variables of the environment that are surely settings misspelt. The environment has more readers
/// than this bot, so that these are no more than told of.
fn misspelt_variables() -> impl Iterator<Item = UnknownName> {
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    names.filter(|name| setting(name).is_none()).filter_map(|name| {
        let meant = names::misspelt(&name)?;
        Some(UnknownName { name, line: None, meant: Some(meant) })
    })
}

#[cfg(test)]
mod tests {
    use super::{super::errors::Found, *};

    #[test]
    fn a_file_gives_what_the_environment_leaves_out() {
        let text = "# a comment\nexport USER_QUOTA='1/1d' # why\nPATH=none\nUSER_QUOTA=1/1d\n";
        let (environment, errors) = Environment::parse(text);
        assert!(errors.is_empty());
        let given = Given { name: "USER_QUOTA".to_owned(), text: "1/1d".to_owned(), line: Some(4) };
        assert_eq!(environment.get("USER_QUOTA"), Some(given));
        assert_eq!(environment.get("PATH").map(|path| path.text), env::var("PATH").ok());
        assert_eq!(environment.get("GUILD_QUOTA"), None);
    }

    #[test]
    fn a_name_has_one_value_and_an_empty_one_is_none() {
        let (environment, errors) = Environment::parse("NOTIFY=\nNOTIFY=off\nNOTIFY=\n");
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(environment.get("NOTIFY").map(|given| given.text), Some("off".to_owned()));
        let (_, errors) = Environment::parse("NOTIFY=off\n\nNOTIFY=reply\n");
        let twice = LineProblem::Twice("NOTIFY", 1);
        assert!(
            matches!(&errors[..], [ConfigError::Line(3, _, found)] if *found == twice),
            "{errors:?}"
        );
    }

    #[test]
    fn only_a_setting_misspelt_is_a_fault() {
        let text = "GLOBAL_QOUTA=1/1d\nUSER_QUOTAS=1/1d\nUSER_CONCURENCY=\n";
        let (environment, errors) = Environment::parse(text);
        let meant = errors.iter().map(|error| error.line_of().map(|setting| setting.name));
        assert_eq!(meant.collect::<Vec<_>>(), [Some("GLOBAL_QUOTA"), Some("USER_QUOTA")]);
        assert!(environment.unknown.is_empty(), "what is empty does nothing");

        let text = "TZ=UTC\nHTTP_PROXY=x\nall_proxy=x\nTEST_DATABASE_URL=x\nDISCORD_TOKEN_OLD=x\n\
            DISCORD_TOKEN2=x\nOTHER_DATABASE_URL=\nDISCORD_BOT_TOKEN=x\n";
        let (environment, errors) = Environment::parse(text);
        assert!(errors.is_empty(), "{errors:?}");
        let unknown = environment.unknown.iter().map(|one| (&*one.name, one.meant));
        let unknown: Vec<_> = unknown.collect();
        let (url, token) = (Some("DATABASE_URL"), Some("DISCORD_TOKEN"));
        assert_eq!(
            unknown,
            [
                ("TZ", None),
                ("HTTP_PROXY", None),
                ("TEST_DATABASE_URL", url),
                ("DISCORD_TOKEN_OLD", token),
                ("DISCORD_TOKEN2", token),
                ("DISCORD_BOT_TOKEN", token),
            ]
        );
    }

    #[test]
    fn a_line_that_cannot_be_read_is_one_fault() {
        for line in ["DISCORD_TOKEN='x", "DISCORD_TOKEN x", "\"DISCORD_TOKEN\"=x", "DISCORD_TOKN=x"]
        {
            let (environment, mut errors) = Environment::parse(line);
            let [token, key] = [table::DISCORD_TOKEN, table::WHISUL_API_KEY];
            for setting in [token, key] {
                errors.push(ConfigError::Setting(setting, Problem::Required, Found::default()));
            }
            let told = environment.explain(errors.into()).all;
            let [ConfigError::Line(1, Some(meant), _), ConfigError::Setting(missing, ..)] =
                &told[..]
            else {
                panic!("{line}: {told:?}");
            };
            assert_eq!((*meant, *missing), (token, key), "{line}");
        }
    }
}
