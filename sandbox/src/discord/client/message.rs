//! A message as a person sees it.

use std::time::Instant;

use serde_json::Value;

use crate::discord::api::json::Fields as _;
use crate::discord::model::component::all;
use crate::discord::model::mentions::Ping;
use crate::discord::model::message::{EPHEMERAL, LOADING, Revision, StoredMessage};
use crate::discord::state::DiscordState;

/// A message at one moment; it does not change when Discord's does.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id.
    pub id: u64,
    /// Its channel.
    pub channel_id: u64,
    /// The id of who wrote it.
    pub author: u64,
    /// Its text.
    pub content: String,
    /// Its embeds.
    pub embeds: Vec<Embed>,
    /// Files below the text; a file that an embed shows is not among them.
    pub attachments: Vec<Attachment>,
    /// Flag bits
    /// (<https://docs.discord.com/developers/resources/message#message-object-message-flags>).
    pub flags: u64,
    /// Who was notified when it appeared, `allowed_mentions` considered. Edits notify nobody.
    pub pings: Vec<Ping>,
    /// The message that it replies to.
    pub reply_to: Option<u64>,
    /// The interaction that it answers.
    pub interaction: Option<AnsweredInteraction>,
    /// Each form that it had, the first and the present one included.
    pub revisions: Vec<Revision>,
    /// Whether it was taken away.
    pub deleted: bool,
    /// When it appeared.
    pub created: Instant,
    json: Value,
}

/// The interaction that a message answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweredInteraction {
    /// Its id.
    pub id: u64,
    /// The command's name.
    pub name: String,
    /// Who used it.
    pub user: u64,
}

/// An embed. Links of pictures and the texts of footer and author are taken out of their objects;
/// [`Message::json`] has the rest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embed {
    /// The title.
    pub title: Option<String>,
    /// The title's link.
    pub url: Option<String>,
    /// The text.
    pub description: Option<String>,
    /// The colour of its edge, 0xRRGGBB.
    pub color: Option<u32>,
    /// Its fields.
    pub fields: Vec<EmbedField>,
    /// The link of the large picture.
    pub image: Option<String>,
    /// The link of the small picture.
    pub thumbnail: Option<String>,
    /// The text at its foot.
    pub footer: Option<String>,
    /// The name at its head.
    pub author: Option<String>,
    /// The time at its foot, ISO 8601.
    pub timestamp: Option<String>,
}

/// A field of an embed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmbedField {
    /// The heading.
    pub name: String,
    /// The text.
    pub value: String,
    /// Whether other fields may be in the same row.
    pub inline: bool,
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// Its label.
    pub label: String,
    /// What a click sends; none for a link.
    pub custom_id: Option<String>,
    /// Where it leads, for a link.
    pub url: Option<String>,
    /// Whether it cannot be clicked.
    pub disabled: bool,
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its id, by which an edit keeps it.
    pub id: u64,
    /// Its name.
    pub filename: String,
    /// What the bot said that it is.
    pub content_type: Option<String>,
    /// Bytes.
    pub size: u64,
    /// Where it is served.
    pub url: String,
    /// Its alternative text.
    pub description: Option<String>,
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

impl Message {
    /// What a person sees of a message now.
    pub(crate) fn of(state: &DiscordState, message: &StoredMessage) -> Self {
        // A deleted message has its last form.
        let last = message.revisions.last().filter(|_| message.deleted);
        let json = last.map_or_else(|| state.message_json(message), |last| last.json.clone());
        Self::in_form(state, message, json, &message.revisions)
    }

    /// What a person saw of a message when it had so many revisions.
    pub(crate) fn then(state: &DiscordState, message: &StoredMessage, revisions: usize) -> Self {
        let past = message.revisions.get(..revisions).unwrap_or(&message.revisions);
        let json = past.last().map_or(Value::Null, |last| last.json.clone());
        Self::in_form(state, message, json, past)
    }

