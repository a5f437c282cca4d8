//! Whatever people and APIs write, nothing breaks and nobody is pinged.
