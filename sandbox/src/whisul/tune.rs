//! Something to listen to: notes of a scale, drawn from the song's seed, as a WAV file.

use std::f64::consts::{PI, TAU};

use fastrand::Rng;

use super::song::Song;

/// Samples per second, mono.
const RATE: u32 = 22_050;
const BYTES_PER_SAMPLE: u16 = 2;
/// Samples of a note: four notes a second.
const NOTE: u32 = RATE / 4;
/// A pentatonic scale, in hertz: whatever is drawn from it sounds pleasant.
const SCALE: [f64; 6] = [220.0, 261.6, 293.7, 329.6, 392.0, 440.0];

/// The whole file: 16 bit, mono, [`RATE`] samples a second, [`Song::seconds`] long.
pub(super) fn wav(song: &Song) -> Vec<u8> {
    let mut random = Rng::with_seed(song.seed ^ 0x7475_6e65);
    let samples = song.seconds() * RATE;
    let mut file = header(samples * u32::from(BYTES_PER_SAMPLE));
    let mut frequency = 0.0;
    for at in 0..samples {
        if at % NOTE == 0 {
            frequency = random.choice(SCALE).unwrap_or_default();
        }
        // Each note swells and dies away: none clicks.
        let (ticks, left) = (f64::from(at % NOTE), f64::from(samples - at - 1));
        let loudness = (PI * ticks / f64::from(NOTE)).sin() * (left / f64::from(NOTE)).min(1.0);
        let wave = (TAU * frequency * ticks / f64::from(RATE)).sin();
        file.extend(to_16_bit(0.8 * loudness * wave).to_le_bytes());
    }
    file
}

/// The header of a RIFF/WAVE file with this many bytes of samples.
fn header(data: u32) -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((data + 36).to_le_bytes());
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
