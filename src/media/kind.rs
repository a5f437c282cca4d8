//! What kinds of files are passed on, and how they are known: by their first bytes. What a server
//! says about them is often wrong (`binary/octet-stream`, `video/mp4`) or missing.

/// So many bytes tell what a file is.
pub(super) const TELLING: usize = 12;

/// What a file is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be played.
    Audio,
    /// To be seen.
    Cover,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// As a file's name ends.
    pub(super) extension: &'static str,
    /// The media type under which it is passed on.
    pub(super) media_type: &'static str,
}

impl Purpose {
    /// The kind of a file of this purpose by its first bytes; `None` for what Discord would not
    /// play or show.
    pub(super) fn kind(self, bytes: &[u8]) -> Option<Kind> {
        let (extension, media_type) = match (self, bytes) {
            (Self::Audio, [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..]) => {
                ("wav", "audio/wav")
            }
            (Self::Audio, [b'O', b'g', b'g', b'S', ..]) => ("ogg", "audio/ogg"),
            (Self::Audio, [b'f', b'L', b'a', b'C', ..]) => ("flac", "audio/flac"),
            (Self::Audio, [_, _, _, _, b'f', b't', b'y', b'p', ..]) => ("m4a", "audio/mp4"),
            // A header of MPEG audio begins with eleven ones; then comes its layer: none, or III.
            (Self::Audio, [0xff, second, ..]) if second & 0xf6 == 0xf0 => ("aac", "audio/aac"),
            (Self::Audio, [0xff, second, ..]) if second & 0xe6 == 0xe2 => ("mp3", "audio/mpeg"),
            (Self::Audio, [b'I', b'D', b'3', ..]) => ("mp3", "audio/mpeg"),
            (Self::Cover, [0x89, b'P', b'N', b'G', ..]) => ("png", "image/png"),
            (Self::Cover, [0xff, 0xd8, 0xff, ..]) => ("jpg", "image/jpeg"),
            (Self::Cover, [b'G', b'I', b'F', b'8', ..]) => ("gif", "image/gif"),
            (Self::Cover, [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..]) => {
                ("webp", "image/webp")
            }
            _ => return None,
        };
        Some(Kind { extension, media_type })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        for (bytes, extension) in [
            (b"RIFF\x24\0\0\0WAVEfmt ".as_slice(), "wav"),
            (b"ID3\x04\0", "mp3"),
            (b"\xff\xfb\x90\x64", "mp3"),
            (b"\xff\xf1\x50\x80", "aac"),
            (b"OggS\0", "ogg"),
            (b"fLaC\0", "flac"),
            (b"\0\0\0\x20ftypM4A ", "m4a"),
        ] {
            assert_eq!(Purpose::Audio.kind(bytes).unwrap().extension, extension);
            assert_eq!(Purpose::Cover.kind(bytes), None);
        }
        for (bytes, extension) in [
            (b"\x89PNG\r\n\x1a\n".as_slice(), "png"),
            (b"\xff\xd8\xff\xe0", "jpg"),
            (b"GIF89a", "gif"),
            (b"RIFF\x24\0\0\0WEBPVP8 ", "webp"),
        ] {
            assert_eq!(Purpose::Cover.kind(bytes).unwrap().extension, extension);
        }
    }

    #[test]
    fn nothing_else_is_passed_on() {
        for bytes in [
            b"".as_slice(),
            b"<html>",
            b"MZ\x90\0",
            b"PK\x03\x04",
            b"<svg xmlns=",
            b"RIFF",
            b"\xff\xfea\0",
        ] {
            assert_eq!(Purpose::Audio.kind(bytes), None);
            assert_eq!(Purpose::Cover.kind(bytes), None);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_looked_at(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            let (audio, cover) = (Purpose::Audio.kind(&bytes), Purpose::Cover.kind(&bytes));
            prop_assert!(audio.is_none_or(|kind| kind.media_type.starts_with("audio/")));
            prop_assert!(cover.is_none_or(|kind| kind.media_type.starts_with("image/")));
        }
    }
}
