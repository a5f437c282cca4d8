//! Modals, as a person sees them.

use std::time::Instant;

/// A form that the bot shows.
#[derive(Clone, Debug, Default)]
pub struct Modal {
    /// What its submission sends.
    pub custom_id: String,
    /// Its heading.
    pub title: String,
    /// Its fields.
    pub fields: Vec<ModalField>,
    /// Texts between the fields.
    pub texts: Vec<String>,
    /// Fields and texts in their order.
    pub(crate) parts: Vec<Part>,
    pub(crate) interaction: u64,
    pub(crate) shown: Option<Instant>,
}

/// A part of a modal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The next of the fields.
    Field,
    /// The next of the texts.
    Text,
}

/// A field of a modal.
#[derive(Clone, Debug, Default)]
pub struct ModalField {
    /// Identifies the response for the bot.
    pub custom_id: String,
    /// The label above it.
    pub label: String,
    /// The kind of its values.
    pub kind: FieldKind,
    /// The prefilled value.
    pub value: Option<String>,
    /// Whether it must be filled in.
    pub required: bool,
    /// The least characters, or the fewest choices.
    pub shortest: usize,
    /// The most characters, or choices.
    pub longest: usize,
    /// Whether there is room for several lines.
    pub paragraph: bool,
    /// The grey text of an empty field.
    pub placeholder: Option<String>,
    /// The number of the component's type.
    pub(crate) component: i64,
    /// Declared below a label component instead of in a row of its own.
    pub(crate) in_label: bool,
}

/// What a field of a modal takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// A text.
    #[default]
    Text,
    /// Values of these options: a menu, radio buttons, a group of boxes.
    Choice(Vec<ModalChoice>),
    /// Ids of users, roles or channels.
    Ids,
    /// A box: `true` or `false`.
    Checkbox,
    /// Files, which people of this sandbox don't have.
    Files,
}

/// An option of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModalChoice {
    /// The text beside it.
    pub label: String,
    /// What choosing it sends.
    pub value: String,
    /// Whether it is chosen at first.
    pub default: bool,
}
