//! A message as Discord's endpoints for creating and editing take it.

use crate::{
    domain::{MessageId, UserId},
    media::Files,
};
use serde::Serialize;
use serde_json::{Value, json};
use serenity::builder::{CreateActionRow, CreateAllowedMentions, CreateButton, CreateEmbed};

/// Only the person who used the command sees the message (Discord docs, Message Flags).
pub(super) const EPHEMERAL: u64 = 1 << 6;

/// What the bot says: one body for first responses, edits and new messages. It pings nobody.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    content: String,
    embeds: Vec<CreateEmbed>,
    components: Vec<CreateActionRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_mentions: Option<CreateAllowedMentions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enforce_nonce: Option<bool>,
    #[serde(rename = "message_reference", skip_serializing_if = "Option::is_none")]
    answered: Option<Value>,
}

impl Message {
    /// A message that is one embed, with rows of buttons below it.
    pub fn embed(embed: CreateEmbed, components: Vec<CreateActionRow>) -> Self {
        Self { embeds: vec![embed], components, ..Self::text("") }
    }

    /// A message that is plain text. The text is the bot's own; it is not escaped here.
    pub fn text(content: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            embeds: Vec::new(),
            components: Vec::new(),
            allowed_mentions: Some(CreateAllowedMentions::new()),
            flags: None,
            nonce: None,
            enforce_nonce: None,
            answered: None,
        }
    }

    /// A text and nothing else, for the case that Discord rejects everything else. The text must
    /// mention nobody, since nothing keeps Discord from notifying them.
    pub fn bare(content: impl Into<String>) -> Self {
        Self { allowed_mentions: None, ..Self::text(content) }
    }

    /// The same with rows of buttons below it.
    #[must_use]
    pub fn with_buttons(self, components: Vec<CreateActionRow>) -> Self {
        Self { components, ..self }
    }

    /// The same without anything that somebody else wrote, for the case that Discord takes offence:
    /// its buttons below a text of the bot's own.
    #[must_use]
    pub(crate) fn stripped(&self, content: &str) -> Self {
        Self { components: self.components.clone(), ..Self::text(content) }
    }

    /// The same without a link either, for the case that Discord blocks it: the buttons that the bot
    /// itself answers, below a text of its own.
    #[must_use]
    pub(crate) fn without_links(&self, content: &str) -> Self {
        let own = |button: &CreateButton| {
            serde_json::to_value(button).is_ok_and(|button| button.get("custom_id").is_some())
        };
        let components = self.components.iter().filter_map(|row| match row {
            CreateActionRow::Buttons(buttons) => {
                let buttons: Vec<_> =
                    buttons.iter().filter(|button| own(button)).cloned().collect();
                (!buttons.is_empty()).then_some(CreateActionRow::Buttons(buttons))
            }
            _ => None,
        });
        Self { components: components.collect(), ..Self::text(content) }
    }

    /// The same, seen only by the person who is answered.
    #[must_use]
    pub fn ephemeral(mut self) -> Self {
        self.flags = Some(EPHEMERAL);
        self
    }

    /// The same, seen only by the person who is answered, with the bot's own sentence above it.
    #[must_use]
    pub fn for_one(mut self, why: &str) -> Self {
        why.clone_into(&mut self.content);
        self.ephemeral()
    }

    /// The same, calling one person whom it mentions, and nobody else.
    #[must_use]
    pub(crate) fn calling(mut self, person: UserId) -> Self {
        let nobody_else = CreateAllowedMentions::new().replied_user(false);
        self.allowed_mentions = Some(nobody_else.users([person.0]));
        self
    }

    /// The same as a reply to a message of the same channel. If that does not exist, Discord
    /// rejects it (Discord docs, Message Reference Structure: `fail_if_not_exists`).
    #[must_use]
    pub(crate) fn replying_to(mut self, message: MessageId) -> Self {
        self.answered = Some(json!({ "message_id": message.to_string() }));
        self
    }

    /// What an edit says that adds files to the message. A cover becomes the picture of the embed.
    /// Whatever files there were before give way.
    pub(crate) fn with_files(&self, files: &Files, cover_description: &str) -> Value {
        let attached = files.list().into_iter().zip(0..).map(|(file, number)| {
            let is_cover = files.cover.as_ref().is_some_and(|cover| std::ptr::eq(cover, file));
            let description = is_cover.then_some(cover_description);
            json!({ "id": number, "filename": file.name, "description": description })
        });
        let attached: Vec<Value> = attached.collect();
        let shown = |embed: &CreateEmbed| match &files.cover {
            Some(cover) => embed.clone().image(format!("attachment://{}", cover.name)),
            None => embed.clone(),
        };
        let embeds: Vec<CreateEmbed> = self.embeds.iter().map(shown).collect();
        json!({ "attachments": attached, "embeds": embeds })
    }

    /// The same, created at most once for this nonce, for as long as Discord remembers nonces (a
    /// few minutes). At most 25 characters.
    #[must_use]
    pub(super) fn once(mut self, nonce: String) -> Self {
        self.nonce = Some(nonce);
        self.enforce_nonce = Some(true);
        self
    }

    /// Whether flags, as Discord sent them, say that only one person sees the message.
    pub(super) fn is_ephemeral(flags: u64) -> bool {
        flags & EPHEMERAL != 0
    }
}
