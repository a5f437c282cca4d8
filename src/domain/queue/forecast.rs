//! How long somebody waits in the queue, judged by the same past songs as everything else: by playing a
//! few hundred times through how the queue might go on.

use std::{cmp::Reverse, collections::BinaryHeap, time::Duration};

use crate::domain::{Estimate, Span, Timestamp};

/// How often the queue is simulated.
const TIMES: usize = 200;
/// The rank of the wait that is told as typical: the median.
const TYPICAL: usize = TIMES / 2;
/// The rank of the wait that is rarely exceeded: the 90th percentile.
const MOST: usize = TIMES * 9 / 10;

/// So many songs ahead are played through. More take longer in proportion.
const AHEAD: usize = 64;

/// A song that outlasts all known ones ends after at most so many times as long as the longest, or
/// as it has taken so far. In half of all cases, that is less than twice as long.
const LONG_TAIL: u64 = 10;

/// The waits of those in the queue at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// By the number of songs ahead. Never empty.
    waits: Vec<Span>,
}

/// What somebody is told about their wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// When.
    pub at: Timestamp,
    /// How many songs were ahead of theirs.
    pub ahead: usize,
    /// How long it was from then on.
    pub span: Span,
}

impl Forecast {
    /// Looks ahead from a moment at which songs have been `running` for so long, where so many may
    /// run at once. A slot is given on `lag` after a song's end, on average. `None` where nothing is
    /// known about how long songs take.
    pub fn new(
        estimate: &Estimate,
        room: usize,
        running: &[Duration],
        lag: Duration,
    ) -> Option<Self> {
        let known = estimate.sorted();
        let mut starts = vec![Vec::new(); AHEAD + 1];
        for seed in 0..TIMES as u64 {
            play(&mut Chance(seed << 32), &known, room, running, lag, &mut starts)?;
        }
        let span = |mut starts: Vec<Duration>| {
            starts.sort_unstable();
            let [typical, most] = [TYPICAL, MOST].map(|rank| starts.get(rank - 1).copied());
            Some(Span { typical: typical?, most: most? })
        };
        Some(Self { waits: starts.into_iter().map(span).collect::<Option<_>>()? })
    }

    /// How long somebody waits who has so many songs ahead of theirs.
    pub fn wait(&self, ahead: usize) -> Option<Span> {
        if let Some(wait) = self.waits.get(ahead) {
            return Some(*wait);
        }
        let (last, places) = (self.waits.last()?, u32::try_from(self.waits.len()).ok()?);
        let songs = u32::try_from(ahead).unwrap_or(u32::MAX).saturating_add(1);
        let farther = |wait: Duration| (wait / places).saturating_mul(songs).max(wait);
        Some(Span { typical: farther(last.typical), most: farther(last.most) })
    }
}

/// Plays through once how the queue goes on, and notes when each one's turn comes.
fn play(
    chance: &mut Chance,
    known: &[Duration],
    room: usize,
    running: &[Duration],
    lag: Duration,
    starts: &mut [Vec<Duration>],
) -> Option<()> {
    // Nobody knows how well the latest songs stand for the next ones. So each time, some of them
    // count more than once, and others not at all.
    let songs: Option<Vec<Duration>> = known.iter().map(|_| chance.one_of(known)).collect();
    let songs = songs?;
    let mut ends = BinaryHeap::new();
    for elapsed in running {
        ends.push(Reverse(chance.rest(known, *elapsed)?.saturating_add(lag)));
    }
    for _ in running.len()..room.min(running.len() + starts.len()) {
        ends.push(Reverse(Duration::ZERO));
    }
    // More than there is room for may run after a restart.
    for _ in room..running.len() {
        ends.pop();
    }
    for starts in starts {
        let Reverse(start) = ends.pop()?;
        starts.push(start);
        let took = chance.one_of(&songs)?.saturating_add(lag);
        ends.push(Reverse(start.saturating_add(took)));
    }
    Some(())
}

/// Numbers that look like chance and are the same each time, so that a forecast changes only with
/// what it is made of (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn one_of(&mut self, songs: &[Duration]) -> Option<Duration> {
        let at = self.next().checked_rem(songs.len() as u64)?;
        songs.get(usize::try_from(at).ok()?).copied()
    }

    /// How long a song goes on that has taken so long: until one of the longer ends that are known,
    /// or, as one case more, beyond them all.
    fn rest(&mut self, known: &[Duration], elapsed: Duration) -> Option<Duration> {
        let longer = known.get(known.partition_point(|song| *song <= elapsed)..)?;
        let at = usize::try_from(self.next() % (longer.len() as u64 + 1)).ok()?;
        let end = if let Some(end) = longer.get(at) {
            *end
        } else {
            let part = 1 + self.next() % LONG_TAIL;
            let beyond = elapsed.max(*known.last()?);
            beyond.saturating_mul(u32::try_from(LONG_TAIL).ok()?) / u32::try_from(part).ok()?
        };
        Some(end.saturating_sub(elapsed))
    }
}

