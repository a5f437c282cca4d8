//! Settings as an admin sees them.

/// What a setting is, and where that comes from. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingInForce {
    /// The variable's name.
    pub name: &'static str,
    /// Its value, or what stands for it.
    pub value: String,
    /// Where that comes from.
    pub source: Source,
}

/// Where a setting comes from: the first of these that says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// An admin's command.
    Command,
    /// The environment of the process.
    Environment,
    /// The `.env` file.
    File,
    /// Nowhere: it is the default.
    Default,
}
