//! A cover picture: a sun in a coloured sky, drawn from the song's seed, as a PNG file.

use fastrand::Rng;
use png::{BitDepth, ColorType, Compression, Encoder, EncodingError};

use super::song::Song;

/// Pixels on each side.
const SIDE: u32 = 512;

/// Red, green and blue from 0 to 1.
type Colour = [f64; 3];

/// The whole file: 512 × 512 pixels, RGB.
///
/// # Errors
/// None in practice: the encoder writes to memory.
pub(super) fn png(song: &Song) -> Result<Vec<u8>, EncodingError> {
    let mut random = Rng::with_seed(song.seed ^ 0x0063_6f76_6572);
    let hue = random.f64();
    // Neighbours on the colour wheel, as real skies have them: opposites mix to mud.
    let (night, dusk) = (colour(hue - 0.2, 0.60, 0.22), colour(hue, 0.85, 0.70));
    let light = colour(hue + 0.06, 1.0, 0.90);
    // All lengths are shares of the picture's side.
    let (sun_x, sun_y) = (0.25 + 0.5 * random.f64(), 0.35 + 0.3 * random.f64());
    let radius = 0.10 + 0.10 * random.f64();
    let mut pixels = Vec::with_capacity(3 * (SIDE * SIDE) as usize);
    for y in (0..SIDE).map(share) {
        for x in (0..SIDE).map(share) {
            let distance = (x - sun_x).hypot(y - sun_y) - radius;
            let glow = 0.55 * (-distance.max(0.0) * 7.0).exp();
            let sky = mix(mix(night, dusk, y), light, glow);
            // One pixel of both between them, so that the edge is not jagged.
            let inside = (0.5 - distance * f64::from(SIDE)).clamp(0.0, 1.0);
            pixels.extend(mix(sky, light, inside).map(to_byte));
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

fn share(pixel: u32) -> f64 {
    (f64::from(pixel) + 0.5) / f64::from(SIDE)
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
