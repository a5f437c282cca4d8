//! Commands
//! (<https://docs.discord.com/developers/interactions/application-commands#application-command-object>).

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::discord::api::error::ApiError;
use crate::discord::api::form::{Breaches, Form, length};
use crate::discord::api::json::Fields as _;
use crate::discord::limits::choices;

const SLASH: i64 = 1;
const USER: i64 = 2;
const MESSAGE: i64 = 3;
/// Opens the application's activity.
const ENTRY_POINT: i64 = 4;
const SUBCOMMAND: i64 = 1;
const SUBCOMMAND_GROUP: i64 = 2;
const STRING: i64 = 3;
const INTEGER: i64 = 4;
const NUMBER: i64 = 10;
const ATTACHMENT: i64 = 11;
/// The greatest `min_length` and `max_length` of a text option.
const LONGEST_TEXT: i64 = 6000;
/// Names, descriptions and choice values of one command together.
const MOST_CHARACTERS: usize = 8000;
const MOST_SLASH: usize = 100;
const MOST_MENU: usize = 15;

/// The languages that Discord's client speaks (<https://docs.discord.com/developers/reference#locales>).
const LOCALES: [&str; 33] = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl",
    "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th",
    "zh-CN", "ja", "zh-TW", "ko", "he",
];

/// Reads one command as Discord keeps it.
///
/// # Errors
/// 50035 with every breach.
pub(crate) fn read(body: &Value, global: bool) -> Result<Map<String, Value>, ApiError> {
    let mut breaches = Breaches::default();
    let declared = read_form(&mut Form::new(body, &mut breaches), global);
    breaches.or(declared)
}

/// Reads the commands of a whole scope.
///
/// # Errors
/// 50035 with every breach, 30032 for too many.
pub(crate) fn read_all(body: &Value, global: bool) -> Result<Vec<Map<String, Value>>, ApiError> {
    let mut breaches = Breaches::default();
    let mut form = Form::new(body, &mut breaches);
    let mut seen = HashSet::new();
    let declared = form.list("", usize::MAX, |form| {
        let declared = read_form(form, global);
        if !seen.insert((declared.get("type").cloned(), declared.get("name").cloned())) {
            let message = "Application command names must be unique";
            form.breach("", "APPLICATION_COMMANDS_DUPLICATE_NAME", message);
        }
        declared
    });
    let declared = breaches.or(declared.unwrap_or_default())?;
    fits(declared.iter().map(kind_of))?;
    Ok(declared)
}

fn kind_of(declared: &Map<String, Value>) -> i64 {
    declared.get("type").and_then(Value::as_i64).unwrap_or(SLASH)
}

/// Whether a scope takes commands of these types.
///
/// # Errors
/// 30032.
pub(crate) fn fits(kinds: impl Iterator<Item = i64>) -> Result<(), ApiError> {
    let (mut slash, mut user, mut message, mut entry) = (0, 0, 0, 0);
    for kind in kinds {
        match kind {
            USER => user += 1,
            MESSAGE => message += 1,
            ENTRY_POINT => entry += 1,
            _ => slash += 1,
        }
    }
    let menus = user <= MOST_MENU && message <= MOST_MENU;
    let fits = slash <= MOST_SLASH && menus && entry <= 1;
    if fits { Ok(()) } else { Err(ApiError::TOO_MANY_COMMANDS) }
}

