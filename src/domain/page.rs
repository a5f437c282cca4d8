//! Lists that are too long for one message, page by page.

/// A page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Which: 1 is the first.
    pub number: u32,
    /// How many things a page holds: at least 1.
    pub size: u32,
}

/// What a page of a list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// The things that stand on it.
    pub items: Vec<T>,
    /// Which page it is.
    pub page: Page,
    /// How many things the whole list has.
    pub total: u32,
}

impl Page {
    /// The page that is shown when this one is wanted of a list of so many things: where there are
    /// fewer pages, the last one.
    #[must_use]
    pub fn within(self, total: u32) -> Self {
        Self { number: self.number.clamp(1, self.last(total)), ..self }
    }

    /// How many things of the list come before it.
    pub fn skip(self) -> u32 {
        self.number.saturating_sub(1).saturating_mul(self.size)
    }

    /// The number of the last page of a list of so many things. An empty list has one page.
    pub fn last(self, total: u32) -> u32 {
        total.div_ceil(self.size.max(1)).max(1)
    }
}

impl<T> Listed<T> {
    /// Cuts a page out of a whole list.
    pub fn of(list: Vec<T>, wanted: Page) -> Self {
        let total = u32::try_from(list.len()).unwrap_or(u32::MAX);
        let page = wanted.within(total);
        let [skip, size] = [page.skip(), page.size].map(|it| usize::try_from(it).unwrap_or(0));
        Self { items: list.into_iter().skip(skip).take(size).collect(), page, total }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_reader_of_all_pages_sees_everything_once(total in 0..300_u32, size in 1..50_u32) {
            let list: Vec<u32> = (0..total).collect();
            let last = Page { number: 1, size }.last(total);
            let seen = (1..=last).flat_map(|number| {
                Listed::of(list.clone(), Page { number, size }).items
            });
            prop_assert_eq!(seen.collect::<Vec<_>>(), list);
        }

        /// Whatever somebody types.
        #[test]
        fn no_page_lies_beyond_the_last_or_before_the_first(
            (number, size, total) in any::<(u32, u32, u32)>(),
        ) {
            let wanted = Page { number, size };
            let shown = wanted.within(total);
            prop_assert!((1..=wanted.last(total)).contains(&shown.number));
            prop_assert!(shown.skip() < total.max(1));
            prop_assert_eq!(shown.within(total), shown);
        }
    }
}
