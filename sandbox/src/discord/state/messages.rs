//! Messages as Discord's API shows them.

use serde_json::{Value, json};

use crate::discord::api::json::{Fields as _, merged};
use crate::discord::api::snowflake::{made_at, timestamp};
use crate::discord::model::message::{EPHEMERAL, SUPPRESS_EMBEDS, StoredFile, StoredMessage};
use crate::discord::state::DiscordState;

/// `HAS_THREAD`: a thread began at the message.
const HAS_THREAD: u64 = 1 << 5;

impl DiscordState {
    /// A message that exists in a channel.
    pub(crate) fn message(&self, channel: u64, id: u64) -> Option<&StoredMessage> {
        let message = self.messages.get(&id)?;
        (message.channel == channel && !message.deleted).then_some(message)
    }

    /// Where a file is fetched: a signed link with an end, as on Discord's CDN.
    pub(crate) fn file_url(&self, file: &StoredFile) -> String {
        let StoredFile { id, channel, name, .. } = file;
        let end = made_at(*id) / 1000 + 24 * 3600;
        let authority = &self.authority;
        format!("http://{authority}/attachments/{channel}/{id}/{name}?ex={end:x}&is=0&hm=0")
    }

    /// The message object
    /// (<https://docs.discord.com/developers/resources/message#message-object>).
    pub(crate) fn message_json(&self, message: &StoredMessage) -> Value {
        let mentioned = message.mentions.users.iter().map(|user| self.user_json(*user));
        let mut json = json!({
            "id": message.id.to_string(),
            "channel_id": message.channel.to_string(),
            "type": message.kind,
            "author": self.user_json(message.author),
            "content": message.content,
            "timestamp": timestamp(made_at(message.id)),
            "edited_timestamp": message.edited.map(timestamp),
            "tts": message.tts,
            "mention_everyone": message.mentions.everyone,
            "mentions": mentioned.collect::<Vec<_>>(),
            "mention_roles": message.mentions.roles.iter().map(u64::to_string).collect::<Vec<_>>(),
            "attachments": self.attachments_json(message),
            "embeds": if message.flags & SUPPRESS_EMBEDS == 0 { &message.embeds[..] } else { &[] },
            "components": message.components,
            "pinned": message.pinned.is_some(),
            "flags": message.flags,
        });
        self.add_rarities(&mut json, message);
        if let Some(nonce) = &message.nonce {
            json.set("nonce", nonce.clone());
        }
        if let Some(target) = message.reply_to {
            json.set(
                "message_reference",
                json!({
                    "type": 0,
                    "message_id": target.to_string(),
                    "channel_id": message.channel.to_string(),
                    "guild_id": self.guild_of(message.channel).map(|guild| guild.to_string()),
                }),
            );
            let replied_to = self.message(message.channel, target);
            json.set("referenced_message", replied_to.map(|to| self.message_json(to)));
        }
        if let Some(interaction) = message.interaction.and_then(|id| self.interactions.get(&id)) {
            json.set("webhook_id", self.application.to_string());
            json.set("application_id", self.application.to_string());
            json.set("interaction_metadata", self.metadata_json(interaction, message.id));
            if interaction.is_command() {
                json.set("interaction", self.message_interaction_json(interaction));
            }
        }
        json
    }

    /// The fields that few messages have: reactions, a poll, a thread.
    fn add_rarities(&self, json: &mut Value, message: &StoredMessage) {
        if !message.reactions.is_empty() {
            let reactions = message.reactions.iter().map(|it| it.json(self.bot));
            json.set("reactions", reactions.collect::<Vec<_>>());
        }
        if let Some(poll) = &message.poll {
            let results = json!({ "answer_counts": [], "is_finalized": false });
            json.set("poll", merged(poll.clone(), json!({ "results": results })));
        }
        // A thread that began at a message has the message's id.
        if let Some(thread) = self.channels.get(&message.id).filter(|thread| !thread.deleted) {
            json.set("thread", self.channel_json(thread));
            json.set("flags", message.flags | HAS_THREAD);
        }
    }

    /// The server of a channel.
    pub(crate) fn guild_of(&self, channel: u64) -> Option<u64> {
        self.channels.get(&channel)?.guild()
    }

    /// The files below the text, without those shown inside an embed.
    fn attachments_json(&self, message: &StoredMessage) -> Value {
        let shown = |url: &str| {
            let pictures =
                message.embeds.iter().flat_map(|embed| [embed.at("image"), embed.at("thumbnail")]);
            pictures.into_iter().any(|picture| picture.at("url") == url)
        };
        let files = message.files.iter().filter_map(|file| self.files.get(file));
        let files = files.filter(|file| !shown(&self.file_url(file)));
        files.map(|file| self.attachment_json(file, message.flags & EPHEMERAL != 0)).collect()
    }

    fn attachment_json(&self, file: &StoredFile, ephemeral: bool) -> Value {
        let url = self.file_url(file);
        let mut json = json!({
            "id": file.id.to_string(),
            "filename": file.name,
            "size": file.bytes.len(),
            "url": url,
            "proxy_url": url,
        });
        if let Some(content_type) = &file.content_type {
            json.set("content_type", content_type.as_str());
        }
        if let Some(description) = &file.description {
            json.set("description", description.as_str());
        }
        if ephemeral {
            json.set("ephemeral", true);
        }
        json
    }
}
