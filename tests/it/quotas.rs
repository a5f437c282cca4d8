//! Who may have how many songs.
