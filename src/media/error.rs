//! Why a file is not passed on.

/// Why a file is not passed on: its link has to do.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The link leads to where nothing is fetched from.
    #[error("the link leads to no public https address")]
    NotPublic,
    /// One server sends on to the next.
    #[error("there are too many redirects")]
    TooManyRedirects,
    /// The server has no such file.
    #[error("the server answered with status {0}")]
    Status(u16),
    /// It is no file of the kind that was to be expected.
    #[error("it is no such file")]
    WrongKind,
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is larger than may be passed on.
    #[error("the file is too large")]
    TooLarge,
    /// It can't be fetched.
    #[error("it can't be fetched: {cause}")]
    Failed {
        /// What went wrong, without addresses.
        cause: String,
    },
}

impl MediaError {
    /// Whether the same fetch may succeed a little later.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Failed { .. } => true,
            Self::Status(status) => matches!(status, 408 | 429 | 500..),
            _ => false,
        }
    }
}
