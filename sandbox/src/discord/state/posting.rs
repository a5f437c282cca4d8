//! Creates, edits and deletes messages.

use std::time::Instant;

use serde_json::{Value, json};

use crate::discord::api::error::ApiError;
use crate::discord::api::json::Fields as _;
use crate::discord::api::snowflake::timestamp;
use crate::discord::limits::message::{AttachmentNote, Draft};
use crate::discord::limits::poll::PollDraft;
use crate::discord::model::component::link_files;
use crate::discord::model::mentions::{Mentions, Ping};
use crate::discord::model::message::{
    COMPONENTS_V2, EPHEMERAL, LOADING, Revision, StoredFile, StoredMessage, Upload,
};
use crate::discord::state::DiscordState;

/// The properties of a new message that its draft does not have.
#[derive(Debug)]
pub(crate) struct MessageContext {
    pub(crate) channel: u64,
    pub(crate) author: u64,
    /// The message type.
    pub(crate) kind: u8,
    /// The interaction it answers.
    pub(crate) interaction: Option<u64>,
    /// The only person who sees it.
    pub(crate) only_for: Option<u64>,
    /// Flags that Discord sets by itself.
    pub(crate) flags: u64,
}

impl DiscordState {
    /// Makes a message of a draft.
    ///
    /// # Errors
    /// 50006 for an empty one (unless the bot is thinking), 200000 where `AutoMod` blocks it.
    pub(crate) fn post(&mut self, about: &MessageContext, draft: Draft) -> Result<u64, ApiError> {
        let MessageContext { channel, author, kind, interaction, only_for, flags } = *about;
        self.pass_filters(channel, &draft)?;
        let id = self.clock.id();
        let mentions = match self.channel(channel) {
            Ok(place) => {
                let content = draft.content.as_deref().unwrap_or_default();
                self.mentions(place, content, &draft.allowed_mentions)
            }
            Err(error) => return Err(error),
        };
        let mut message = StoredMessage {
            id,
            channel,
            author,
            kind,
            content: draft.content.unwrap_or_default(),
            embeds: draft.embeds.unwrap_or_default(),
            components: draft.components.unwrap_or_default(),
            files: Vec::new(),
            flags: flags | draft.flags.unwrap_or(0),
            tts: draft.tts,
            reply_to: draft.reply_to.map(|reply| reply.message),
            nonce: draft.nonce,
            mentions,
            pings: Vec::new(),
            interaction,
            only_for,
            poll: draft.poll.map(|poll| self.begun_poll(poll)),
            reactions: Vec::new(),
            pinned: None,
            edited: None,
            deleted: false,
            created: Instant::now(),
            old_edits: 0,
            revisions: Vec::new(),
        };
        if draft.uploads.is_empty() {
            refuse_empty(&message)?;
        }
        let notes = draft.attachments.unwrap_or_default();
        self.take_files(&mut message, draft.uploads, &notes);
        message.pings = self.pings_of(&message, draft.allowed_mentions.replied_user);
        self.messages.insert(id, message);
        self.revise(id);
        self.dispatch_message("MESSAGE_CREATE", id);
        Ok(id)
    }

    /// Changes a message as a draft says.
    ///
    /// # Errors
    /// 10008 when it is deleted, 50006 when it would become empty, 30046 after too many edits of an
    /// old message, 200000 where `AutoMod` blocks it.
    pub(crate) fn edit(&mut self, id: u64, draft: Draft) -> Result<(), ApiError> {
        let found = self.messages.get(&id).filter(|message| !message.deleted);
        let channel = found.ok_or(ApiError::UNKNOWN_MESSAGE)?.channel;
        self.pass_filters(channel, &draft)?;
        let mentions = match &draft.content {
            Some(content) => {
                let channel = self.channel(channel)?;
                Some(self.mentions(channel, content, &draft.allowed_mentions))
            }
            None => None,
        };
        let mut message = self.messages.remove(&id).ok_or(ApiError::UNKNOWN_MESSAGE)?;
        let outcome = self.apply(&mut message, draft, mentions);
        self.messages.insert(id, message);
        outcome?;
        self.revise(id);
        self.dispatch_message("MESSAGE_UPDATE", id);
        Ok(())
    }

    fn apply(
        &mut self,
        message: &mut StoredMessage,
        draft: Draft,
        mentions: Option<Mentions>,
    ) -> Result<(), ApiError> {
        let notes = draft.attachments.as_deref();
        let kept = |file: &u64| notes.is_none_or(|notes| notes.iter().any(|note| note.id == *file));
        let mut after = StoredMessage {
            content: draft.content.unwrap_or_else(|| message.content.clone()),
            embeds: draft.embeds.unwrap_or_else(|| message.embeds.clone()),
            components: draft.components.unwrap_or_else(|| message.components.clone()),
            files: message.files.iter().copied().filter(kept).collect(),
            // An edit's flags may hide or show embeds; who sees a message never changes, nor what a
            // message of components is.
            flags: draft.flags.map_or(message.flags, |flags| {
                (message.flags & (EPHEMERAL | COMPONENTS_V2)) | (flags & !EPHEMERAL)
            }) & !LOADING,
            mentions: mentions.unwrap_or_else(|| message.mentions.clone()),
            edited: Some(self.clock.now()),
            revisions: Vec::new(),
            pings: message.pings.clone(),
            nonce: message.nonce.clone(),
            poll: message.poll.clone(),
            reactions: message.reactions.clone(),
            ..*message
        };
        if draft.uploads.is_empty() {
            refuse_empty(&after)?;
        }
        refuse_mixed(&after)?;
        if message.created.elapsed() >= self.rules.old_message_after {
            if message.old_edits >= self.rules.old_message_edits {
                return Err(ApiError::TOO_MANY_OLD_EDITS);
            }
            after.old_edits += 1;
        }
        self.take_files(&mut after, draft.uploads, notes.unwrap_or_default());
        after.revisions = std::mem::take(&mut message.revisions);
        *message = after;
        Ok(())
    }

