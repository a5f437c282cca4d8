//! Whisul's responses: read within limits of size, and by meaning.

pub(super) mod body;
pub(super) mod field;
pub(super) mod json;
pub(super) mod meaning;
pub(super) mod wire;
