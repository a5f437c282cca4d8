//! A bot on twilight that knows nothing of the sandbox but its address.
#![expect(deprecated, reason = "builders and rows with labels as most bots still use them")]

use std::env::var;
use std::sync::Arc;

use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use twilight_gateway::{ConfigBuilder, Event, EventTypeFlags, Intents, Shard, ShardId, StreamExt as _};
use twilight_http::Client;
use twilight_http::client::InteractionClient;
use twilight_model::application::command::{CommandOptionChoice, CommandOptionChoiceValue, CommandType};
use twilight_model::application::interaction::application_command::CommandOptionValue;
use twilight_model::application::interaction::modal::ModalInteractionComponent;
use twilight_model::application::interaction::{Interaction, InteractionData, InteractionType};
use twilight_model::channel::message::component::{
    ActionRow, Button, ButtonStyle, Component, ComponentType, SelectMenu, SelectMenuOption,
    SelectMenuType, TextInput, TextInputStyle,
};
use twilight_model::channel::message::MessageFlags;
use twilight_model::http::attachment::Attachment;
use twilight_model::http::interaction::{
    InteractionResponse, InteractionResponseData, InteractionResponseType,
};
use twilight_util::builder::InteractionResponseDataBuilder;
use twilight_util::builder::command::{CommandBuilder, StringBuilder};
use twilight_util::builder::embed::{EmbedBuilder, EmbedFieldBuilder};

#[tokio::main]
async fn main() -> Result<()> {
    let (url, token) = (var("DISCORD_API_URL")?, var("DISCORD_TOKEN")?);
    let authority = url.trim_start_matches("http://").to_owned();
    let http = Client::builder().token(token.clone()).proxy(authority.clone(), true).build();
    let http = Arc::new(http);
    let application = http.current_user_application().await?.model().await?.id;
    register(&http.interaction(application)).await?;

    let intents = Intents::GUILDS | Intents::GUILD_MESSAGES;
    let config = ConfigBuilder::new(token, intents).proxy_url(format!("ws://{authority}")).build();
    let mut shard = Shard::with_config(ShardId::ONE, config);
    while let Some(event) = shard.next_event(EventTypeFlags::all()).await {
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                eprintln!("{error:?}");
                continue;
            }
        };
        if let Event::InteractionCreate(interaction) = event {
            let http = Arc::clone(&http);
            tokio::spawn(async move {
                if let Err(error) = answer(&http, interaction.0).await {
                    eprintln!("{error:?}");
                }
            });
        }
    }
    Ok(())
}

async fn register(client: &InteractionClient<'_>) -> Result<()> {
    let prompt = StringBuilder::new("prompt", "What it is about").required(true).autocomplete(true);
    let slash = |name, description| CommandBuilder::new(name, description, CommandType::ChatInput);
    let commands = [
        slash("song", "A song from a prompt").option(prompt).build(),
        slash("verse", "A verse of your own").build(),
        slash("burst", "Many notes at once").build(),
        CommandBuilder::new("Sing this", "", CommandType::Message).build(),
        CommandBuilder::new("Sing for", "", CommandType::User).build(),
    ];
    client.set_global_commands(&commands).await?;
    Ok(())
}

async fn respond(
    http: &Client,
    interaction: &Interaction,
    kind: InteractionResponseType,
    data: Option<InteractionResponseData>,
) -> Result<()> {
    let response = InteractionResponse { kind, data };
    let client = http.interaction(interaction.application_id);
    client.create_response(interaction.id, &interaction.token, &response).await?;
    Ok(())
}

async fn reply(http: &Client, interaction: &Interaction, text: String, flags: MessageFlags) -> Result<()> {
    let data = InteractionResponseDataBuilder::new().content(text).flags(flags).build();
    respond(http, interaction, InteractionResponseType::ChannelMessageWithSource, Some(data)).await
}

