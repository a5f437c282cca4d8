//! What Discord's client does not let a person do.

/// Why nothing was sent to the application at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientRefusal {
    /// No such command is registered for this place.
    #[error("there is no command {0:?} here")]
    UnknownCommand(String),
    /// The command does not work in this kind of channel, or with this way of installation.
    #[error("the command {0:?} cannot be used here")]
    NotAvailableHere(String),
    /// The person lacks the permissions that the command asks of members.
    #[error("the command {0:?} is not for this person")]
    NotPermitted(String),
    /// The person cannot see this channel.
    #[error("this person cannot look at this channel")]
    NoSuchChannel,
    /// A required option is missing.
    #[error("the option {0:?} is required")]
    MissingOption(String),
    /// The command has no such option.
    #[error("there is no option {0:?}")]
    UnknownOption(String),
    /// An option's value has the wrong type.
    #[error("the option {0:?} takes no such value")]
    WrongType(String),
    /// An option's text is too short or too long, or its number too small or too great.
    #[error("the option {option:?} must be within {least} and {most}")]
    OutOfBounds {
        /// The option's name.
        option: String,
        /// The least length or value.
        least: String,
        /// The greatest length or value.
        most: String,
    },
    /// An option's value is none of its choices.
    #[error("the option {0:?} has no such choice")]
    NotAChoice(String),
    /// The option gives no suggestions.
    #[error("the option {0:?} gives no suggestions")]
    NoAutocomplete(String),
    /// There is no such person.
    #[error("there is no such person")]
    UnknownPerson,
    /// The message is deleted, or this person cannot see it.
    #[error("there is no such message")]
    UnknownMessage,
    /// The message has no button or menu of this kind.
    #[error("there is no button {0:?} on the message")]
    UnknownButton(String),
    /// The button cannot be clicked.
    #[error("the button {0:?} is disabled")]
    Disabled(String),
    /// The modal has no such field.
    #[error("there is no field {0:?} in the modal")]
    UnknownField(String),
    /// A field of the modal is empty, too short or too long.
    #[error("the field {0:?} is not filled in as it must be")]
    BadField(String),
    /// The interaction failed: nothing came in time.
    #[error("the application did not respond")]
    DidNotRespond,
}
