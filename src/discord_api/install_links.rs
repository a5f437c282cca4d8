//! The links with which the bot is added to servers, and by people for themselves.

use super::permissions::least;
use crate::domain::ApplicationId;

/// Adds the bot to a server, with the least permissions (Discord docs, `OAuth2` > Bot Authorization
/// Flow).
pub(crate) fn for_servers(id: ApplicationId) -> String {
    let permissions = least();
    format!(
        "https://discord.com/oauth2/authorize?client_id={id}&integration_type=0\
         &scope=bot+applications.commands&permissions={permissions}"
    )
}

/// Installs it for a person (Discord docs, Application Resource > Installation Context).
pub(crate) fn for_users(id: ApplicationId) -> String {
    format!(
        "https://discord.com/oauth2/authorize?client_id={id}&integration_type=1\
         &scope=applications.commands"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_links_ask_for_no_more_than_is_needed() {
        let link = for_servers(ApplicationId(7));
        assert!(
            link.ends_with(
                "client_id=7&integration_type=0&scope=bot+applications.commands&permissions=117760"
            ),
            "{link}"
        );
        assert!(!for_users(ApplicationId(7)).contains("permissions"));
    }
}
