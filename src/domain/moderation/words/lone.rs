//! Letters that stand alone: where a word is spelled out, and where others begin and end.

use super::glyph::Glyph;

/// The most letters beside a spelled-out word that are looked at. No syllable has more consonants in a
/// row.
const BESIDE_MAX: usize = 8;

/// The side of a word on which other letters stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

const VOWELS: &str = "aeiouy";

/// The pairs of letters with which a word can begin.
const ONSETS: &str = "bl br ch cl cr dr dw fl fr gh gl gn gr kl kn kr ph pl pr ps rh sc sh sk sl sm \
                      sn sp sq st sv sw th tr ts tw wh wr zh zw";
/// The pairs of letters with which a word can end.
const CODAS: &str = "bs bt cc ch ck cs ct dd ds dt ff fs ft gg gh gs ks kt lb ld lf lk ll lm ln lp ls \
                     lt mb mn mp ms nd ng nk nn ns nt nx ph pp ps pt rb rd rf rg rk rl rm rn rp rr rs \
                     rt rv sh sk sm sp ss st th ts tt wd wk wl wn ws zz";

/// Turns the spaces between letters that stand alone into separators, and removes a symbol that is
/// repeated by itself: `$$` is no letter.
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

/// A part of a text without white space.
struct Chunk<'a> {
    glyphs: &'a [Glyph],
    /// The number of spaces and separators before its first letter.
    gap: usize,
    /// Whether all of its letters stand alone.
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

/// Whether a stretch of text has no two different letters. Symbols don't count, as they may be
/// punctuation.
fn is_lone(stretch: &[Glyph]) -> bool {
    let is_letter = |glyph: &&Glyph| glyph.is_character() && !glyph.is_symbol();
    let mut characters = stretch.iter().filter(is_letter);
    let first = characters.next();
    characters.all(|glyph| Some(glyph) == first)
}

/// Lets the digits of numbers such as `55`, `90s` and `3D` be digits only.
///
/// A digit passes for a letter beside letters of the same word (`b4d`). In a word that is spelled out
/// (`b 4 d`), it does so if the word has at least as many letters as digits. A character of a script
/// without spaces passes for a Latin letter only beside one.
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

/// Which glyphs only draw out the letter before them. In `b aa d` it is the second `a`; in `b a a d`
/// too, since hardly any word has that letter doubled.
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
    // A word begins with a character.
    let Some(first) = from.first().filter(|glyph| glyph.is_character()) else { return false };
    let Some(last) = before.last() else { return true };
    let is_apart = matches!(last, Glyph::Space | Glyph::Gap) || last.is_symbol();
    if is_apart || last.is_unspaced() || first.is_unspaced() {
        return true;
    }
    // A number beside a word is not part of it; a number inside of it is.
    let number = before.iter().rev().take_while(|glyph| glyph.is_digit()).count();
    let rest = before.get(..before.len() - number).unwrap_or_default();
    if number > 0 {
        return rest.last().is_none_or(|glyph| !glyph.is_character() || glyph.is_symbol());
    }
    if *last != Glyph::Separator {
        return false;
    }
    // A separator between two letters that stand alone does not end the word.
    let next = from.split(|glyph| !glyph.is_character()).next().unwrap_or_default();
    let gap = rest.iter().rev().take_while(|glyph| **glyph == Glyph::Separator).count();
    let rest = rest.get(..rest.len() - gap).unwrap_or_default();
    let piece = rest.rsplit(|glyph| !glyph.is_character()).next().unwrap_or_default();
    piece.iter().all(|glyph| glyph.is_symbol())
        || !is_lone(piece)
        || !is_lone(next)
        || is_another_word(rest, *first, side)
}

/// Whether the single letters at the end of this text don't belong to the word that is spelled out from
/// `first` on. They are a vowel before it, such as "I", or consonants that can't stand there.
fn is_another_word(before: &[Glyph], first: Glyph, side: Side) -> bool {
    let stretch =
        before.iter().rev().take_while(|glyph| !matches!(glyph, Glyph::Space | Glyph::Gap));
    let mut beside: Vec<Glyph> =
        stretch.filter(|glyph| glyph.is_character()).take(BESIDE_MAX).copied().collect();
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
