//! The form in which people write or change a prompt.

use serenity::all::InputTextStyle;
use serenity::builder::{CreateActionRow, CreateInputText, CreateModal};

use super::{markdown::plain, text as say};
use crate::domain::{Action, PROMPT_MAX};

/// The name of the form's only input.
pub const PROMPT_INPUT: &str = "prompt";

/// A form with a prompt to begin with; `action` says what is done with it when it is sent.
pub fn prompt_form(action: Action, prompt: &str) -> CreateModal {
    // Cut by UTF-16 units: whichever way Discord counts, what stands in it can be sent.
    let prompt = plain(prompt, PROMPT_MAX);
    let most = u16::try_from(PROMPT_MAX).unwrap_or(u16::MAX);
    let input = CreateInputText::new(InputTextStyle::Paragraph, say::FORM_PROMPT, PROMPT_INPUT)
        .min_length(1)
        .max_length(most)
        .required(true);
    let input = if prompt.is_empty() { input } else { input.value(prompt) };
    CreateModal::new(action.custom_id(), say::FORM_TITLE)
        .components(vec![CreateActionRow::InputText(input)])
}
