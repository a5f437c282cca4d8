//! A Discord on this machine: gateway and REST on one port, people who act on it.
//!
//! It speaks enough of version 10 that bots run on it unchanged, and refuses what Discord refuses.
//!
//! ```no_run
//! # async fn scene() -> Result<(), Box<dyn std::error::Error>> {
//! use sandbox::{DiscordRules, DiscordSandbox};
//! use serde_json::json;
//!
//! let discord = DiscordSandbox::start(DiscordRules::default()).await?;
//! let server = discord.add_server("Den");
//! let (channel, ann) = (server.add_channel("music"), discord.add_person("Ann"));
//! server.join(&ann);
//! // A bot is started here, with `discord.url()` and `discord.token()`.
//! discord.until_ready().await;
//! let song = ann.at(&channel).command("song", &[("prompt", json!("rain"))]).await?;
//! println!("{}", song.answer().await?.text());
//! # Ok(()) }
//! ```

pub(crate) mod api;
mod client;
mod gateway;
mod interactions;
mod limits;
mod model;
mod rest;
mod rules;
mod shared;
mod state;

pub use client::channel_client::ChannelClient;
pub use client::channel_snapshot::ChannelSnapshot;
pub use client::invocation::{Invocation, NoAnswer};
pub use client::message::{AnsweredInteraction, Attachment, Button, Embed, EmbedField, Message};
pub use client::person::Person;
pub use client::report::Sessions;
pub use client::server::{Channel, Role, Server};
pub use gateway::control::GatewayControl;
pub use gateway::fault::GatewayFault;
pub use interactions::refusal::ClientRefusal;
pub use model::mentions::Ping;
pub use model::message::Revision;
pub use model::modal::{FieldKind, Modal, ModalChoice, ModalField};
pub use rules::{DiscordRules, RateLimit, RateLimits};

use std::io;
use std::sync::Arc;

use api::openapi::OpenApi;
use model::user::User;
use shared::Shared;
use state::DiscordState;

use crate::server::Server as HttpServer;
use crate::{Changes, Faults, Requests};

/// A Discord. Clones are handles to the same one; it stops when the last is dropped.
#[derive(Clone, Debug)]
pub struct DiscordSandbox {
    running: Arc<Running>,
}

#[derive(Debug)]
struct Running {
    shared: Arc<Shared>,
    server: HttpServer,
    faults: Faults,
    requests: Requests,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.change(|state| state.gateway.cut_all());
    }
}

impl DiscordSandbox {
    /// Starts a Discord with one application and nobody on it.
    ///
    /// # Errors
    /// When the port is taken.
    #[expect(clippy::unused_async, reason = "it needs the runtime, and may have to wait one day")]
    pub async fn start(rules: DiscordRules) -> io::Result<Self> {
        let openapi = rules.openapi.as_deref().and_then(OpenApi::load);
        let port = rules.port;
        let changes = Changes::new();
        let faults = Faults::new(changes.clone());
        let requests = Requests::new(changes.clone());
        let shared = Arc::new(Shared::new(DiscordState::new(rules), changes, openapi));
        let server =
            HttpServer::start(rest::router(&shared), faults.clone(), requests.clone(), port)?;
        shared.change(|state| state.authority = server.address().to_string());
        Ok(Self { running: Arc::new(Running { shared, server, faults, requests }) })
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.running.shared
    }

