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

mod acting;
mod availability;
mod error;
mod filling;
mod form;
mod gateway;
mod glance;
mod hub;
mod invocation;
pub(crate) mod json;
mod limits;
mod mentions;
mod menu_commands;
mod modal;
mod model;
mod openapi;
mod options;
mod paths;
mod person;
mod posting;
mod rate_limit;
mod reacting;
mod refusal;
mod report;
mod rest;
mod rules;
mod seat;
mod server;
mod snowflake;
mod submission;
mod view;
mod world;

pub use gateway::control::GatewayControl;
pub use gateway::faults::GatewayFault;
pub use glance::Glance;
pub use invocation::{Invocation, NoAnswer};
pub use mentions::Ping;
pub use modal::{FieldKind, Modal, ModalChoice, ModalField};
pub use model::message::Revision;
pub use person::Person;
pub use refusal::ClientRefusal;
pub use report::Sessions;
pub use rules::{DiscordRules, RateLimit, RateLimits};
pub use seat::Seat;
pub use server::{Channel, Role, Server};
pub use view::{AnsweredInteraction, Attachment, Button, Embed, EmbedField, Message};

use std::io;
use std::sync::Arc;

use hub::Hub;
use model::user::User;
use openapi::OpenApi;
use world::World;

use crate::server::Server as HttpServer;
use crate::{Changes, Faults, Requests};

/// A Discord. Clones are handles to the same one; it stops when the last is dropped.
#[derive(Clone, Debug)]
pub struct DiscordSandbox {
    running: Arc<Running>,
}

#[derive(Debug)]
struct Running {
    hub: Arc<Hub>,
    server: HttpServer,
    faults: Faults,
    requests: Requests,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.hub.change(|world| world.gateway.cut_all());
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
        let hub = Arc::new(Hub::new(World::new(rules), changes, openapi));
        let server = HttpServer::start(rest::router(&hub), faults.clone(), requests.clone(), port)?;
        hub.change(|world| world.authority = server.address().to_string());
        Ok(Self { running: Arc::new(Running { hub, server, faults, requests }) })
    }

    fn hub(&self) -> &Arc<Hub> {
        &self.running.hub
    }

    /// `http://127.0.0.1:PORT`, to which a bot appends `/api/v10/…`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.running.server.address())
    }

    /// The bot's token.
    #[must_use]
    pub fn token(&self) -> String {
        self.hub().read(|world| world.token.clone())
    }

    /// Resets the token, as an owner does in the developer portal: requests with the old one are
    /// refused and sessions end (4004).
    pub fn change_token(&self, token: &str) {
        self.hub().change(|world| token.clone_into(&mut world.token));
        self.gateway().close(4004);
    }

    /// The application's id, which is its bot's user id as well unless the application is old.
    #[must_use]
    pub fn application_id(&self) -> u64 {
        self.hub().read(|world| world.application)
    }

    /// The application's owner.
    #[must_use]
    pub fn owner(&self) -> Person {
        Person { hub: Arc::clone(self.hub()), id: self.hub().read(|world| world.owner) }
    }

    /// The bot itself, which is called "bot" at first.
    #[must_use]
    pub fn bot(&self) -> Person {
        let id = self.hub().read(|world| world.bot);
        Person { hub: Arc::clone(self.hub()), id }
    }

    /// Gives the application to a team of people with roles: `admin`, `developer`, `read_only`
    /// (<https://docs.discord.com/developers/topics/teams#team-member-roles>).
    pub fn set_team(&self, members: &[(&Person, &str)]) {
        let members = members.iter().map(|(person, role)| (person.id(), (*role).to_owned()));
        let members = members.collect();
        self.hub().change(|world| world.team = Some(members));
    }

    /// Founds a server that the bot is a member of.
    #[must_use]
    pub fn add_server(&self, name: &str) -> Server {
        let id = self.hub().change(|world| world.found(name, true));
        Server { hub: Arc::clone(self.hub()), id }
    }

    /// Founds a server where people use the application only because they installed it themselves.
    #[must_use]
    pub fn add_server_without_bot(&self, name: &str) -> Server {
        let id = self.hub().change(|world| world.found(name, false));
        Server { hub: Arc::clone(self.hub()), id }
    }

    /// Opens direct messages among people, where the application is at hand only to those who
    /// installed it.
    #[must_use]
    pub fn add_private_channel(&self, people: &[&Person]) -> Channel {
        let people = people.iter().map(|person| person.id()).collect();
        let id = self.hub().change(|world| {
            let id = world.clock.id();
            let place = model::channel::Place::Private(people);
            world.channels.insert(id, model::channel::Channel::new(id, "", place));
            id
        });
        Channel { hub: Arc::clone(self.hub()), id }
    }

    /// Somebody joins Discord.
    #[must_use]
    pub fn add_person(&self, name: &str) -> Person {
        let id = self.hub().change(|world| {
            let id = world.clock.id();
            world.users.insert(id, User::new(id, name, false));
            id
        });
        Person { hub: Arc::clone(self.hub()), id }
    }

    /// From now on messages with a link that contains this are rejected (240000), wherever the link
    /// is: in the text, in an embed or in a button.
    pub fn block_links(&self, part: &str) {
        self.hub().change(|world| world.blocked_links.push(part.to_owned()));
    }

    /// Gives the application an Interactions Endpoint URL, as its owner can in the developer portal:
    /// interactions go there then, and none over the gateway.
    pub fn set_interactions_endpoint(&self, url: Option<&str>) {
        self.hub().change(|world| world.interactions_endpoint = url.map(str::to_owned));
    }

    /// Registers a command, in a server or everywhere, as another program with the same token could
    /// have long ago.
    ///
    /// # Panics
    /// When Discord would not register it.
    pub fn leave_command(&self, server: Option<&Server>, command: &serde_json::Value) {
        let server = server.map(|server| server.id);
        self.hub().change(|world| world.leave_command(server, command));
    }

    /// Puts Discord's clock ahead of this machine's by so many milliseconds (behind, if negative).
    pub fn set_clock_offset(&self, milliseconds: i64) {
        self.hub().change(|world| world.clock.ahead = milliseconds);
    }

    /// The gateway and what can go wrong with it.
    #[must_use]
    pub fn gateway(&self) -> GatewayControl {
        GatewayControl { hub: Arc::clone(self.hub()) }
    }

    /// What goes wrong with requests.
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
        self.hub().until("a bot that is connected and has registered its commands", || {
            self.hub().read(|world| {
                let registered = world.commands.of(None).next().is_some();
                (registered && world.gateway.listening() > 0).then_some(())
            })
        })
    }

    /// Waits until something is found; asked again after each change of this Discord.
    ///
    /// # Panics
    /// When nothing was found within [`PATIENCE`](crate::PATIENCE), naming `what`.
    #[track_caller]
    pub fn until<T>(&self, what: &str, look: impl FnMut() -> Option<T>) -> impl Future<Output = T> {
        self.hub().until(what, look)
    }

    /// Goes down like a machine: everything is cut, connections are refused.
    ///
    /// # Errors
    /// When the port could not be kept.
    pub async fn stop(&self) -> io::Result<()> {
        self.hub().change(|world| world.gateway.cut_all());
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
