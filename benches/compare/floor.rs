//! A bot that answers each command at once and does nothing else: what the sandbox and the
//! connections between it and any bot take.

use std::env;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

/// The sandbox's REST API.
#[derive(Clone)]
struct Rest {
    client: Client,
    url: String,
    token: String,
}

/// Answers until it is killed. It sends no heartbeats, which a measurement is too short for.
pub(crate) async fn run() {
    let [url, token] = ["DISCORD_API_URL", "DISCORD_TOKEN"].map(|name| env::var(name).expect(name));
    let rest = Rest { client: Client::new(), url, token };
    let me = rest.send(Method::GET, "/applications/@me", &Value::Null).await;
    let application = field(&me, "/id");
    let prompt = json!({
        "type": 3, "name": "prompt", "description": "What it is about", "required": true,
    });
    let song = json!({ "name": "song", "description": "A song", "options": [prompt] });
    let commands = format!("/applications/{application}/commands");
    rest.send(Method::PUT, &commands, &json!([song])).await;
    let mut gateway = rest.identify().await;
    while let Some(Ok(message)) = gateway.next().await {
        let event: Value = serde_json::from_slice(&message.into_data()).unwrap_or_default();
        if field(&event, "/t") == "INTERACTION_CREATE" {
            let rest = rest.clone();
            tokio::spawn(async move { rest.answer(&event).await });
        }
    }
}

impl Rest {
    async fn send(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.client.request(method, format!("{}/api/v10{path}", self.url));
        let request = request.header("authorization", format!("Bot {}", self.token));
        let response = request.json(body).send().await.expect("a response");
        response.json().await.unwrap_or_default()
    }

    async fn identify(&self) -> WebSocketStream<TcpStream> {
        let address = self.url.trim_start_matches("http://");
        let socket = TcpStream::connect(address).await.expect("a connection");
        socket.set_nodelay(true).expect("a socket");
        let (mut gateway, _) =
            client_async(format!("ws://{address}/"), socket).await.expect("a gateway");
        let properties = json!({ "os": "", "browser": "", "device": "" });
        let identify = json!({ "token": self.token, "intents": 0, "properties": properties });
        let identify = json!({ "op": 2, "d": identify }).to_string();
        gateway.send(Message::Text(identify)).await.expect("a gateway");
        gateway
    }

    async fn answer(&self, event: &Value) {
        let [id, token] = ["/d/id", "/d/token"].map(|path| field(event, path));
        let embed = json!({ "title": "In line", "description": "A song" });
        let answer = json!({ "type": 4, "data": { "embeds": [embed] } });
        let path = format!("/interactions/{id}/{token}/callback");
        self.send(Method::POST, &path, &answer).await;
    }
}

/// The text of a field.
fn field<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}
