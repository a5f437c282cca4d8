//! Who is next when several wait.