fn read_form(form: &mut Form<'_>, global: bool) -> Map<String, Value> {
    let kinds = [SLASH, USER, MESSAGE, ENTRY_POINT];
    // A server has no entry point of its own.
    let kinds = if global { &kinds[..] } else { &[SLASH, USER, MESSAGE] };
    let kind = form.one_of("type", kinds).unwrap_or(SLASH);
    let name = read_name(form, kind == SLASH);
    let description = if kind == SLASH {
        form.required_text("description", 100)
    } else if kind == ENTRY_POINT {
        form.text("description", 100).unwrap_or_default()
    } else {
        if form.text("description", usize::MAX).is_some() {
            let message = "Context menu commands cannot have description";
            form.breach("description", "APPLICATION_COMMAND_DESCRIPTION_INVALID", message);
        }
        String::new()
    };
    let mut declared = Map::from_iter([
        ("type".to_owned(), kind.into()),
        ("name_localizations".into(), read_localizations(form, "name_localizations", 32)),
        (
            "description_localizations".into(),
            read_localizations(form, "description_localizations", 100),
        ),
        ("default_member_permissions".into(), read_permissions(form)),
        ("nsfw".into(), form.flag("nsfw").unwrap_or(false).into()),
    ]);
    let options = read_options(form, 0);
    let characters = length(&name) + length(&description) + characters(&options);
    if characters > MOST_CHARACTERS {
        let message = format!("Command exceeds maximum size ({MOST_CHARACTERS})");
        form.breach("", "APPLICATION_COMMAND_TOO_LARGE", message);
    }
    declared.insert("name".into(), name.into());
    declared.insert("description".into(), description.into());
    if !options.is_empty() {
        declared.insert("options".into(), options.into());
    }
    if kind == ENTRY_POINT {
        declared.insert("handler".into(), form.one_of("handler", &[1, 2]).unwrap_or(1).into());
    }
    if global {
        let dm = form.flag("dm_permission");
        declared.insert("dm_permission".into(), dm.unwrap_or(true).into());
        let types = read_numbers(form, "integration_types", &[0, 1]);
        declared.insert("integration_types".into(), types.unwrap_or_else(|| json!([0, 1])));
        let contexts = read_numbers(form, "contexts", &[0, 1, 2]);
        // The field's forerunner still works where `contexts` is not given.
        let by_forerunner = (dm == Some(false)).then(|| json!([0]));
        declared.insert("contexts".into(), contexts.or(by_forerunner).into());
    }
    declared
}

