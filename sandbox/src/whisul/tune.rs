//! A tune to listen to: melody, chords and bass, drawn from the song's seed, as a WAV file.

use std::f64::consts::TAU;

use fastrand::Rng;

use super::song::{BARS, Song};

/// Samples per second, mono.
const RATE: u32 = 22_050;

/// The steps of a scale in semitones above its first note.
type Scale = [u8; 7];
const MAJOR: Scale = [0, 2, 4, 5, 7, 9, 11];
const MINOR: Scale = [0, 2, 3, 5, 7, 8, 10];

/// The step on which the chord of each bar stands; all of them end where the first can begin again.
const MAJOR_CHORDS: [[usize; 4]; 3] = [[0, 4, 5, 3], [0, 5, 3, 4], [3, 0, 4, 0]];
const MINOR_CHORDS: [[usize; 4]; 3] = [[0, 5, 2, 6], [0, 3, 5, 6], [5, 6, 0, 0]];

/// Which eighths of a bar the melody plays.
const RHYTHMS: [[bool; 8]; 4] = [
    [true, false, true, true, false, true, true, false],
    [true, true, false, true, true, false, true, false],
    [true, false, false, true, true, false, true, true],
    [true, false, true, false, true, true, false, false],
];

/// How a note sounds: its overtones and how it swells and dies away.
struct Voice {
    /// The loudness of the first, second, third … harmonic.
    harmonics: [f64; 4],
    /// Seconds until it is at its loudest: none of them clicks.
    attack: f64,
    /// Seconds after which it is down to about a third.
    decay: f64,
}

const BELL: Voice = Voice { harmonics: [0.30, 0.10, 0.06, 0.02], attack: 0.008, decay: 0.35 };
const PAD: Voice = Voice { harmonics: [0.07, 0.02, 0.01, 0.0], attack: 0.25, decay: 6.0 };
const BASS: Voice = Voice { harmonics: [0.32, 0.12, 0.03, 0.0], attack: 0.015, decay: 0.6 };

/// Seconds in which a note that is let go falls silent.
const RELEASE: f64 = 0.06;

/// The whole file: 16 bit, mono, [`RATE`] samples a second, [`Song::seconds`] long.
pub(super) fn wav(song: &Song) -> Vec<u8> {
    let mut tune = Tune::new(song.seconds());
    compose(song, &mut tune);
    tune.echo(song.beat() * 0.75, 0.28);
    tune.fade_out(0.5);
    encode(&tune.samples)
}

/// Draws the notes and plays them.
fn compose(song: &Song, tune: &mut Tune) {
    let mut random = Rng::with_seed(song.seed ^ 0x7475_6e65);
    let (scale, chords) = if random.bool() {
        (MAJOR, random.choice(MAJOR_CHORDS))
    } else {
        (MINOR, random.choice(MINOR_CHORDS))
    };
    let chords = chords.unwrap_or_default();
    let tonic = random.u8(55..=62);
    let rhythms = [random.choice(RHYTHMS), random.choice(RHYTHMS)].map(Option::unwrap_or_default);
    let beat = song.beat();
    let pitch = |step: usize| tonic + note(scale, step);

    let mut step = 7_usize;
    for (bar, chord) in (0..BARS).zip(chords) {
        let begin = f64::from(bar * 4) * beat;
        for third in [0, 2, 4] {
            tune.play(&PAD, pitch(chord + third), begin, beat * 4.0);
        }
        for (at, length, octave) in [(0.0, 1.4, 0), (1.5, 0.5, 0), (2.0, 1.0, 12), (3.0, 0.9, 0)] {
            let root = pitch(chord).saturating_sub(24) + octave;
            tune.play(&BASS, root, begin + at * beat, length * beat);
        }
        // The first rhythm and the second take turns, so that the ear finds a pattern.
        let rhythm = if bar % 2 == 0 { rhythms[0] } else { rhythms[1] };
        for (eighth, plays) in (0_u32..).zip(rhythm) {
            if plays {
                step = next_step(&mut random, step, chord, eighth % 4 == 0);
                tune.play(&BELL, pitch(step), begin + f64::from(eighth) * beat / 2.0, beat);
            }
        }
    }
    // Home.
    tune.play(&BELL, pitch(7), f64::from(BARS * 4) * beat, beat * 2.0);
    tune.play(&BASS, pitch(0).saturating_sub(24), f64::from(BARS * 4) * beat, beat * 2.0);
}

/// The semitones of a step, counted on into the octaves above.
fn note(scale: Scale, step: usize) -> u8 {
    let octaves = u8::try_from(step / 7).unwrap_or_default();
    scale.get(step % 7).copied().unwrap_or_default() + 12 * octaves
}

/// Where the melody goes: a small move, and onto a note of the chord where the beat is strong.
fn next_step(random: &mut Rng, from: usize, chord: usize, strong: bool) -> usize {
    let to = (from + random.usize(0..=4)).saturating_sub(2).clamp(4, 13);
    if !strong {
        return to;
    }
    let in_chord = |step: &usize| [0, 2, 4].contains(&((step + 7 - chord) % 7));
    (4..=13).filter(in_chord).min_by_key(|step| step.abs_diff(to)).unwrap_or(to)
}

