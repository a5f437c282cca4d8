//! How an outcome reaches people when the straight way is closed.
