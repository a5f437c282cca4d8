//! The question before a message is deleted.

use serenity::{
    all::ButtonStyle,
    builder::{CreateActionRow, CreateButton},
};

use crate::{
    discord_api::Message,
    domain::{Action, Job, MessageId, UserId},
    messages::text as say,
};

/// Asks somebody whether a message about a job is to go, with the button that does it.
pub fn delete_question(job: &Job, message: MessageId, person: UserId) -> Message {
    let delete = CreateButton::new(Action::DeleteNow { job: job.id, message }.custom_id());
    let delete = delete.label(say::DELETE).style(ButtonStyle::Danger);
    let row = CreateActionRow::Buttons(vec![delete]);
    Message::text(say::delete_question(job, person)).with_buttons(vec![row]).ephemeral()
}
