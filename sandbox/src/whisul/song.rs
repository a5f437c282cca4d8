//! What a prompt sounds and looks like, the same each time.

use fastrand::Rng;

/// The properties of a song.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Song {
    pub(super) title: String,
    /// In half beats per minute: the documentation types `bpm` as a number, so some have halves.
    pub(super) tempo: u32,
    pub(super) tags: Vec<String>,
    /// From which the tune and the cover are drawn.
    pub(super) seed: u64,
}

/// Bars of four beats that a song lasts.
const BARS: u32 = 4;

const FIRST_WORDS: [&str; 16] = [
    "Midnight",
    "Golden",
    "Paper",
    "Velvet",
    "Distant",
    "Electric",
    "Quiet",
    "Crimson",
    "Northern",
    "Hollow",
    "Silver",
    "Wandering",
    "Neon",
    "Early",
    "Borrowed",
    "Endless",
];
const LAST_WORDS: [&str; 12] = [
    "Grid",
    "Harbour",
    "Lantern",
    "Signal",
    "Meadow",
    "Staircase",
    "Orbit",
    "Window",
    "Tide",
    "Ember",
    "Parade",
    "Echo",
];
const MOODS: [&str; 8] =
    ["warm", "dark", "dreamy", "bright", "relaxed", "wistful", "playful", "calm"];
const GENRES: [&str; 10] =
    ["lo-fi", "trap", "house", "jazz", "ambient", "pop", "folk", "techno", "rock", "funk"];
const COLOURS: [&str; 6] =
    ["vinyl", "echo", "late night", "instrumental", "slow build", "counters"];

/// Words that say nothing about a song.
const FILLER: [&str; 12] = [
    "song", "about", "with", "music", "track", "beat", "please", "make", "that", "this", "from",
    "into",
];

impl Song {
    pub(super) fn from_prompt(prompt: &str) -> Self {
        let seed = fnv1a(prompt.as_bytes());
        let mut random = Rng::with_seed(seed);
        let first = pick(&mut random, &FIRST_WORDS);
        let last =
            telling_word(prompt).unwrap_or_else(|| pick(&mut random, &LAST_WORDS).to_owned());
        let tempo = 2 * random.u32(76..=132) + u32::from(random.u8(..4) == 0);
        let lower = prompt.to_lowercase();
        let asked_for = GENRES.into_iter().find(|genre| lower.contains(genre));
        let genre = asked_for.unwrap_or_else(|| pick(&mut random, &GENRES));
        let tags = [genre, pick(&mut random, &MOODS), "synth", "bass", pick(&mut random, &COLOURS)];
        Self {
            title: format!("{first} {last}"),
            tempo,
            tags: tags.map(str::to_owned).to_vec(),
            seed,
        }
    }

    /// Seconds that a beat lasts.
    fn beat(&self) -> f64 {
        120.0 / f64::from(self.tempo)
    }

    /// Whole seconds that the tune lasts, the fading of the last note included.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few seconds, and positive"
    )]
    pub(super) fn seconds(&self) -> u32 {
        (f64::from(BARS * 4) * self.beat() + 0.8).ceil() as u32
    }
}

fn pick<'a>(random: &mut Rng, words: &[&'a str]) -> &'a str {
    random.choice(words.iter()).copied().unwrap_or_default()
}

/// The longest word of the prompt that says something, with a capital.
fn telling_word(prompt: &str) -> Option<String> {
    let words = prompt.split(|letter: char| !letter.is_alphabetic()).map(str::to_lowercase);
    let telling = words.filter(|word| {
        (4..=16).contains(&word.chars().count()) && !FILLER.contains(&word.as_str())
    });
    let longest = telling.reduce(|longest, word| {
        if word.chars().count() > longest.chars().count() { word } else { longest }
    })?;
    let mut letters = longest.chars();
    let capital = letters.next()?.to_uppercase();
    Some(capital.chain(letters).collect())
}

/// The hash FNV-1a, for it never changes between versions of Rust.
fn fnv1a(bytes: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::Song;

    #[test]
    fn a_prompt_is_always_the_same_song_and_another_prompt_another() {
        let song = Song::from_prompt("a trap song about lanterns");
        assert_eq!(song, Song::from_prompt("a trap song about lanterns"));
        assert_ne!(song.seed, Song::from_prompt("a trap song about harbours").seed);
        assert!(song.title.ends_with(" Lanterns"), "{}", song.title);
        assert_eq!(song.tags[0], "trap");
    }

    #[test]
    fn a_prompt_without_words_has_a_title_too() {
        for prompt in ["…", "🎷", "a b c", "@everyone"] {
            assert_eq!(Song::from_prompt(prompt).title.split(' ').count(), 2, "{prompt}");
        }
    }

    #[test]
    fn tempo_and_length_stay_pleasant() {
        for number in 0..500 {
            let song = Song::from_prompt(&number.to_string());
            assert!((0.4..0.8).contains(&song.beat()), "{}", song.beat());
            assert!((8..=14).contains(&song.seconds()), "{}", song.seconds());
        }
    }
}
