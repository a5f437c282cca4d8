//! The options that a person gives to a command, checked as Discord's client does.

use serde_json::{Map, Value, json};

use crate::discord::api::form::length;
use crate::discord::api::json::Fields as _;
use crate::discord::interactions::refusal::ClientRefusal;
use crate::discord::model::channel::Channel;
use crate::discord::state::DiscordState;

const STRING: i64 = 3;
const INTEGER: i64 = 4;
const BOOLEAN: i64 = 5;
const USER: i64 = 6;
const CHANNEL: i64 = 7;
const ROLE: i64 = 8;
const MENTIONABLE: i64 = 9;
const NUMBER: i64 = 10;

/// What an interaction's data says about options.
#[derive(Debug, Default)]
pub(crate) struct GivenOptions {
    pub(crate) options: Vec<Value>,
    /// The users, members, roles and channels that were named.
    pub(crate) resolved: Map<String, Value>,
}

/// Subcommands on the way to options, each with its option type.
pub(crate) type Names = Vec<(String, i64)>;

/// Goes down the path of a subcommand: the options declared there and the names on the way, each
/// with its type.
pub(crate) fn descend<'a>(
    declared: &'a Map<String, Value>,
    path: &[&str],
) -> Result<(&'a [Value], Names), ClientRefusal> {
    let mut options = list(declared.get("options"));
    let mut names = Vec::new();
    for part in path {
        let found = options.iter().find(|option| {
            option.at("name") == *part && matches!(option.at("type").as_i64(), Some(1 | 2))
        });
        let sub = found.ok_or_else(|| ClientRefusal::UnknownCommand((*part).to_owned()))?;
        names.push(((*part).to_owned(), sub.at("type").as_i64().unwrap_or(1)));
        options = list(sub.get("options"));
    }
    if let Some(sub) =
        options.iter().find(|option| matches!(option.at("type").as_i64(), Some(1 | 2)))
    {
        return Err(ClientRefusal::MissingOption(
            sub.at("name").as_str().unwrap_or_default().to_owned(),
        ));
    }
    Ok((options, names))
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice)
}

/// Wraps options into the subcommands that they belong to, the innermost last.
pub(crate) fn wrap(names: Names, options: Vec<Value>) -> Vec<Value> {
    names.into_iter().rev().fold(options, |inside, (name, kind)| {
        vec![json!({ "name": name, "type": kind, "options": inside })]
    })
}

impl DiscordState {
    /// Checks what a person gives against what the command declares.
    pub(crate) fn check_options(
        &self,
        channel: &Channel,
        declared: &[Value],
        given: &[(&str, Value)],
    ) -> Result<GivenOptions, ClientRefusal> {
        let names = |option: &Value, name: &str| option.at("name") == name;
        for (name, _) in given {
            if !declared.iter().any(|option| names(option, name)) {
                return Err(ClientRefusal::UnknownOption((*name).to_owned()));
            }
        }
        let mut outcome = GivenOptions::default();
        for option in declared {
            match given.iter().find(|(name, _)| names(option, name)) {
                Some((_, value)) => self.take_option(channel, option, value, &mut outcome)?,
                None if option.at("required") == true => {
                    return Err(ClientRefusal::MissingOption(name_of(option)));
                }
                None => {}
            }
        }
        Ok(outcome)
    }

    fn take_option(
        &self,
        channel: &Channel,
        option: &Value,
        value: &Value,
        outcome: &mut GivenOptions,
    ) -> Result<(), ClientRefusal> {
        let kind = option.at("type").as_i64().unwrap_or(STRING);
        let value = match kind {
            USER | CHANNEL | ROLE | MENTIONABLE => {
                let id = value.as_u64().or_else(|| value.as_str()?.parse().ok());
                let id = id.ok_or_else(|| ClientRefusal::WrongType(name_of(option)))?;
                if !self.resolve(channel, id, &mut outcome.resolved) {
                    return Err(ClientRefusal::NotAChoice(name_of(option)));
                }
                json!(id.to_string())
            }
            _ => {
                check_plain(option, kind, value)?;
                value.clone()
            }
        };
        outcome.options.push(json!({ "name": option.at("name"), "type": kind, "value": value }));
        Ok(())
    }

    /// The objects of ids; `None` if one is unknown.
    pub(crate) fn resolve_all(
        &self,
        channel: &Channel,
        ids: &[&str],
    ) -> Option<Map<String, Value>> {
        let mut resolved = Map::new();
        for id in ids {
            self.resolve(channel, id.parse().ok()?, &mut resolved).then_some(())?;
        }
        Some(resolved)
    }

    /// Adds the object of an id to the resolved ones.
    pub(crate) fn resolve(
        &self,
        channel: &Channel,
        id: u64,
        resolved: &mut Map<String, Value>,
    ) -> bool {
        let mut add = |kind: &str, json: Value| {
            let entry = resolved.entry(kind.to_owned()).or_insert_with(|| json!({}));
            entry.set(&id.to_string(), json);
        };
        let guild = channel.guild().and_then(|guild| self.guilds.get(&guild));
        if let Some(user) = self.users.get(&id) {
            add("users", user.json());
            if let Some(guild) = guild.filter(|guild| guild.members.contains_key(&id)) {
                let mut member = Self::partial_member_json(guild, id);
                member.set("permissions", guild.permissions_of(id).to_string());
                add("members", member);
            }
        } else if let Some(guild) = guild
            && let Some((position, role)) =
                guild.roles.iter().enumerate().find(|(_, role)| role.id == id)
        {
            add("roles", role.json(position));
        } else if let Ok(found) = self.channel(id) {
            let mut json = self.channel_json(found);
            json.set("permissions", self.bot_permissions(found).to_string());
            add("channels", json);
        } else {
            return false;
        }
        true
    }
}

fn name_of(option: &Value) -> String {
    option.at("name").as_str().unwrap_or_default().to_owned()
}

/// Checks a text, a number or a yes or no.
fn check_plain(option: &Value, kind: i64, value: &Value) -> Result<(), ClientRefusal> {
    let fits = match kind {
        STRING => value.is_string(),
        INTEGER => value.is_i64() || value.is_u64(),
        BOOLEAN => value.is_boolean(),
        NUMBER => value.is_number(),
        _ => false,
    };
    if !fits {
        return Err(ClientRefusal::WrongType(name_of(option)));
    }
    let choices = list(option.get("choices"));
    if !choices.is_empty() && !choices.iter().any(|choice| choice.at("value") == value) {
        return Err(ClientRefusal::NotAChoice(name_of(option)));
    }
    let (size, least, most) = match value {
        Value::String(text) => {
            let least = option.at("min_length").as_f64().unwrap_or(0.0);
            let most = option.at("max_length").as_f64().unwrap_or(6000.0);
            // A text's length is far below where an f64 loses units.
            #[expect(clippy::cast_precision_loss, reason = "a text is shorter than 2^52")]
            let size = length(text) as f64;
            // An empty text counts as no text, which an option that is given cannot be.
            (size, least.max(1.0), most)
        }
        number => {
            let least = option.at("min_value").as_f64().unwrap_or(f64::NEG_INFINITY);
            let most = option.at("max_value").as_f64().unwrap_or(f64::INFINITY);
            (number.as_f64().unwrap_or(least), least, most)
        }
    };
    if size < least || size > most {
        let (least, most) = (least.to_string(), most.to_string());
        return Err(ClientRefusal::OutOfBounds { option: name_of(option), least, most });
    }
    Ok(())
}
