//! Where settings come from: the environment, and a `.env` file for what it leaves out.

use std::{
    cell::Cell,
    collections::BTreeMap,
    env, fs,
    io::{self, Read},
    path::Path,
};

use super::faults::Fault;
use crate::domain::Source;

/// The variables of this process, and under them those of a `.env` file.
///
/// The file's variables stay out of the process's own environment, which can't be changed safely
/// and which child processes would inherit, secrets included.
#[derive(Default)]
pub(super) struct Environment {
    file: BTreeMap<String, String>,
}

impl Environment {
    /// Reads the file, if there is one. What can't be read is told beside what can.
    pub(super) fn read(path: &Path) -> (Self, Vec<Fault>) {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(text.strip_prefix('\u{feff}').unwrap_or(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Default::default(),
            Err(error) => (Self::default(), vec![Fault::File(error)]),
        }
    }

    /// Of a name given twice the first counts, as everywhere with dotenvy.
    fn parse(text: &str) -> (Self, Vec<Fault>) {
        let (mut file, mut broken) = (BTreeMap::new(), Vec::new());
        let taken = Cell::new(0);
        for line in dotenvy::from_read_iter(LineByLine { text, taken: &taken }) {
            match line {
                Ok((name, value)) => {
                    file.entry(name).or_insert(value);
                }
                Err(dotenvy::Error::LineParse(faulty, _)) => {
                    // The error's own message repeats the line, and with it perhaps a secret. An
                    // unclosed quotation mark draws further lines in: the first is the faulty one.
                    let further = faulty.lines().count().saturating_sub(1);
                    broken.push(Fault::Line(taken.get().saturating_sub(further)));
                }
                Err(dotenvy::Error::Io(error)) => broken.push(Fault::File(error)),
                Err(_) => broken.push(Fault::Line(taken.get())),
            }
        }
        (Self { file }, broken)
    }

    /// The value of a variable, and where it comes from. What is no Unicode becomes U+FFFD, which
    /// no setting accepts.
    pub(super) fn get(&self, name: &str) -> Option<(String, Source)> {
        let own = env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        let own = own.map(|value| (value, Source::Environment));
        own.or_else(|| self.file.get(name).map(|value| (value.clone(), Source::File)))
    }
}

/// Hands out a text one line at a time, however much is asked for, and counts the lines taken:
/// dotenvy doesn't tell where a faulty line stands.
struct LineByLine<'a> {
    text: &'a str,
    taken: &'a Cell<usize>,
}

impl Read for LineByLine<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let line = self.text.split_inclusive('\n').next().unwrap_or_default();
        let fits = line.floor_char_boundary(buffer.len());
        let (part, rest) = self.text.split_at_checked(fits).unwrap_or_default();
        self.text = rest;
        if part.ends_with('\n') || (rest.is_empty() && !part.is_empty()) {
            self.taken.update(|taken| taken + 1);
        }
        part.as_bytes().read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let line = |fault| match fault {
            Fault::Line(number) => number,
            other => panic!("{other:?}"),
        };
        Environment::parse(text).1.into_iter().map(line).collect()
    }

    #[test]
    fn a_file_gives_what_the_environment_leaves_out() {
        let text = "# a comment\nexport ONE_IN_FILE='1 1' # why\nPATH=none\nONE_IN_FILE=2\r\n";
        let (environment, faults) = Environment::parse(text);
        assert!(faults.is_empty());
        assert_eq!(environment.get("ONE_IN_FILE"), Some(("1 1".to_owned(), Source::File)));
        assert_eq!(environment.get("PATH").map(|(path, _)| path), env::var("PATH").ok());
        assert_eq!(environment.get("TWO_IN_FILE"), None);
    }

    #[test]
    fn every_faulty_line_is_told_by_its_number() {
        assert_eq!(lines("A=1\nno equals sign\n\nB=2 3 # why\r\nC=3\n"), [2, 4]);
        assert_eq!(lines("A=1\nB='never closed\nC=2\n"), [2]);
        assert_eq!(lines("A='1\n1\n1'\nB=é é"), [4]);
        assert_eq!(lines(&format!("A={}\nB\n", "é".repeat(9999))), [2]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_its_faults_have_places(text in "([A-Za-z='\"#$ \\\\\r\n]|\\PC)*") {
            for number in lines(&text) {
                prop_assert!((1..=text.lines().count()).contains(&number), "{}", number);
            }
        }
    }
}