/// The samples so far, where 1 is the loudest.
struct Tune {
    samples: Vec<f64>,
}

impl Tune {
    fn new(seconds: u32) -> Self {
        Self { samples: vec![0.0; samples_in(f64::from(seconds))] }
    }

    /// Adds a note. `pitch` is a MIDI note number, `at` and `length` are in seconds.
    fn play(&mut self, voice: &Voice, pitch: u8, at: f64, length: f64) {
        let frequency = 440.0 * ((f64::from(pitch) - 69.0) / 12.0).exp2();
        let place = self.samples.iter_mut().skip(samples_in(at)).take(samples_in(length + RELEASE));
        for (sample, tick) in place.zip(0_u32..) {
            let time = f64::from(tick) / f64::from(RATE);
            let swell = (time / voice.attack).min(1.0);
            let release = ((length + RELEASE - time) / RELEASE).clamp(0.0, 1.0);
            let loudness = swell * (-time / voice.decay).exp() * release;
            let harmonics = voice.harmonics.iter().zip(1_u32..);
            let wave: f64 = harmonics
                .map(|(part, nth)| part * (TAU * frequency * f64::from(nth) * time).sin())
                .sum();
            *sample += loudness * wave;
        }
    }

    /// Repeats everything, ever softer, each time so many seconds later.
    fn echo(&mut self, later: f64, loudness: f64) {
        let offset = samples_in(later);
        for at in offset..self.samples.len() {
            let Some(before) = self.samples.get(at - offset).copied() else { return };
            if let Some(sample) = self.samples.get_mut(at) {
                *sample += before * loudness;
            }
        }
    }

    /// Lets the last seconds die away.
    fn fade_out(&mut self, seconds: f64) {
        let length = u32::try_from(samples_in(seconds)).unwrap_or(u32::MAX);
        for (sample, left) in self.samples.iter_mut().rev().zip(0..length) {
            *sample *= f64::from(left) / f64::from(length);
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few seconds, and positive"
)]
fn samples_in(seconds: f64) -> usize {
    (seconds * f64::from(RATE)) as usize
}

/// A RIFF/WAVE file, as loud as it can be without harshness.
fn encode(samples: &[f64]) -> Vec<u8> {
    const BYTES_PER_SAMPLE: u16 = 2;
    let loudest = samples.iter().fold(0.001, |loudest: f64, sample| loudest.max(sample.abs()));
    let data = u32::try_from(samples.len() * usize::from(BYTES_PER_SAMPLE)).unwrap_or(u32::MAX);
    let mut file = Vec::with_capacity(44 + samples.len() * usize::from(BYTES_PER_SAMPLE));
    file.extend(b"RIFF");
    file.extend(data.saturating_add(36).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(1_u16.to_le_bytes()); // PCM
    file.extend(1_u16.to_le_bytes()); // channels
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * u32::from(BYTES_PER_SAMPLE)).to_le_bytes());
    file.extend(BYTES_PER_SAMPLE.to_le_bytes());
    file.extend((BYTES_PER_SAMPLE * 8).to_le_bytes());
    file.extend(b"data");
    file.extend(data.to_le_bytes());
    for sample in samples {
        file.extend(to_16_bit(sample / loudest * 0.8).to_le_bytes());
    }
    file
}

#[expect(clippy::cast_possible_truncation, reason = "between -1 and 1 before it is stretched")]
fn to_16_bit(sample: f64) -> i16 {
    (sample * f64::from(i16::MAX)).round() as i16
}

#[cfg(test)]
mod tests {
    use super::wav;
    use crate::whisul::song::Song;

    fn samples(file: &[u8]) -> Vec<i16> {
        file[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
    }

    #[test]
    fn the_file_is_as_long_as_the_song_says() {
        let song = Song::from_prompt("a calm evening");
        let file = wav(&song);
        assert_eq!(&file[..4], b"RIFF");
        assert_eq!(&file[8..16], b"WAVEfmt ");
        assert_eq!(samples(&file).len(), song.seconds() as usize * 22_050);
    }

    #[test]
    fn it_is_audible_begins_and_ends_softly_and_never_clicks() {
        for prompt in ["a calm evening", "trap with 808s", "🎷", "x"] {
            let samples = samples(&wav(&Song::from_prompt(prompt)));
            let loudest = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
            assert!((20_000..=27_000).contains(&loudest), "{prompt}: {loudest}");
            assert!(samples[0].abs() < 100 && samples[samples.len() - 1].abs() < 100, "{prompt}");
            let steps = samples.windows(2).map(|pair| pair[0].abs_diff(pair[1]));
            let steepest = steps.max().unwrap();
            assert!(steepest < 12_000, "{prompt}: a jump of {steepest} between two samples");
        }
    }

    #[test]
    fn a_prompt_always_sounds_the_same_and_another_different() {
        let tune = |prompt| wav(&Song::from_prompt(prompt));
        assert_eq!(tune("rain"), tune("rain"));
        assert_ne!(tune("rain"), tune("snow"));
    }
}
