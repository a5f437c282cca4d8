//! Discord's ids as numbers of the database. SQLite's integers are signed, Discord's ids are unsigned,
//! both with 64 bits. The ids have 63 bits until the year 2084, so those with 64 are forged.

use crate::{domain::InteractionId, store::StoreError};

/// The number that an id is stored as; `None` for one that can't be stored.
pub(in crate::store) fn encode(id: u64) -> Option<i64> {
    i64::try_from(id).ok()
}

/// The number to write for an interaction into a column.
///
/// # Errors
/// When it can't be stored.
pub(in crate::store) fn encode_for(
    interaction: impl Into<InteractionId>,
    column: &'static str,
    id: u64,
) -> Result<i64, StoreError> {
    encode(id).ok_or_else(|| StoreError::TooLarge { interaction: interaction.into(), column })
}

/// The number to look for. One that can't be stored is sought as the largest number, which Discord
/// has not given to anything.
pub(in crate::store) fn encode_sought(id: u64) -> i64 {
    encode(id).unwrap_or(i64::MAX)
}

/// The id that a stored number stands for; `None` if the row is damaged.
pub(in crate::store) fn decode(number: i64) -> Option<u64> {
    u64::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_comes_back_or_is_refused(id: u64) {
            match encode(id) {
                Some(number) => prop_assert_eq!(decode(number), Some(id)),
                None => prop_assert!(id > i64::MAX.unsigned_abs()),
            }
        }

        #[test]
        fn only_numbers_that_are_written_are_read(number: i64) {
            prop_assert_eq!(decode(number).and_then(encode), Some(number).filter(|it| *it >= 0));
        }
    }
}
