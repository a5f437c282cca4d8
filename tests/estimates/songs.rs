//! How often the estimate of a running song comes true.

use std::{fmt::Write, time::Duration};

use whisul_bot::domain::{Estimate, Outlook, Span};

use crate::{
    chance::Chance,
    worlds::{Tally, WORLDS, World},
};

/// So many bots live through so many songs each.
const BOTS: u64 = 80;
const SONGS: u32 = 300;

/// From then on an estimate is held to its promises.
const KNOWN: u32 = 30;

/// How often a song took at most as long as was said when it began.
#[derive(Default)]
struct Kept {
    /// Of those before which 1, 3 and 10 songs were known.
    after_few: [Tally; 3],
    typical: Tally,
    most: Tally,
    /// It was not called slow.
    usual: Tally,
    /// The bar did not stay at nine tenths for most of the time.
    moved: Tally,
}

fn live(world: &World) -> Kept {
    let mut kept = Kept::default();
    for bot in 0..BOTS {
        let (mut chance, mut estimate) = (Chance(bot << 32), Estimate::default());
        for number in 0..SONGS {
            let (took, outlook) = (world.song(&mut chance, number), estimate.outlook());
            estimate.learn(took);
            let Some(Span { typical, most }) = outlook.usual else {
                assert_eq!(number, 0, "something is known after one song");
                continue;
            };
            if let Some(few) = [1, 3, 10].iter().position(|few| *few == number) {
                kept.after_few[few].count(took <= most);
            }
            if number >= KNOWN {
                kept.typical.count(took <= typical);
                kept.most.count(took <= most);
                kept.usual.count(!outlook.is_unusual(took));
                kept.moved.count(tenths(outlook, took.mul_f64(0.5)) < 9);
            }
        }
    }
    kept
}

fn tenths(outlook: Outlook, elapsed: Duration) -> usize {
    (1..=9_u32).filter(|tenth| f64::from(*tenth) <= outlook.share(elapsed) * 10.0).count()
}

#[test]
fn four_of_five_songs_match_their_estimate() {
    let mut table = String::from(
        "| songs take | typical | at most | not \"longer than usual\" | at most, after 1, 3, 10 songs |\n\
         |---|---|---|---|---|\n",
    );
    for world in &WORLDS {
        let kept = live(world);
        let few = kept.after_few.map(|tally| format!("{:.0}", tally.percent())).join(", ");
        let [typical, most, usual] = [kept.typical, kept.most, kept.usual].map(Tally::percent);
        writeln!(table, "| {} | {typical:.0} | {most:.0} | {usual:.0} | {few} |", world.name)
            .unwrap();
        let name = world.name;
        if world.is_steady {
            assert!((45.0..=55.0).contains(&typical), "{name}: {typical}");
            assert!((75.0..=85.0).contains(&most), "{name}: {most}");
            assert!((93.0..=97.0).contains(&usual), "{name}: {usual}");
        } else {
            assert!((70.0..=90.0).contains(&most), "{name}: {most}");
        }
        assert!(kept.moved.percent() > 97.0, "{name}: the bar stood at nine tenths");
    }
    crate::is_documented(&table);
}

/// How often estimates come true after a sudden change: for the first ten songs, and so on.
fn after_change(at: u32) -> String {
    let world = WORLDS.iter().find(|world| world.name.contains("at once")).unwrap();
    let mut kept = [Tally::default(); 4];
    for bot in 0..BOTS {
        let (mut chance, mut estimate) = (Chance(bot << 32), Estimate::default());
        for number in 0..at + 40 {
            let (took, outlook) = (world.song(&mut chance, number), estimate.outlook());
            estimate.learn(took);
            if let (Some(since), Some(usual)) = (number.checked_sub(at), outlook.usual) {
                kept[since as usize / 10].count(took <= usual.most);
            }
        }
    }
    kept.map(|tally| format!("{:.0}", tally.percent())).join(" | ")
}

#[test]
fn estimates_adapt_after_a_sudden_change() {
    let table = format!(
        "| songs since | 1 to 10 | 11 to 20 | 21 to 30 | 31 to 40 |\n|---|---|---|---|---|\n\
         | Whisul became three times slower | {} |\n| and three times faster | {} |\n",
        after_change(100),
        after_change(200),
    );
    crate::is_documented(&table);
}
