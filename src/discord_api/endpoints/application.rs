//! The bot's application, and who is responsible for it.

use serde::Deserialize;
use serde_json::Value;

use crate::{
    discord_api::response::read::{Identified, Snowflake, or_default, readable},
    domain::{ApplicationId, UserId},
};

/// The bot's application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// What its owner calls it.
    pub name: String,
    /// Who is responsible for it: its owner, or its team's owner and admins.
    pub owners: Vec<UserId>,
    /// Whether interactions go to an address of its own, and so none over the gateway.
    pub has_endpoint: bool,
    /// What its owner or its team is called, as far as Discord tells.
    pub owner_name: Option<String>,
    /// How it can be installed; `None` if Discord does not tell.
    pub installs: Option<Installs>,
}

/// How an application can be installed (Discord docs, Application Resource > Installation Context).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Installs {
    /// In servers.
    pub in_guilds: bool,
    /// By people, for use everywhere.
    pub by_users: bool,
}

/// The application as Discord describes it (Discord docs, Application Resource and Teams). Read here
/// and not by serenity, which asks for fields that the bot has no need of: without a response that
/// can be read, it doesn't start.
#[derive(Deserialize)]
pub(in crate::discord_api) struct ApplicationBody {
    #[serde(flatten)]
    identified: Identified,
    #[serde(default)]
    name: Value,
    #[serde(default, deserialize_with = "or_default")]
    team: Option<Team>,
    #[serde(default, deserialize_with = "or_default")]
    owner: Option<Owner>,
    #[serde(default)]
    integration_types_config: Value,
    #[serde(default)]
    interactions_endpoint_url: Value,
}

#[derive(Deserialize)]
struct Owner {
    #[serde(flatten)]
    identified: Identified,
    #[serde(default, deserialize_with = "or_default")]
    username: Option<String>,
}

#[derive(Deserialize)]
struct Team {
    #[serde(default, deserialize_with = "or_default")]
    name: Option<String>,
    owner_user_id: Snowflake,
    #[serde(default, deserialize_with = "readable")]
    members: Vec<Member>,
}

#[derive(Deserialize)]
struct Member {
    #[serde(default, deserialize_with = "or_default")]
    membership_state: u8,
    #[serde(default, deserialize_with = "or_default")]
    role: String,
    user: Identified,
}

impl ApplicationBody {
    pub(in crate::discord_api) fn application(self) -> Application {
        let (owners, owner_name) = match (self.team, self.owner) {
            (Some(mut team), _) => {
                let name = team.name.take();
                (team.responsible(), name)
            }
            (None, Some(owner)) => (vec![UserId(owner.identified.id.0)], owner.username),
            (None, None) => (Vec::new(), None),
        };
        let endpoint = self.interactions_endpoint_url.as_str();
        let has_endpoint = endpoint.is_some_and(|url| !url.is_empty());
        let id = ApplicationId(self.identified.id.0);
        let name = self.name.as_str().unwrap_or_default().to_owned();
        let contexts = self.integration_types_config.as_object();
        let installs = contexts.map(|contexts| Installs {
            in_guilds: contexts.contains_key("0"),
            by_users: contexts.contains_key("1"),
        });
        Application { id, name, owners, has_endpoint, owner_name, installs }
    }
}

impl Team {
    /// The owner and the admins, each once: the owner may be listed as a member, too. Developers
    /// and readers don't pay for the key.
    fn responsible(self) -> Vec<UserId> {
        let mut responsible = vec![UserId(self.owner_user_id.0)];
        for member in self.members.iter().filter(|member| member.is_admin()) {
            let admin = UserId(member.user.id.0);
            if !responsible.contains(&admin) {
                responsible.push(admin);
            }
        }
        responsible
    }
}

impl Member {
    /// Whether they are an admin who has accepted the invitation (state 2).
    fn is_admin(&self) -> bool {
        self.membership_state == 2 && self.role == "admin"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn owners(response: Value) -> Vec<u64> {
        let response: ApplicationBody = serde_json::from_value(response).unwrap();
        response.application().owners.into_iter().map(|owner| owner.0).collect()
    }

    #[test]
    fn a_person_or_a_teams_owner_and_admins_are_responsible() {
        let member = |id: &str, state: u8, role: &str| json!({ "membership_state": state, "role": role, "user": { "id": id } });
        let members = [
            member("5", 2, "admin"),
            member("3", 2, "admin"),
            member("6", 1, "admin"),
            member("7", 2, "developer"),
            member("8", 2, "read_only"),
        ];
        let team = json!({ "owner_user_id": "3", "members": members });
        assert_eq!(owners(json!({ "id": "1", "owner": { "id": "2" }, "team": null })), [2]);
        assert_eq!(owners(json!({ "id": "1", "owner": { "id": "2" }, "team": team })), [3, 5]);
        assert_eq!(owners(json!({ "id": "1" })), [0_u64; 0]);
    }
}
