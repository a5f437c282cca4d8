//! Letters that stand alone: where a word is spelled out, and where others begin and end.

use super::glyph::Glyph;

/// How far one looks beside a word that is spelled out: no syllable has more consonants in a row.
const BESIDE: usize = 8;

/// The side of a word on which other letters stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

const VOWELS: &str = "aeiouy";

/// What consonants a word can begin with, and end with. Others are no part of it.
const ONSETS: &str = "bl br ch cl cr dr dw fl fr gh gl gn gr kl kn kr ph pl pr ps rh sc sh sk sl sm \
                      sn sp sq st sv sw th tr ts tw wh wr zh zw";
const CODAS: &str = "bs bt cc ch ck cs ct dd ds dt ff fs ft gg gh gs ks kt lb ld lf lk ll lm ln lp ls \
                     lt mb mn mp ms nd ng nk nn ns nt nx ph pp ps pt rb rd rf rg rk rl rm rn rp rr rs \
                     rt rv sh sk sm sp ss st th ts tt wd wk wl wn ws zz";

/// Takes spaces between letters that stand alone for mere separators, however many there are, and
/// leaves out a symbol that is repeated by itself: `$$` is no letter.
pub(super) fn joined(glyphs: &[Glyph]) -> Vec<Glyph> {
    let chunks = chunks(glyphs);
    let mut joined = Vec::with_capacity(glyphs.len());
    let stretches = chunks.chunk_by(|one, next| one.is_lone && next.is_lone);
    for stretch in stretches {
        let narrowest = stretch.iter().skip(1).map(|chunk| chunk.gap).min().unwrap_or(0);
        for (chunk, at) in stretch.iter().zip(0..) {
            joined.push(match at {
                0 => Glyph::Space,
                _ if chunk.gap > narrowest => Glyph::Gap,
                _ => Glyph::Separator,
            });
            match chunk.glyphs {
                [first, rest @ ..]
                    if first.is_symbol()
                        && !rest.is_empty()
                        && rest.iter().all(|glyph| glyph == first) => {}
                letters => joined.extend_from_slice(letters),
            }
        }
    }
    joined
}

/// What stands between white space.
struct Chunk<'a> {
    glyphs: &'a [Glyph],
    /// How much white space and how many separators there are before its letters.
    gap: usize,
    /// Whether it is of letters that stand alone.
    is_lone: bool,
}

fn chunks(glyphs: &[Glyph]) -> Vec<Chunk<'_>> {
    let mut chunks: Vec<Chunk<'_>> = Vec::new();
    let mut gap = 0;
    for glyphs in glyphs.split(|glyph| glyph.is_space()) {
        gap += 1;
        if !glyphs.is_empty() {
            let is_separator = |glyph: &&Glyph| **glyph == Glyph::Separator;
            gap += glyphs.iter().take_while(is_separator).count();
            let mut pieces = glyphs.split(|glyph| matches!(glyph, Glyph::Separator | Glyph::Joint));
            chunks.push(Chunk { glyphs, gap, is_lone: pieces.all(is_lone) });
            gap = glyphs.iter().rev().take_while(is_separator).count();
        }
    }
    chunks
}

/// Whether no two different letters are in a stretch of text. Symbols may be punctuation.
fn is_lone(stretch: &[Glyph]) -> bool {
    let is_letter = |glyph: &&Glyph| glyph.is_character() && !glyph.is_symbol();
    let mut characters = stretch.iter().filter(is_letter);
    let first = characters.next();
    characters.all(|glyph| Some(glyph) == first)
}

/// Takes numbers for nothing but digits.
///
/// A digit passes for a letter only beside letters of the same word (`b4d`), or as one of those that
/// are spelled out, if no more of them are digits than letters (`b 4 d`). `55`, `90s` and `3D` are
/// numbers. A character of a script without spaces passes for one only beside a letter, too.
pub(super) fn without_numbers(mut glyphs: Vec<Glyph>) -> Vec<Glyph> {
    for stretch in glyphs.split_mut(|glyph| glyph.is_space()) {
        let pieces = || stretch.split(|glyph| !glyph.is_character());
        let (digits, letters) = pieces()
            .filter(|piece| is_lone(piece))
            .filter_map(|piece| piece.iter().find(|glyph| !glyph.is_symbol()))
            .fold((0, 0), |(digits, letters), glyph| {
                if glyph.is_digit() { (digits + 1, letters) } else { (digits, letters + 1) }
            });
        let is_spelled = letters > 1 && letters >= digits;
        for piece in stretch.split_mut(|glyph| !glyph.is_character()) {
            let number = match piece {
                [] => false,
                [_] => !is_spelled,
                [number @ .., _] => number.iter().all(|glyph| glyph.is_digit()),
            };
            let is_text = piece.iter().all(|glyph| glyph.is_unspaced());
            for glyph in piece {
                if number && glyph.is_digit() || is_text {
                    glyph.mean_itself();
                }
            }
        }
    }
    glyphs
}

