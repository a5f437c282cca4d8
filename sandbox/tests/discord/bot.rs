//! A bot of bare requests.

use reqwest::Method;
use sandbox::{
    ChannelClient, DiscordRules, DiscordSandbox, Invocation, Person, RateLimits, Server,
};
use serde_json::{Value, json};

/// A bot that sends the requests of a test.
pub(crate) struct Bot {
    pub(crate) discord: DiscordSandbox,
    client: reqwest::Client,
}

/// What came back: the status and the body.
pub(crate) type Answer = (u16, Value);

impl Bot {
    /// A Discord without rate limits and a bot on it.
    pub(crate) async fn start() -> Self {
        Self::with(rules()).await
    }

    /// A Discord with rules of choice and a bot on it.
    pub(crate) async fn with(rules: DiscordRules) -> Self {
        let discord = DiscordSandbox::start(rules).await.unwrap();
        Self { discord, client: reqwest::Client::new() }
    }

    /// A request with the bot's token to a path below `/api/v10`.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/api/v10{path}", self.discord.url());
        let token = format!("Bot {}", self.discord.token());
        self.client.request(method, url).header("authorization", token)
    }

    async fn send(request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Self::send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        Self::send(self.request(Method::POST, path).json(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        Self::send(self.request(Method::PUT, path).json(&body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        Self::send(self.request(Method::PATCH, path).json(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        Self::send(self.request(Method::DELETE, path)).await
    }

    /// A form with files, each a name, a type and bytes.
    pub(crate) async fn upload(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        files: &[(&str, &str, Vec<u8>)],
    ) -> Answer {
        let mut form = reqwest::multipart::Form::new().text("payload_json", body.to_string());
        for (number, (name, kind, bytes)) in files.iter().enumerate() {
            let part = reqwest::multipart::Part::bytes(bytes.clone()).file_name((*name).to_owned());
            form = form.part(format!("files[{number}]"), part.mime_str(kind).unwrap());
        }
        Self::send(self.request(method, path).multipart(form)).await
    }

    /// The first response to an interaction; the answer tells what became of it.
    pub(crate) async fn respond(&self, to: &Invocation, body: Value) -> Answer {
        let path = format!("/interactions/{}/{}/callback?with_response=true", to.id, to.token);
        self.post(&path, body).await
    }

    /// The path of an interaction's message: `@original` or an id.
    pub(crate) fn reply_path(&self, to: &Invocation, message: &str) -> String {
        format!("{}/messages/{message}", self.webhook_path(to))
    }

    /// The path of an interaction's webhook.
    pub(crate) fn webhook_path(&self, to: &Invocation) -> String {
        format!("/webhooks/{}/{}", self.discord.application_id(), to.token)
    }

    /// The path of the commands.
    pub(crate) fn commands_path(&self) -> String {
        format!("/applications/{}/commands", self.discord.application_id())
    }

    /// Registers global commands.
    pub(crate) async fn register(&self, commands: Value) {
        let (status, answer) = self.put(&self.commands_path(), commands).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Ann, in a channel of a server of which the bot is a member, with the command `/song prompt`.
    pub(crate) async fn scene(&self) -> Scene {
        self.register(json!([song()])).await;
        let server = self.discord.add_server("Den");
        let channel = server.add_channel("music");
        let ann = self.discord.add_person("Ann");
        server.join(&ann);
        Scene { client: ann.at(&channel), server, channel, ann }
    }
}

/// A channel and a person in it.
pub(crate) struct Scene {
    pub(crate) client: ChannelClient,
    pub(crate) server: Server,
    pub(crate) channel: sandbox::Channel,
    pub(crate) ann: Person,
}

impl Scene {
    /// Ann asks for a song.
    pub(crate) async fn song(&self) -> Invocation {
        self.client.command("song", &[("prompt", json!("rain"))]).await.unwrap()
    }

    /// The path of the channel's messages.
    pub(crate) fn messages_path(&self) -> String {
        format!("/channels/{}/messages", self.channel.id())
    }
}

/// Discord's rules without rate limits, which would only slow tests down.
pub(crate) fn rules() -> DiscordRules {
    DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() }
}

/// The command `/song prompt`.
pub(crate) fn song() -> Value {
    json!({
        "name": "song",
        "description": "A song from a prompt",
        "options": [{
            "type": 3,
            "name": "prompt",
            "description": "What it is about",
            "required": true,
            "min_length": 1,
            "max_length": 1000,
        }],
    })
}

/// Discord's code in an answer.
pub(crate) fn code(answer: &Answer) -> (u16, u64) {
    (answer.0, answer.1["code"].as_u64().unwrap_or_default())
}

/// The codes of the breaches at a place in a form, `a.0.b`.
pub(crate) fn breaches<'a>(answer: &'a Answer, place: &str) -> Vec<&'a str> {
    assert_eq!(code(answer), (400, 50035), "{}", answer.1);
    let keys = place.split('.').filter(|key| !key.is_empty());
    let found = keys.fold(&answer.1["errors"], |errors, key| &errors[key]);
    let list = found["_errors"].as_array().unwrap_or_else(|| panic!("no {place}: {}", answer.1));
    list.iter().map(|breach| breach["code"].as_str().unwrap()).collect()
}

/// If Discord's description is available, the sandbox's own answers must fit it.
impl Drop for Bot {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.discord.invalid_answers(), Vec::<String>::new());
        }
    }
}