impl Wait {
    /// This, or what was told before where that still holds: nobody is told again and again that
    /// things go as expected.
    #[must_use]
    pub fn unless_told(self, before: Option<Self>) -> Self {
        let holds = |before: &Self| {
            before.ahead == self.ahead
                && self.start() <= before.latest_start()
                && before.start() <= self.latest_start()
        };
        before.filter(holds).unwrap_or(self)
    }

    fn start(&self) -> Timestamp {
        self.at.saturating_add(self.span.typical)
    }

    fn latest_start(&self) -> Timestamp {
        self.at.saturating_add(self.span.most)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn estimate(songs: &[u64]) -> Estimate {
        let mut estimate = Estimate::default();
        for song in songs {
            estimate.learn(Duration::from_secs(*song));
        }
        estimate
    }

    fn wait(songs: &[u64], room: usize, running: &[u64], ahead: usize) -> Option<Span> {
        let running: Vec<_> = running.iter().copied().map(Duration::from_secs).collect();
        Forecast::new(&estimate(songs), room, &running, Duration::ZERO)?.wait(ahead)
    }

    fn always(seconds: u64) -> Span {
        let wait = Duration::from_secs(seconds);
        Span { typical: wait, most: wait }
    }

    #[test]
    fn songs_that_always_take_the_same_leave_no_doubt() {
        let songs = [60; 39];
        assert_eq!(wait(&songs, 1, &[], 0), Some(always(0)));
        assert_eq!(wait(&songs, 1, &[20], 0), Some(always(40)));
        assert_eq!(wait(&songs, 1, &[20], 2), Some(always(160)));
        assert_eq!(wait(&songs, 2, &[20, 50], 2), Some(always(70)));
        assert_eq!(
            wait(&songs, 1, &[50, 20], 0),
            Some(always(40)),
            "both end before the next begins"
        );
        assert_eq!(wait(&songs, 1, &[0], 999), Some(always(60_000)), "in proportion");
    }

    #[test]
    fn each_known_song_is_drawn_as_often_as_any_other() {
        let songs: Vec<Duration> = (0..39).map(Duration::from_secs).collect();
        let mut drawn = vec![0_u32; songs.len()];
        for seed in 0..TIMES as u64 {
            let mut chance = Chance(seed << 32);
            for _ in 0..195 {
                let song = chance.one_of(&songs).unwrap();
                drawn[usize::try_from(song.as_secs()).unwrap()] += 1;
            }
        }
        assert!(drawn.iter().all(|times| (850..1150).contains(times)), "{drawn:?}");
    }

    #[test]
    fn a_song_that_outlasts_all_others_ends_some_time() {
        let Span { typical, most } = wait(&[60; 39], 1, &[600], 0).unwrap();
        let minutes = |minutes| Duration::from_mins(minutes);
        assert!((minutes(5)..minutes(20)).contains(&typical), "{typical:?}");
        assert!((minutes(20)..minutes(120)).contains(&most), "{most:?}");
    }

    #[test]
    fn nobody_is_told_again_that_things_go_as_expected() {
        let told = |at: i64, ahead, typical, most| {
            let [typical, most] = [typical, most].map(Duration::from_secs);
            Wait { at: Timestamp::from_millis(at * 1000), ahead, span: Span { typical, most } }
        };
        let before = told(1000, 2, 60, 120);
        for (later, is_told) in [
            (told(1030, 2, 30, 90), false),
            (told(1030, 2, 60, 150), false),
            (told(1030, 1, 30, 90), true),
            (told(1030, 2, 100, 150), true),
            (told(1010, 2, 5, 40), true),
            (told(1121, 2, 0, 50), true),
        ] {
            let now = later.unless_told(Some(before));
            assert_eq!(now, if is_told { later } else { before }, "{later:?}");
        }
        assert_eq!(before.unless_told(None), before);
    }

    fn any_seconds(most: usize) -> impl Strategy<Value = Vec<u64>> {
        prop::collection::vec(0..3000_u64, 0..most)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn more_songs_ahead_mean_more_waiting_and_more_room_less(
            songs in any_seconds(45),
            running in any_seconds(6),
            room in 1..6_usize,
        ) {
            let running: Vec<_> = running.into_iter().map(Duration::from_secs).collect();
            let forecast = |room| {
                Forecast::new(&estimate(&songs), room, &running, Duration::from_secs(4))
            };
            let (Some(narrow), Some(wide)) = (forecast(room), forecast(room + 1)) else {
                prop_assert!(songs.is_empty(), "nothing is promised from no data");
                return Ok(());
            };
            let mut before = Span { typical: Duration::ZERO, most: Duration::ZERO };
            for ahead in (0..AHEAD + 5).chain([500, 100_000, usize::MAX]) {
                let wait = narrow.wait(ahead).unwrap();
                prop_assert!(wait.typical <= wait.most);
                prop_assert!(before.typical <= wait.typical && before.most <= wait.most);
                let wide = wide.wait(ahead).unwrap();
                prop_assert!(wide.typical <= wait.typical && wide.most <= wait.most);
                before = wait;
            }
        }
    }
}
