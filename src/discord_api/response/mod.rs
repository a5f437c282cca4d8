//! Reading what Discord answers: whether it is Discord's, what a code means, and the fields that
//! the bot needs.

pub(super) mod bodies;
pub(super) mod codes;
pub(super) mod raw_response;
pub(super) mod read;