/// A name: 1 to 32 characters, and for slash commands and options letters without capitals,
/// digits, `-`, `_` and `'`.
fn read_name(form: &mut Form<'_>, slash: bool) -> String {
    let name = form.required_text("name", 32);
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '\'');
    if slash && !(name.chars().all(fits) && name == name.to_lowercase()) {
        form.breach("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
    name
}

fn read_localizations(form: &mut Form<'_>, key: &str, most: usize) -> Value {
    let Some(mut texts) = form.object(key) else { return Value::Null };
    let languages = texts.value().as_object().into_iter().flat_map(Map::keys);
    for language in languages.cloned().collect::<Vec<_>>() {
        if !LOCALES.contains(&language.as_str()) {
            texts.breach(
                &language,
                "BASE_TYPE_CHOICES",
                format!("Value must be one of {LOCALES:?}."),
            );
        }
        texts.text(&language, most);
    }
    texts.value().clone()
}

/// Permission bits in a string, or null.
fn read_permissions(form: &mut Form<'_>) -> Value {
    let Some(text) = form.text("default_member_permissions", 32) else { return Value::Null };
    if text.parse::<u64>().is_err() {
        let message = format!("Value \"{text}\" is not a bitset.");
        form.breach("default_member_permissions", "NUMBER_TYPE_COERCE", message);
    }
    text.into()
}

/// A list of distinct known numbers.
fn read_numbers(form: &mut Form<'_>, key: &str, known: &[u64]) -> Option<Value> {
    let raw = form.raw(key);
    if raw.is_null() {
        return None;
    }
    let numbers = raw.as_array().map(|list| list.iter().map(Value::as_u64).collect::<Vec<_>>());
    let fits = numbers.is_some_and(|numbers| {
        let distinct = numbers.iter().collect::<HashSet<_>>().len() == numbers.len();
        distinct
            && numbers.iter().all(|number| number.is_some_and(|number| known.contains(&number)))
    });
    if !fits {
        form.breach(key, "BASE_TYPE_CHOICES", format!("Value must be a set of {known:?}."));
    }
    Some(raw.clone())
}

/// The options of a command (depth 0), a subcommand or a group of those.
fn read_options(form: &mut Form<'_>, depth: u8) -> Vec<Value> {
    let mut names = HashSet::new();
    let mut optional_seen = false;
    let options = form.list("options", 25, |form| {
        let option = read_option(form, depth);
        if !names.insert(option.at("name").clone()) {
            let message = "Option name must be unique";
            form.breach("name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message);
        }
        let sub = matches!(option.at("type").as_i64(), Some(SUBCOMMAND | SUBCOMMAND_GROUP));
        let required = option.at("required") == true;
        if required && optional_seen {
            let message = "Required options must be placed before non-required options";
            form.breach("", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
        }
        optional_seen |= !required && !sub;
        option
    });
    let options = options.unwrap_or_default();
    let subs = options.iter().filter(|option| option.at("options").is_array()).count();
    if subs > 0 && subs < options.len() {
        let message = "Sub-command and sub-command group option types are mutually exclusive to all other types";
        form.breach("options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
    }
    options
}

fn read_option(form: &mut Form<'_>, depth: u8) -> Value {
    let kinds = (1..=ATTACHMENT).collect::<Vec<_>>();
    let kind = form.one_of("type", &kinds);
    if kind.is_none() && form.raw("type").is_null() {
        form.missing("type");
    }
    let mut option = Map::from_iter([
        ("type".to_owned(), kind.into()),
        ("name".into(), read_name(form, true).into()),
        ("name_localizations".into(), read_localizations(form, "name_localizations", 32)),
        ("description".into(), form.required_text("description", 100).into()),
        (
            "description_localizations".into(),
            read_localizations(form, "description_localizations", 100),
        ),
    ]);
    match kind {
        Some(SUBCOMMAND | SUBCOMMAND_GROUP) => {
            let deepest = u8::from(kind == Some(SUBCOMMAND));
            if depth > deepest {
                let message = "Sub-commands and groups cannot be nested so deep";
                form.breach("type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
            }
            // Never deeper than a hostile body makes it, and never deeper than Discord looks.
            let inside = if depth < 2 { read_options(form, depth + 1) } else { Vec::new() };
            option.insert("options".into(), inside.into());
        }
        _ => read_value_option(form, kind, &mut option),
    }
    option.into()
}

fn read_value_option(form: &mut Form<'_>, kind: Option<i64>, option: &mut Map<String, Value>) {
    option.insert("required".into(), form.flag("required").unwrap_or(false).into());
    let takes_choices = matches!(kind, Some(STRING | INTEGER | NUMBER));
    let choices = choices::read_list(form).filter(|choices| !choices.is_empty());
    let autocomplete = form.flag("autocomplete").unwrap_or(false);
    if (choices.is_some() || autocomplete) && !takes_choices || choices.is_some() && autocomplete {
        let message = "Choices and autocomplete exclude each other and are for texts and numbers";
        form.breach("choices", "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", message);
    }
    option.extend(choices.map(|choices| ("choices".to_owned(), choices.into())));
    if autocomplete {
        option.insert("autocomplete".into(), true.into());
    }
    if kind == Some(STRING) {
        let least = form.integer("min_length", 0, LONGEST_TEXT);
        let most = form.integer("max_length", 1, LONGEST_TEXT);
        option.extend(least.map(|least| ("min_length".to_owned(), least.into())));
        option.extend(most.map(|most| ("max_length".to_owned(), most.into())));
    }
    for key in ["min_value", "max_value", "channel_types"] {
        if !form.raw(key).is_null() {
            option.insert(key.to_owned(), form.raw(key).clone());
        }
    }
}

/// The characters in options that count towards the sum.
fn characters(options: &[Value]) -> usize {
    let text = |value: &Value| value.as_str().map_or(0, length);
    let each = options.iter().map(|option| {
        let choices = option.at("choices").as_array().into_iter().flatten();
        let inside = option.at("options").as_array().map_or(&[][..], Vec::as_slice);
        text(option.at("name"))
            + text(option.at("description"))
            + choices
                .map(|choice| text(choice.at("name")) + text(choice.at("value")))
                .sum::<usize>()
            + characters(inside)
    });
    each.sum()
}