async fn answer(http: &Client, interaction: Interaction) -> Result<()> {
    let none = MessageFlags::empty();
    match interaction.data.as_ref().context("no data")? {
        InteractionData::ApplicationCommand(data)
            if interaction.kind == InteractionType::ApplicationCommandAutocomplete =>
        {
            let CommandOptionValue::Focused(typed, _) = &data.options[0].value else { return Ok(()) };
            let choice = CommandOptionChoice {
                name: format!("{typed} on tin"),
                name_localizations: None,
                value: CommandOptionChoiceValue::String(format!("{typed} on tin")),
            };
            let data = InteractionResponseDataBuilder::new().choices([choice]).build();
            let kind = InteractionResponseType::ApplicationCommandAutocompleteResult;
            respond(http, &interaction, kind, Some(data)).await
        }
        InteractionData::ApplicationCommand(data) => match (data.kind, data.name.as_str()) {
            (CommandType::Message, _) => {
                let message = data.resolved.as_ref().and_then(|it| it.messages.values().next());
                let content = &message.context("no message")?.content;
                reply(http, &interaction, format!("Singing {content}"), none).await
            }
            (CommandType::User, _) => {
                let user = data.resolved.as_ref().and_then(|it| it.users.values().next());
                let name = &user.context("no user")?.name;
                reply(http, &interaction, format!("For {name}"), none).await
            }
            (_, "song") => {
                let CommandOptionValue::String(prompt) = &data.options[0].value else { return Ok(()) };
                song(http, &interaction, prompt).await
            }
            (_, "verse") => verse(http, &interaction).await,
            _ => burst(http, &interaction).await,
        },
        InteractionData::MessageComponent(data) if data.component_type == ComponentType::Button => {
            let data = InteractionResponseDataBuilder::new().content("Once more").components([]).build();
            respond(http, &interaction, InteractionResponseType::UpdateMessage, Some(data)).await
        }
        InteractionData::MessageComponent(data) => {
            reply(http, &interaction, format!("Mood: {}", data.values[0]), MessageFlags::EPHEMERAL).await
        }
        InteractionData::ModalSubmit(data) => {
            let ModalInteractionComponent::ActionRow(row) = &data.components[0] else { return Ok(()) };
            let ModalInteractionComponent::TextInput(line) = &row.components[0] else { return Ok(()) };
            reply(http, &interaction, format!("Verse: {}", line.value), none).await
        }
        _ => Ok(()),
    }
}

fn row(component: Component) -> Component {
    Component::ActionRow(ActionRow { id: None, components: vec![component] })
}

async fn song(http: &Client, interaction: &Interaction, prompt: &str) -> Result<()> {
    let kind = InteractionResponseType::DeferredChannelMessageWithSource;
    respond(http, interaction, kind, None).await?;
    let again = Component::Button(Button {
        id: None,
        custom_id: Some("again".to_owned()),
        disabled: false,
        emoji: None,
        label: Some("Again".to_owned()),
        style: ButtonStyle::Primary,
        url: None,
        sku_id: None,
    });
    let option = |label: &str, value: &str| SelectMenuOption {
        default: false,
        description: None,
        emoji: None,
        label: label.to_owned(),
        value: value.to_owned(),
    };
    let mood = Component::SelectMenu(SelectMenu {
        id: None,
        channel_types: None,
        custom_id: "mood".to_owned(),
        default_values: None,
        disabled: false,
        kind: SelectMenuType::Text,
        max_values: None,
        min_values: None,
        options: Some(vec![option("Calm", "calm"), option("Wild", "wild")]),
        placeholder: None,
        required: None,
    });
    let (client, token) = (http.interaction(interaction.application_id), &interaction.token);
    let content = format!("Composing {prompt}");
    let rows = [row(again), row(mood)];
    client.update_response(token).content(Some(&content)).components(Some(&rows)).await?;
    let file = Attachment::from_bytes("song.txt".to_owned(), prompt.as_bytes().to_vec(), 1);
    let files = [file];
    client
        .create_followup(token)
        .content("Done")
        .attachments(&files)
        .flags(MessageFlags::EPHEMERAL)
        .await?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let embed = EmbedBuilder::new()
        .title(prompt)
        .field(EmbedFieldBuilder::new("BPM", "90"))
        .timestamp(twilight_model::util::Timestamp::from_secs(i64::try_from(now)?)?)
        .build();
    let channel = interaction.channel.as_ref().context("no channel")?.id;
    http.create_message(channel).embeds(&[embed]).await?;
    Ok(())
}

async fn verse(http: &Client, interaction: &Interaction) -> Result<()> {
    let line = Component::TextInput(TextInput {
        id: None,
        custom_id: "line".to_owned(),
        label: Some("Line".to_owned()),
        max_length: None,
        min_length: None,
        placeholder: None,
        required: None,
        style: TextInputStyle::Short,
        value: None,
    });
    let data = InteractionResponseDataBuilder::new()
        .custom_id("verse")
        .title("A verse")
        .components([row(line)])
        .build();
    respond(http, interaction, InteractionResponseType::Modal, Some(data)).await
}

async fn burst(http: &Client, interaction: &Interaction) -> Result<()> {
    let kind = InteractionResponseType::DeferredChannelMessageWithSource;
    respond(http, interaction, kind, None).await?;
    let channel = interaction.channel.as_ref().context("no channel")?.id;
    let notes = (1..=8).map(|note| async move {
        http.create_message(channel).content(&format!("Note {note}")).await
    });
    try_join_all(notes).await?;
    let client = http.interaction(interaction.application_id);
    client.update_response(&interaction.token).content(Some("Burst over")).await?;
    Ok(())
}
