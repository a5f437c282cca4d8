//! Where settings come from: the environment, and a `.env` file for what it leaves out.

use std::{collections::BTreeMap, env, fs, io, path::Path};

use super::{
    TABLE, UnknownName,
    env_file::{self, LineProblem},
    faults::Fault,
    names, table,
};

/// A variable's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
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
    /// Names that no setting has, and that don't keep the bot from starting.
    pub(super) unknown: Vec<UnknownName>,
}

impl Environment {
    /// Reads the file, if there is one. What can't be read is told beside what can.
    pub(super) fn read(path: &Path) -> (Self, Vec<Fault>) {
        let (mut environment, faults) = match fs::read(path) {
            Ok(bytes) => match env_file::decode(&bytes) {
                Ok(text) => Self::parse(&text),
                Err((line, problem)) => (Self::default(), vec![Fault::Line(line, problem)]),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Default::default(),
            Err(error) => (Self::default(), vec![Fault::File(error)]),
        };
        environment.unknown.extend(misspelt_variables());
        (environment, faults)
    }

    /// A name that looks like a setting's ends the start: a quota that is misspelt costs money. Any
    /// other is harmless, and only told of. A name may be given twice, but not with two values:
    /// which of them counts is different from program to program.
    fn parse(text: &str) -> (Self, Vec<Fault>) {
        let (entries, problems) = env_file::parse(text);
        let mut faults: Vec<_> =
            problems.into_iter().map(|(line, problem)| Fault::Line(line, problem)).collect();
        let mut environment = Self::default();
        for env_file::Entry { line, name, value } in entries {
            let filled = !value.trim().is_empty();
            match environment.file.get(&name).filter(|first| first.text != value) {
                _ if !is_known(&name) => match names::meant(&name) {
                    Some(setting) => faults.push(Fault::Line(line, LineProblem::Unknown(setting))),
                    None => environment.unknown.push(UnknownName::in_file(&name, line)),
                },
                _ if !filled => {}
                Some(Given { line: Some(first), .. }) => {
                    faults.push(Fault::Line(line, LineProblem::Twice(*first)));
                }
                _ => {
                    environment.file.insert(name, Given { text: value, line: Some(line) });
                }
            }
        }
        (environment, faults)
    }

    /// The value of a variable, unless it is empty. What is no Unicode becomes U+FFFD, which no
    /// setting accepts.
    pub(super) fn get(&self, name: &str) -> Option<Given> {
        let own = env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        let own = own.filter(|text| !text.trim().is_empty());
        let own = own.map(|text| Given { text, line: None });
        own.or_else(|| self.file.get(name).cloned())
    }
}

fn is_known(name: &str) -> bool {
    TABLE.iter().any(|setting| setting.name == name || table::aliases(*setting).contains(&name))
}

/// Variables of the environment that are surely settings misspelt. The environment has more readers
/// than this bot, so that these are no more than told of.
fn misspelt_variables() -> impl Iterator<Item = UnknownName> {
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    names.filter(|name| !is_known(name)).filter_map(|name| {
        let meant = names::misspelt(&name)?;
        Some(UnknownName { name, line: None, meant: Some(meant) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gives_what_the_environment_leaves_out() {
        let text = "# a comment\nexport USER_QUOTA='1/1d' # why\nPATH=none\nUSER_QUOTA=1/1d\n";
        let (environment, faults) = Environment::parse(text);
        assert!(faults.is_empty());
        let given = Given { text: "1/1d".to_owned(), line: Some(4) };
        assert_eq!(environment.get("USER_QUOTA"), Some(given));
        assert_eq!(environment.get("PATH").map(|path| path.text), env::var("PATH").ok());
        assert_eq!(environment.get("GUILD_QUOTA"), None);
    }

    #[test]
    fn a_name_has_one_value_and_an_empty_one_is_none() {
        let (environment, faults) = Environment::parse("NOTIFY=\nNOTIFY=off\nNOTIFY=\n");
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(environment.get("NOTIFY").map(|given| given.text), Some("off".to_owned()));
        let (_, faults) = Environment::parse("NOTIFY=off\n\nNOTIFY=reply\n");
        assert!(matches!(faults[..], [Fault::Line(3, LineProblem::Twice(1))]), "{faults:?}");
    }

    #[test]
    fn only_a_name_that_looks_like_a_settings_is_a_fault() {
        let (environment, faults) =
            Environment::parse("GLOBAL_QOUTA=1/1d\nTZ=UTC\nHTTP_PROXY=x\nall_proxy=x\n");
        assert!(matches!(faults[..], [Fault::Line(1, LineProblem::Unknown("GLOBAL_QUOTA"))]));
        let unknown: Vec<_> = environment.unknown.iter().map(|one| &*one.name).collect();
        assert_eq!(unknown, ["TZ", "HTTP_PROXY"]);
    }
}
