//! whisul-bot.
