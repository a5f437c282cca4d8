//! An unchanged serenity on the sandbox understands everything that it receives.

use std::sync::Arc;

use sandbox::{DiscordRules, DiscordSandbox};
use serde_json::json;
use serenity::all::{
    Client, ClientBuilder, CommandOptionType, Context, CreateActionRow, CreateAttachment,
    CreateButton, CreateCommand, CreateCommandOption, CreateEmbed, CreateInputText,
    CreateInteractionResponse, CreateInteractionResponseFollowup, CreateInteractionResponseMessage,
    CreateMessage, CreateModal, EditInteractionResponse, EventHandler, GatewayIntents, Http,
    HttpBuilder, InputTextStyle, Interaction, Ready, UserId,
};
use serenity::async_trait;

struct Handler;

#[async_trait]
impl EventHandler for Handler {
    async fn ready(&self, context: Context, _: Ready) {
        let prompt = CreateCommandOption::new(CommandOptionType::String, "prompt", "What about");
        let song = CreateCommand::new("song").description("A song").add_option(prompt);
        let form = CreateCommand::new("form").description("A form");
        context.http.create_global_commands(&vec![song, form]).await.unwrap();
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        answer(&context.http, interaction).await.unwrap();
    }
}

async fn answer(http: &Arc<Http>, interaction: Interaction) -> serenity::Result<()> {
    match interaction {
        Interaction::Command(command) if command.data.name == "form" => {
            let input = CreateInputText::new(InputTextStyle::Short, "Verse", "verse");
            let modal = CreateModal::new("poem", "A poem")
                .components(vec![CreateActionRow::InputText(input)]);
            command.create_response(http, CreateInteractionResponse::Modal(modal)).await
        }
        Interaction::Command(command) => {
            let thinking = CreateInteractionResponseMessage::new();
            let response = CreateInteractionResponse::Defer(thinking);
            command.create_response(http, response).await?;
            let embed = CreateEmbed::new().title("Rain").field("BPM", "90", true);
            let row = CreateActionRow::Buttons(vec![CreateButton::new("again").label("Again")]);
            let edit = EditInteractionResponse::new().embed(embed).components(vec![row]);
            let message = command.edit_response(http, edit).await?;
            assert_eq!(message.embeds[0].fields[0].value, "90");
            let file = CreateAttachment::bytes("la la la", "song.txt");
            let follow_up = CreateInteractionResponseFollowup::new().content("Done").add_file(file);
            let follow_up = command.create_followup(http, follow_up).await?;
            assert_eq!(follow_up.attachments[0].size, 8);
            assert_eq!(command.get_response(http).await?.id, message.id);
            command.channel_id.send_message(http, CreateMessage::new().content("Bye")).await?;
            Ok(())
        }
        Interaction::Component(click) => {
            assert!(click.message.embeds[0].title.is_some());
            let update = CreateInteractionResponseMessage::new().content("Once more");
            let response = CreateInteractionResponse::UpdateMessage(update);
            click.create_response(http, response).await
        }
        Interaction::Modal(modal) => {
            let message = CreateInteractionResponseMessage::new().content("Thanks").ephemeral(true);
            modal.create_response(http, CreateInteractionResponse::Message(message)).await
        }
        _ => Ok(()),
    }
}

async fn start(discord: &DiscordSandbox, intents: GatewayIntents) -> Client {
    let http =
        HttpBuilder::new(discord.token()).proxy(discord.url()).ratelimiter_disabled(true).build();
    let client = ClientBuilder::new_with_http(http, intents).event_handler(Handler).await.unwrap();
    client.http.set_application_id(discord.application_id().into());
    client
}

#[tokio::test]
async fn serenity_logs_in_and_answers_a_command_a_click_and_a_modal() {
    let discord = DiscordSandbox::start(DiscordRules::default()).await.unwrap();
    let server = discord.add_server("Den");
    let channel = server.add_channel("music");
    let ann = discord.add_person("Ann");
    server.join(&ann);
    let mut client = start(&discord, GatewayIntents::non_privileged()).await;
    let running = tokio::spawn(async move { client.start().await });
    discord.until_ready().await;

    for client in [ann.at(&channel), ann.dm()] {
        let song = client.command("song", &[("prompt", json!("rain"))]).await.unwrap();
        song.answer().await.unwrap();
        let message = song.until("the embed", |message| !message.embeds.is_empty()).await;
        assert_eq!(message.embed().unwrap().field("BPM"), Some("90"));
        client.until_message("the last word", |message| message.content == "Bye").await;
        let file = &song.follow_ups()[0].attachments[0];
        assert_eq!(reqwest::get(&file.url).await.unwrap().text().await.unwrap(), "la la la");

        let click = client.click(message.id, "again").await.unwrap();
        assert_eq!(click.answer().await.unwrap().content, "Once more");

        let form = client.command("form", &[]).await.unwrap();
        let Err(sandbox::NoAnswer::Modal(modal)) = form.answer().await else { panic!("no modal") };
        let sent = client.submit_modal(&modal, &[("verse", "la")]).await.unwrap();
        assert!(sent.answer().await.unwrap().ephemeral());
    }
    running.abort();
    assert_eq!(discord.violations(), Vec::<String>::new());
    assert_eq!(discord.invalid_answers(), Vec::<String>::new());
}

#[tokio::test]
async fn serenity_reads_the_application_and_its_owner() {
    let discord = DiscordSandbox::start(DiscordRules::default()).await.unwrap();
    let client = start(&discord, GatewayIntents::empty()).await;
    let application = client.http.get_current_application_info().await.unwrap();
    assert_eq!(application.owner.unwrap().id, UserId::new(discord.owner().id()));
    let (ann, bob) = (discord.add_person("Ann"), discord.add_person("Bob"));
    discord.set_team(&[(&ann, "admin"), (&bob, "read_only")]);
    let team = client.http.get_current_application_info().await.unwrap().team.unwrap();
    assert_eq!(team.members.len(), 2);
    assert_eq!(team.members[0].user.id, UserId::new(ann.id()));
    assert_eq!(discord.invalid_answers(), Vec::<String>::new());
}
