//! A cover picture: a sun over hills, drawn from the song's seed, as a PNG file.

use std::f64::consts::TAU;

use fastrand::Rng;
use png::{BitDepth, ColorType, Compression, Encoder, EncodingError};

use super::song::Song;

/// Pixels on each side.
const SIDE: u32 = 512;
const HILLS: u32 = 5;

/// A range of hues at the horizon, by its begin and width, and how far to turn for the night above.
const SKIES: [(f64, f64, f64); 3] = [(0.82, 0.28, -0.20), (0.95, 0.13, -0.28), (0.46, 0.10, 0.17)];

/// Red, green and blue from 0 to 1.
type Colour = [f64; 3];

/// A circle in the sky; all lengths are shares of the picture's side.
struct Sun {
    x: f64,
    y: f64,
    radius: f64,
}

/// A row of hills, whose crest is a sum of waves.
struct Hills {
    crest: f64,
    /// Height, waves across the picture, and phase.
    waves: [(f64, f64, f64); 3],
    colour: Colour,
}

struct Picture {
    sky: [Colour; 2],
    light: Colour,
    sun: Sun,
    /// From the farthest to the nearest.
    hills: Vec<Hills>,
}

/// The whole file: 512 × 512 pixels, RGB.
///
/// # Errors
/// None in practice: the encoder writes to memory.
pub(super) fn png(song: &Song) -> Result<Vec<u8>, EncodingError> {
    let picture = Picture::draw(song.seed);
    let mut pixels = Vec::with_capacity(3 * (SIDE * SIDE) as usize);
    let crests: Vec<Vec<f64>> = (0..SIDE)
        .map(|x| picture.hills.iter().map(|hills| hills.height(share(x))).collect())
        .collect();
    for y in 0..SIDE {
        for (x, crests) in (0..SIDE).zip(&crests) {
            pixels.extend(picture.colour(share(x), share(y), crests).map(to_byte));
        }
    }
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, SIDE, SIDE);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(file)
}

impl Picture {
    fn draw(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed ^ 0x0063_6f76_6572);
        // Neighbours on the colour wheel, as real skies have them: opposites mix to mud.
        let (begin, width, turn) = random.choice(SKIES).unwrap_or_default();
        let hue = begin + width * random.f64();
        let night = colour(hue + turn, 0.60, 0.22);
        let dusk = colour(hue, 0.85, 0.70);
        let sun = Sun {
            x: 0.25 + 0.5 * random.f64(),
            y: 0.30 + 0.2 * random.f64(),
            radius: 0.09 + 0.09 * random.f64(),
        };
        let hills = (0..HILLS).map(|row| {
            let near = f64::from(row) / f64::from(HILLS - 1);
            Hills::draw(
                &mut random,
                near,
                mix(dusk, colour(hue + turn, 0.60, 0.08), 0.35 + 0.65 * near),
            )
        });
        let hills = hills.collect();
        Self { sky: [night, dusk], light: colour(hue + 0.06, 1.0, 0.90), sun, hills }
    }

    /// The colour of a point, given how high each row of hills is there.
    fn colour(&self, x: f64, y: f64, crests: &[f64]) -> Colour {
        let [above, below] = self.sky;
        let distance = (x - self.sun.x).hypot(y - self.sun.y) - self.sun.radius;
        let glow = 0.55 * (-distance.max(0.0) * 7.0).exp();
        let mut colour = mix(mix(above, below, (y * 1.5).min(1.0)), self.light, glow);
        colour = mix(colour, self.light, edge(-distance));
        for (hills, crest) in self.hills.iter().zip(crests) {
            // Haze gathers at the foot of each row.
            let haze = mix(hills.colour, below, ((y - crest) * 0.8).clamp(0.0, 0.25));
            colour = mix(colour, haze, edge(y - crest));
        }
        colour
    }
}

impl Hills {
    fn draw(random: &mut Rng, near: f64, colour: Colour) -> Self {
        let mut wave = |height: f64, count: f64| {
            (height * (0.5 + random.f64()), count * (0.6 + 0.8 * random.f64()), random.f64())
        };
        let waves = [wave(0.045, 1.2), wave(0.02, 3.1), wave(0.008, 7.7)];
        Self { crest: 0.55 + 0.33 * near, waves, colour }
    }

    /// Where the crest is at this place, counted from the top.
    fn height(&self, x: f64) -> f64 {
        let waves = self.waves.iter();
        self.crest
            + waves
                .map(|(height, count, phase)| height * (TAU * (count * x + phase)).sin())
                .sum::<f64>()
    }
}

fn share(pixel: u32) -> f64 {
    (f64::from(pixel) + 0.5) / f64::from(SIDE)
}

/// 0 outside, 1 inside, and between them one pixel of both, so that no edge is jagged.
fn edge(inside: f64) -> f64 {
    (inside * f64::from(SIDE) + 0.5).clamp(0.0, 1.0)
}

fn mix(from: Colour, to: Colour, part: f64) -> Colour {
    let [[r0, g0, b0], [r1, g1, b1]] = [from, to];
    [r0 + (r1 - r0) * part, g0 + (g1 - g0) * part, b0 + (b1 - b0) * part]
}

/// A colour by hue (any number, one turn each whole), saturation and lightness.
fn colour(hue: f64, saturation: f64, lightness: f64) -> Colour {
    let reach = saturation * lightness.min(1.0 - lightness);
    [0.0, 8.0, 4.0].map(|offset: f64| {
        let turn = (offset + hue * 12.0).rem_euclid(12.0);
        lightness - reach * (turn - 3.0).min(9.0 - turn).clamp(-1.0, 1.0)
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 1 before it is stretched"
)]
fn to_byte(part: f64) -> u8 {
    (part.clamp(0.0, 1.0) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::png;
    use crate::whisul::song::Song;

    fn cover(prompt: &str) -> Vec<u8> {
        png(&Song::from_prompt(prompt)).unwrap()
    }

    #[test]
    fn the_picture_can_be_read_and_has_many_colours() {
        let file = cover("a calm evening");
        let mut reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (512, 512));
        let mut colours: Vec<_> = pixels.chunks_exact(3).collect();
        colours.sort_unstable();
        colours.dedup();
        assert!(colours.len() > 1000, "{} colours", colours.len());
    }

    #[test]
    fn a_prompt_always_looks_the_same_and_another_different() {
        assert_eq!(cover("rain"), cover("rain"));
        assert_ne!(cover("rain"), cover("snow"));
    }
}
