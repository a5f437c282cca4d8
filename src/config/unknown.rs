//! Names that no setting has.

/// A name that no setting has: ignored, but told of at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// The name, or nothing where it may be a piece of a secret.
    pub name: String,
    /// Its line in the `.env` file; `None` in the environment.
    pub line: Option<usize>,
    /// The setting that was probably meant.
    pub meant: Option<&'static str>,
}

impl UnknownName {
    /// A name in the file, shown only if it looks like one: a secret on a line of its own may end
    /// with a `=`.
    pub(super) fn in_file(name: &str, line: usize) -> Self {
        let is_word = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let name = if name.len() <= 30 && name.chars().all(is_word) { name } else { "" };
        Self { name: name.to_owned(), line: Some(line), meant: None }
    }
}
