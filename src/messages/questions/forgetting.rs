//! The question before somebody's songs are forgotten.

use serenity::{
    all::ButtonStyle,
    builder::{CreateActionRow, CreateButton},
};

use crate::{discord_api::Message, domain::Action, messages::text as say};

/// Says what forgetting means, with the button that does it.
pub fn forget_question() -> Message {
    let forget = CreateButton::new(Action::Forget.custom_id());
    let forget = forget.label(say::FORGET).style(ButtonStyle::Danger);
    let row = CreateActionRow::Buttons(vec![forget]);
    Message::text(say::FORGET_WHAT).with_buttons(vec![row]).ephemeral()
}
