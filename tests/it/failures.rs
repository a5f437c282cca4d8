//! What people see when there is no song.
