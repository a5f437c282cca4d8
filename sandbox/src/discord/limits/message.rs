//! Messages (<https://docs.discord.com/developers/resources/message#create-message>).

use serde_json::Value;

use crate::discord::api::error::ApiError;
use crate::discord::api::form::{Breaches, Form, length};
use crate::discord::limits::allowed_mentions::AllowedMentions;
use crate::discord::limits::poll::PollDraft;
use crate::discord::limits::{component, embed, poll};
use crate::discord::model::message::{
    COMPONENTS_V2, EPHEMERAL, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, Upload,
};

const LONGEST_CONTENT: usize = 2000;
const LONGEST_NONCE: usize = 25;
const MOST_FILES: usize = 10;

/// What a bot wants a message to be. `None` says nothing about a part: an edit leaves it alone.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Vec<Value>>,
    /// The files to keep, and descriptions of new ones.
    pub(crate) attachments: Option<Vec<AttachmentNote>>,
    pub(crate) uploads: Vec<Upload>,
    pub(crate) flags: Option<u64>,
    pub(crate) tts: bool,
    pub(crate) allowed_mentions: AllowedMentions,
    pub(crate) nonce: Option<Value>,
    pub(crate) enforce_nonce: bool,
    pub(crate) reply_to: Option<Reply>,
    pub(crate) poll: Option<PollDraft>,
}

/// One entry of `attachments`: a file to keep, by its id, or a new one, by its number.
#[derive(Debug)]
pub(crate) struct AttachmentNote {
    pub(crate) id: u64,
    pub(crate) filename: Option<String>,
    pub(crate) description: Option<String>,
}

/// The message to reply to.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) message: u64,
    /// Whether it must exist.
    pub(crate) required: bool,
}

impl Draft {
    /// Reads the body of a new message.
    ///
    /// # Errors
    /// 50035 with every breach, 40005 for a file above `size_limit` bytes.
    pub(crate) fn read(
        body: &Value,
        uploads: Vec<Upload>,
        size_limit: u64,
    ) -> Result<Self, ApiError> {
        Self::read_edit(body, uploads, size_limit, 0)
    }

    /// Reads the body of an edit of a message that has these flags.
    ///
    /// # Errors
    /// As those of [`Draft::read`].
    pub(crate) fn read_edit(
        body: &Value,
        uploads: Vec<Upload>,
        size_limit: u64,
        flags: u64,
    ) -> Result<Self, ApiError> {
        let mut breaches = Breaches::default();
        let mut form = Form::new(body, &mut breaches);
        if !body.is_object() {
            form.breach("", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
        }
        let mut draft = Self::read_form(&mut form, flags);
        if uploads.len() > MOST_FILES {
            form.breach("files", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.");
        }
        draft.uploads = uploads;
        let draft = breaches.or(draft)?;
        let fits = |upload: &Upload| upload.bytes.len() as u64 <= size_limit;
        if draft.uploads.iter().all(fits) { Ok(draft) } else { Err(ApiError::TOO_LARGE) }
    }

    fn read_form(form: &mut Form<'_>, flags_before: u64) -> Self {
        let flags = read_flags(form);
        let layout = (flags_before | flags.unwrap_or(0)) & COMPONENTS_V2 != 0;
        if layout {
            refuse_legacy_fields(form);
        }
        let content = form.text("content", LONGEST_CONTENT).unwrap_or_default();
        let attachments = form.list("attachments", MOST_FILES, |note| AttachmentNote {
            id: note.snowflake("id").unwrap_or_default(),
            filename: note.text("filename", 1024),
            description: note.text("description", 1024),
        });
        let embeds = embed::read(form).unwrap_or_default();
        let components = component::read(form, layout).unwrap_or_default();
        Self {
            content: form.has("content").then_some(content),
            embeds: form.has("embeds").then_some(embeds),
            components: form.has("components").then_some(components),
            attachments,
            uploads: Vec::new(),
            flags,
            tts: form.flag("tts").unwrap_or(false),
            allowed_mentions: AllowedMentions::read(form),
            nonce: read_nonce(form),
            enforce_nonce: form.flag("enforce_nonce").unwrap_or(false),
            reply_to: form.object("message_reference").and_then(|mut reference| {
                let required = reference.flag("fail_if_not_exists").unwrap_or(true);
                Some(Reply { message: reference.snowflake("message_id")?, required })
            }),
            poll: poll::read(form),
        }
    }
}

/// A message of components excludes content and embeds.
fn refuse_legacy_fields(form: &mut Form<'_>) {
    for key in ["content", "embeds", "poll", "sticker_ids"] {
        let empty = match form.raw(key) {
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            other => other.is_null(),
        };
        if !empty {
            let message = format!(
                "The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            );
            form.breach(key, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message);
        }
    }
}

fn read_flags(form: &mut Form<'_>) -> Option<u64> {
    let flags = form.integer("flags", 0, i64::MAX)?.unsigned_abs();
    let known = EPHEMERAL | SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2;
    if flags & !known != 0 {
        let message = "Only SUPPRESS_EMBEDS, EPHEMERAL, SUPPRESS_NOTIFICATIONS and \
                       IS_COMPONENTS_V2 are known here";
        form.breach("flags", "BITFIELD_INVALID", message);
    }
    Some(flags)
}

fn read_nonce(form: &mut Form<'_>) -> Option<Value> {
    let nonce = form.raw("nonce");
    match nonce {
        Value::Null => return None,
        Value::String(text) if length(text) <= LONGEST_NONCE => {}
        Value::Number(number) if number.is_i64() || number.is_u64() => {}
        _ => form.breach("nonce", "NONCE_TYPE_TOO_LONG", "Must be 25 or fewer in length."),
    }
    Some(nonce.clone())
}