    /// Deletes a message.
    pub(crate) fn unpost(&mut self, id: u64) {
        self.dispatch_message("MESSAGE_DELETE", id);
        if let Some(message) = self.messages.get_mut(&id) {
            message.deleted = true;
        }
    }

    /// Adds the present form of a message to its history.
    fn revise(&mut self, id: u64) {
        let Some(message) = self.messages.get(&id) else { return };
        let revision = Revision { at: Instant::now(), json: self.message_json(message) };
        if let Some(message) = self.messages.get_mut(&id) {
            message.revisions.push(revision);
        }
    }

    /// Keeps uploaded files, and shows those that embeds name (`attachment://NAME`) inside them.
    fn take_files(
        &mut self,
        message: &mut StoredMessage,
        uploads: Vec<Upload>,
        notes: &[AttachmentNote],
    ) {
        for upload in uploads {
            let note = notes.iter().find(|note| note.id == upload.number);
            let file = StoredFile {
                id: self.clock.id(),
                channel: message.channel,
                name: note.and_then(|note| note.filename.clone()).unwrap_or(upload.name),
                content_type: upload.content_type,
                description: note.and_then(|note| note.description.clone()),
                bytes: upload.bytes,
            };
            message.files.push(file.id);
            self.files.insert(file.id, file);
        }
        let files = message.files.iter().filter_map(|file| self.files.get(file));
        let links = files.map(|file| {
            let about = json!({
                "id": file.id.to_string(),
                "url": self.file_url(file),
                "filename": file.name,
                "size": file.bytes.len(),
            });
            (format!("attachment://{}", file.name), about)
        });
        let links = links.collect::<Vec<_>>();
        message.components.iter_mut().for_each(|component| link_files(component, &links));
        for (place, key) in message.embeds.iter_mut().flat_map(picture_links) {
            let Some(link) = place.get_mut(key) else { continue };
            if let Some((_, file)) = links.iter().find(|(name, _)| link == name) {
                *link = file.at("url").clone();
                for proxy in ["proxy_url", "proxy_icon_url"] {
                    if let Some(proxy) = place.get_mut(proxy) {
                        *proxy = file.at("url").clone();
                    }
                }
            }
        }
    }

    /// A poll that has just begun.
    fn begun_poll(&self, PollDraft { mut json, duration }: PollDraft) -> Value {
        json.set("expiry", timestamp(self.clock.now() + duration * 3_600_000));
        json
    }

    fn pass_filters(&self, channel: u64, draft: &Draft) -> Result<(), ApiError> {
        let parts = draft.embeds.iter().chain(&draft.components).flatten().map(Value::to_string);
        let mut texts = parts.chain(draft.content.clone());
        if texts.any(|text| self.blocked_links.iter().any(|link| text.contains(link))) {
            return Err(ApiError::BLOCKED_LINK);
        }
        self.pass_automod(channel, draft)
    }

    fn pass_automod(&self, channel: u64, draft: &Draft) -> Result<(), ApiError> {
        let guild = self.guild_of(channel).and_then(|guild| self.guilds.get(&guild));
        let embeds = draft.embeds.iter().flatten().map(Value::to_string);
        let mut texts = draft.content.iter().cloned().chain(embeds);
        let blocked = guild.is_some_and(|guild| texts.any(|text| guild.blocks(&text)));
        if blocked { Err(ApiError::AUTOMOD) } else { Ok(()) }
    }

    fn pings_of(&self, message: &StoredMessage, replied_user: bool) -> Vec<Ping> {
        let Ok(channel) = self.channel(message.channel) else { return Vec::new() };
        let mut pings = self.pings(channel, &message.mentions);
        let replied = message.reply_to.and_then(|id| self.messages.get(&id));
        if let Some(replied) = replied.filter(|it| replied_user && it.author != message.author) {
            let ping = Ping::User(replied.author);
            if !pings.contains(&ping) {
                pings.push(ping);
            }
        }
        // An ephemeral message reaches nobody but the person who asked for it.
        pings.retain(|ping| message.only_for.is_none_or(|user| *ping == Ping::User(user)));
        pings
    }
}

/// The places in an embed that may name an attached file.
fn picture_links(embed: &mut Value) -> Vec<(&mut Value, &'static str)> {
    let parts = embed.as_object_mut().into_iter().flatten();
    let links = parts.filter_map(|(part, value)| match part.as_str() {
        "image" | "thumbnail" => Some((value, "url")),
        "footer" | "author" => Some((value, "icon_url")),
        _ => None,
    });
    links.collect()
}

fn refuse_empty(message: &StoredMessage) -> Result<(), ApiError> {
    let thinking = message.flags & LOADING != 0;
    let layout = message.flags & COMPONENTS_V2 != 0 && !message.components.is_empty();
    let empty = message.content.is_empty()
        && message.embeds.is_empty()
        && message.files.is_empty()
        && message.poll.is_none();
    if empty && !thinking && !layout { Err(ApiError::EMPTY_MESSAGE) } else { Ok(()) }
}

/// Refuses a message that would be made of components and have something beside them.
fn refuse_mixed(message: &StoredMessage) -> Result<(), ApiError> {
    let beside = !message.content.is_empty() || !message.embeds.is_empty();
    if message.flags & COMPONENTS_V2 == 0 || !beside {
        return Ok(());
    }
    let breach = json!({
        "code": "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        "message": "Content and embeds must be taken away where components take their place",
    });
    Err(ApiError::invalid_form(json!({ "flags": { "_errors": [breach] } })))
}