    /// `http://127.0.0.1:PORT`, to which a bot appends `/api/v10/…`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.running.server.address())
    }

    /// The bot's token.
    #[must_use]
    pub fn token(&self) -> String {
        self.shared().read(|state| state.token.clone())
    }

    /// Resets the token, as an owner does in the developer portal: requests with the old one are
    /// refused and sessions end (4004).
    pub fn change_token(&self, token: &str) {
        self.shared().change(|state| token.clone_into(&mut state.token));
        self.gateway().close(4004);
    }

    /// The application's id, which is its bot's user id as well unless the application is old.
    #[must_use]
    pub fn application_id(&self) -> u64 {
        self.shared().read(|state| state.application)
    }

    /// The application's owner.
    #[must_use]
    pub fn owner(&self) -> Person {
        Person { shared: Arc::clone(self.shared()), id: self.shared().read(|state| state.owner) }
    }

    /// The bot itself, which is called "bot" at first.
    #[must_use]
    pub fn bot(&self) -> Person {
        let id = self.shared().read(|state| state.bot);
        Person { shared: Arc::clone(self.shared()), id }
    }

    /// Gives the application to a team of people with roles: `admin`, `developer`, `read_only`
    /// (<https://docs.discord.com/developers/topics/teams#team-member-roles>).
    pub fn set_team(&self, members: &[(&Person, &str)]) {
        let members = members.iter().map(|(person, role)| (person.id(), (*role).to_owned()));
        let members = members.collect();
        self.shared().change(|state| state.team = Some(members));
    }

    /// Founds a server that the bot is a member of.
    #[must_use]
    pub fn add_server(&self, name: &str) -> Server {
        let id = self.shared().change(|state| state.found(name, true));
        Server { shared: Arc::clone(self.shared()), id }
    }

    /// Founds a server where people use the application only because they installed it themselves.
    #[must_use]
    pub fn add_server_without_bot(&self, name: &str) -> Server {
        let id = self.shared().change(|state| state.found(name, false));
        Server { shared: Arc::clone(self.shared()), id }
    }

    /// Opens direct messages among people, where only those can use the application who
    /// installed it.
    #[must_use]
    pub fn add_private_channel(&self, people: &[&Person]) -> Channel {
        let people = people.iter().map(|person| person.id()).collect();
        let id = self.shared().change(|state| {
            let id = state.clock.id();
            let place = model::channel::Place::Private(people);
            state.channels.insert(id, model::channel::Channel::new(id, "", place));
            id
        });
        Channel { shared: Arc::clone(self.shared()), id }
    }

    /// Adds a person.
    #[must_use]
    pub fn add_person(&self, name: &str) -> Person {
        let id = self.shared().change(|state| {
            let id = state.clock.id();
            state.users.insert(id, User::new(id, name, false));
            id
        });
        Person { shared: Arc::clone(self.shared()), id }
    }

    /// From now on messages with a link that contains this are rejected (240000), wherever the link
    /// is: in the text, in an embed or in a button.
    pub fn block_links(&self, part: &str) {
        self.shared().change(|state| state.blocked_links.push(part.to_owned()));
    }

    /// Gives the application an Interactions Endpoint URL, as its owner can in the developer portal:
    /// interactions go there then, and none over the gateway.
    pub fn set_interactions_endpoint(&self, url: Option<&str>) {
        self.shared().change(|state| state.interactions_endpoint = url.map(str::to_owned));
    }

    /// Registers a command, in a server or everywhere, as another program with the same token could
    /// have long ago.
    ///
    /// # Panics
    /// When Discord would not register it.
    pub fn leave_command(&self, server: Option<&Server>, command: &serde_json::Value) {
        let server = server.map(|server| server.id);
        self.shared().change(|state| state.leave_command(server, command));
    }

    /// Puts Discord's clock ahead of this machine's by so many milliseconds (behind, if negative).
    pub fn set_clock_offset(&self, milliseconds: i64) {
        self.shared().change(|state| state.clock.ahead = milliseconds);
    }

    /// The gateway and its faults.
    #[must_use]
    pub fn gateway(&self) -> GatewayControl {
        GatewayControl { shared: Arc::clone(self.shared()) }
    }

    /// The faults of requests.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.running.faults
    }

    /// All requests so far.
    #[must_use]
    pub fn requests(&self) -> &Requests {
        &self.running.requests
    }

    /// Waits until a bot is connected and has registered a global command.
    ///
    /// # Panics
    /// When that did not happen within [`PATIENCE`](crate::PATIENCE).
    #[track_caller]
    pub fn until_ready(&self) -> impl Future<Output = ()> {
        self.shared().until("a bot that is connected and has registered its commands", || {
            self.shared().read(|state| {
                let registered = state.commands.of(None).next().is_some();
                (registered && state.gateway.listening() > 0).then_some(())
            })
        })
    }

    /// Waits until something is found; asked again after each change of this Discord.
    ///
    /// # Panics
    /// When nothing was found within [`PATIENCE`](crate::PATIENCE), naming `what`.
    #[track_caller]
    pub fn until<T>(&self, what: &str, look: impl FnMut() -> Option<T>) -> impl Future<Output = T> {
        self.shared().until(what, look)
    }

    /// Goes down like a machine: everything is cut, connections are refused.
    ///
    /// # Errors
    /// When the port could not be kept.
    pub async fn stop(&self) -> io::Result<()> {
        self.shared().change(|state| state.gateway.cut_all());
        self.running.server.stop().await
    }

    /// Comes back on the same port; sessions can be resumed.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start_again(&self) -> io::Result<()> {
        self.running.server.start_again()
    }
}