    fn in_form(
        state: &DiscordState,
        message: &StoredMessage,
        json: Value,
        past: &[Revision],
    ) -> Self {
        let interaction = message.interaction.and_then(|id| state.interactions.get(&id));
        Self {
            id: message.id,
            channel_id: message.channel,
            author: message.author,
            content: text(json.at("content")).unwrap_or_default(),
            embeds: list(json.at("embeds")).map(Embed::of).collect(),
            attachments: list(json.at("attachments")).map(Attachment::of).collect(),
            flags: json.at("flags").as_u64().unwrap_or_default(),
            pings: message.pings.clone(),
            reply_to: message.reply_to,
            interaction: interaction.map(|interaction| AnsweredInteraction {
                id: interaction.id,
                name: interaction.command.clone(),
                user: interaction.user,
            }),
            revisions: past.to_vec(),
            deleted: message.deleted,
            created: message.created,
            json,
        }
    }

    /// The message object as Discord's API shows it.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// The first embed.
    #[must_use]
    pub fn embed(&self) -> Option<&Embed> {
        self.embeds.first()
    }

    /// Its components, those inside others included.
    fn components(&self) -> Vec<&Value> {
        all(self.json.at("components").as_array().map_or(&[][..], Vec::as_slice))
    }

    /// Its buttons, row by row.
    #[must_use]
    pub fn buttons(&self) -> Vec<Button> {
        let buttons = self.components().into_iter().filter(|component| component.at("type") == 2);
        buttons.map(Button::of).collect()
    }

    /// The button with a label.
    #[must_use]
    pub fn button(&self, label: &str) -> Option<Button> {
        self.buttons().into_iter().find(|button| button.label == label)
    }

    /// Whether only one person sees it.
    #[must_use]
    pub fn ephemeral(&self) -> bool {
        self.flags & EPHEMERAL != 0
    }

    /// Whether the bot still "is thinking…".
    #[must_use]
    pub fn thinking(&self) -> bool {
        self.flags & LOADING != 0
    }

    /// Everything on it that a person can read, line by line: for tests that look for a word.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = vec![self.content.clone()];
        for embed in &self.embeds {
            lines.extend(
                [&embed.author, &embed.title, &embed.description].into_iter().flatten().cloned(),
            );
            lines.extend(
                embed.fields.iter().map(|field| format!("{}: {}", field.name, field.value)),
            );
            lines.extend(embed.footer.clone());
        }
        let texts = self.components().into_iter().filter(|component| component.at("type") == 10);
        lines.extend(texts.filter_map(|component| text(component.at("content"))));
        lines.extend(self.buttons().into_iter().map(|button| format!("[{}]", button.label)));
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }
}

impl Embed {
    fn of(json: &Value) -> Self {
        Self {
            title: text(json.at("title")),
            url: text(json.at("url")),
            description: text(json.at("description")),
            color: json.at("color").as_u64().and_then(|color| u32::try_from(color).ok()),
            fields: list(json.at("fields")).map(EmbedField::of).collect(),
            image: text(json.at("image").at("url")),
            thumbnail: text(json.at("thumbnail").at("url")),
            footer: text(json.at("footer").at("text")),
            author: text(json.at("author").at("name")),
            timestamp: text(json.at("timestamp")),
        }
    }

    /// The text of the field with a heading.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|field| field.name == name);
        found.map(|field| field.value.as_str())
    }
}

impl EmbedField {
    fn of(json: &Value) -> Self {
        Self {
            name: text(json.at("name")).unwrap_or_default(),
            value: text(json.at("value")).unwrap_or_default(),
            inline: json.at("inline") == true,
        }
    }
}

impl Button {
    fn of(json: &Value) -> Self {
        Self {
            label: text(json.at("label")).unwrap_or_default(),
            custom_id: text(json.at("custom_id")),
            url: text(json.at("url")),
            disabled: json.at("disabled") == true,
        }
    }
}

impl Attachment {
    fn of(json: &Value) -> Self {
        Self {
            id: json.at("id").as_str().and_then(|id| id.parse().ok()).unwrap_or_default(),
            filename: text(json.at("filename")).unwrap_or_default(),
            content_type: text(json.at("content_type")),
            size: json.at("size").as_u64().unwrap_or_default(),
            url: text(json.at("url")).unwrap_or_default(),
            description: text(json.at("description")),
        }
    }
}
