//! `whisul-bot invite`: the links with which the bot is added to servers, and by people for
//! themselves.

use tokio::runtime::Builder;

use crate::{
    config::Settings,
    discord_api::{Discord, DiscordError, install_links},
    domain::with_causes,
};

/// The links for the bot with the token in the settings. To be called outside of a tokio runtime.
///
/// # Errors
/// When Discord does not tell whose token that is: with the reason.
pub fn invite(settings: &Settings) -> Result<String, String> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| with_causes(&error))?;
    let application = runtime.block_on(async {
        let (base, token) = (settings.discord_api_url.as_ref(), settings.discord_token.clone());
        Discord::new(base, token, &settings.proxies)?.application().await
    });
    // A look-up of a host name that hangs must not hold up the end.
    runtime.shutdown_background();
    let application = application.map_err(|error| match error {
        DiscordError::BadToken => "Discord rejects DISCORD_TOKEN; copy it again".to_owned(),
        error => error.to_string(),
    })?;
    Ok(format!(
        "{}\n\n  Add it to a server that you manage:\n  {}\n\n  Use it everywhere by yourself:\n  {}",
        application.name,
        install_links::for_servers(application.id),
        install_links::for_users(application.id)
    ))
}
