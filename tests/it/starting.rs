//! The bot starts, with or without Discord, and with or without jobs left over.