/// Which letters are the one before, drawn out: those of a piece of one letter (`b aa d`), and the
/// second of two such pieces if words hardly ever have that letter doubled (`b a a d`).
pub(super) fn drawn_out(glyphs: &[Glyph]) -> Vec<bool> {
    const HARDLY_DOUBLED: &str = "ahijkquvwxy";
    let mut drawn = Vec::with_capacity(glyphs.len());
    let mut last = None;
    for part in glyphs.chunk_by(|one, next| one.is_character() == next.is_character()) {
        let is_piece = part.iter().all(|glyph| glyph.is_character());
        if is_piece {
            let lone = part.first().copied().filter(|_| is_lone(part));
            let is_doubled = lone.is_some_and(|glyph| {
                last == lone && glyph.own().is_some_and(|own| HARDLY_DOUBLED.contains(own))
            });
            drawn.extend(
                (0..part.len()).map(|at| if at == 0 { is_doubled } else { lone.is_some() }),
            );
            last = lone;
        } else {
            drawn.extend(part.iter().map(|_| false));
            last = last.filter(|_| !part.contains(&Glyph::Space) && !part.contains(&Glyph::Joint));
        }
    }
    drawn
}

/// Where words may begin.
pub(super) fn beginnings(glyphs: &[Glyph]) -> Vec<bool> {
    boundaries(glyphs, Side::Before)
}

/// Where words may end.
pub(super) fn ends(glyphs: &[Glyph]) -> Vec<bool> {
    let mut backwards = glyphs.to_vec();
    backwards.reverse();
    let mut ends = boundaries(&backwards, Side::After);
    ends.reverse();
    ends
}

fn boundaries(glyphs: &[Glyph], side: Side) -> Vec<bool> {
    (0..glyphs.len())
        .map(|at| {
            let (before, from) = glyphs.split_at_checked(at).unwrap_or_default();
            is_boundary(before, from, side)
        })
        .collect()
}

/// Whether a word may begin after this; read backwards, whether one may end.
fn is_boundary(before: &[Glyph], from: &[Glyph], side: Side) -> bool {
    // Only characters are asked about.
    let Some(first) = from.first().filter(|glyph| glyph.is_character()) else { return false };
    let Some(last) = before.last() else { return true };
    let is_apart = matches!(last, Glyph::Space | Glyph::Gap) || last.is_symbol();
    if is_apart || last.is_unspaced() || first.is_unspaced() {
        return true;
    }
    // A number beside a word is none of its letters; one inside of it is.
    let number = before.iter().rev().take_while(|glyph| glyph.is_digit()).count();
    let rest = before.get(..before.len() - number).unwrap_or_default();
    if number > 0 {
        return rest.last().is_none_or(|glyph| !glyph.is_character() || glyph.is_symbol());
    }
    if *last != Glyph::Separator {
        return false;
    }
    // Between two letters that stand alone, a separator separates nothing.
    let next = from.split(|glyph| !glyph.is_character()).next().unwrap_or_default();
    let gap = rest.iter().rev().take_while(|glyph| **glyph == Glyph::Separator).count();
    let rest = rest.get(..rest.len() - gap).unwrap_or_default();
    let piece = rest.rsplit(|glyph| !glyph.is_character()).next().unwrap_or_default();
    piece.iter().all(|glyph| glyph.is_symbol())
        || !is_lone(piece)
        || !is_lone(next)
        || is_another_word(rest, *first, side)
}

/// Whether the letters alone that end this text are no part of a word that is spelled out from
/// `first` on: a vowel before it, such as "I", or consonants that can't stand there.
fn is_another_word(before: &[Glyph], first: Glyph, side: Side) -> bool {
    let stretch =
        before.iter().rev().take_while(|glyph| !matches!(glyph, Glyph::Space | Glyph::Gap));
    let mut beside: Vec<Glyph> =
        stretch.filter(|glyph| glyph.is_character()).take(BESIDE).copied().collect();
    if beside.iter().filter_map(|glyph| glyph.own()).any(|own| VOWELS.contains(own)) {
        return beside.len() == 1 && side == Side::Before;
    }
    beside.reverse();
    beside.push(first);
    beside.windows(2).any(|pair| match pair {
        [one, next] => !stand_together(*one, *next, side),
        _ => false,
    })
}

fn is_vowel(glyph: Glyph) -> bool {
    VOWELS.chars().any(|vowel| glyph.reads_as(vowel))
}

/// Whether a consonant can stand beside a letter in a word, on its outer side.
fn stand_together(consonant: Glyph, letter: Glyph, side: Side) -> bool {
    let (Some(outer), Some(inner)) = (consonant.own(), letter.own()) else { return true };
    let (clusters, pair) = match side {
        _ if consonant.is_digit() => return false,
        // Hardly any word begins with these, while all kinds end with them.
        Side::Before if is_vowel(letter) => return outer != 'x' && (outer != 'q' || inner == 'u'),
        Side::After if is_vowel(letter) => return true,
        Side::Before => (ONSETS, [outer, inner]),
        Side::After => (CODAS, [inner, outer]),
    };
    clusters.split_whitespace().any(|cluster| cluster.chars().eq(pair))
}
