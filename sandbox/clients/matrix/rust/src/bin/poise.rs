//! A bot on serenity with poise that knows nothing of the sandbox but its address.

use std::env::var;

use futures_util::future::try_join_all;
use poise::serenity_prelude as serenity;
use serenity::{
    ButtonStyle, CreateActionRow, CreateAttachment, CreateButton, CreateEmbed,
    CreateInteractionResponse, CreateInteractionResponseFollowup, CreateInteractionResponseMessage,
    CreateMessage, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption,
    EditInteractionResponse, FullEvent, GatewayIntents, Interaction,
};

type Error = Box<dyn std::error::Error + Send + Sync>;
type Context<'a> = poise::ApplicationContext<'a, (), Error>;

async fn suggest(
    _: poise::Context<'_, (), Error>,
    typed: &str,
) -> serenity::CreateAutocompleteResponse {
    let prompt = format!("{typed} on tin");
    serenity::CreateAutocompleteResponse::new().add_string_choice(prompt.clone(), prompt)
}

/// A song from a prompt
#[poise::command(slash_command)]
async fn song(
    context: Context<'_>,
    #[description = "What it is about"]
    #[autocomplete = "suggest"]
    prompt: String,
) -> Result<(), Error> {
    let (http, interaction) = (context.serenity_context(), context.interaction);
    interaction.defer(http).await?;
    let again = CreateButton::new("again").label("Again").style(ButtonStyle::Primary);
    let options = vec![
        CreateSelectMenuOption::new("Calm", "calm"),
        CreateSelectMenuOption::new("Wild", "wild"),
    ];
    let mood = CreateSelectMenu::new("mood", CreateSelectMenuKind::String { options });
    let rows = vec![CreateActionRow::Buttons(vec![again]), CreateActionRow::SelectMenu(mood)];
    let edit = EditInteractionResponse::new().content(format!("Composing {prompt}")).components(rows);
    interaction.edit_response(http, edit).await?;
    let file = CreateAttachment::bytes(prompt.as_bytes(), "song.txt");
    let done = CreateInteractionResponseFollowup::new().content("Done").add_file(file).ephemeral(true);
    interaction.create_followup(http, done).await?;
    let embed = CreateEmbed::new()
        .title(prompt)
        .field("BPM", "90", true)
        .timestamp(serenity::Timestamp::now());
    interaction.channel_id.send_message(http, CreateMessage::new().embed(embed)).await?;
    Ok(())
}

/// A form for a verse.
#[derive(poise::Modal)]
#[name = "A verse"]
struct Verse {
    #[name = "Line"]
    line: String,
}

/// A verse of your own
#[poise::command(slash_command)]
async fn verse(context: Context<'_>) -> Result<(), Error> {
    if let Some(sent) = poise::Modal::execute(context).await? {
        let Verse { line } = sent;
        context.say(format!("Verse: {line}")).await?;
    }
    Ok(())
}

/// Many notes at once
#[poise::command(slash_command)]
async fn burst(context: Context<'_>) -> Result<(), Error> {
    context.defer().await?;
    try_join_all((1..=8).map(|note| patient(context, format!("Note {note}")))).await?;
    context.say("Burst over").await?;
    Ok(())
}

/// Sends a message and waits out a 429, as a proxy does for serenity without its own rate limiter.
async fn patient(context: Context<'_>, text: String) -> Result<(), serenity::Error> {
    loop {
        match context.channel_id().say(context, &text).await {
            Err(serenity::Error::Http(serenity::HttpError::UnsuccessfulRequest(refused)))
                if refused.status_code == serenity::StatusCode::TOO_MANY_REQUESTS =>
            {
                tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            }
            sent => return sent.map(drop),
        }
    }
}

#[poise::command(context_menu_command = "Sing this")]
async fn sing_this(context: Context<'_>, message: serenity::Message) -> Result<(), Error> {
    context.say(format!("Singing {}", message.content)).await?;
    Ok(())
}

#[poise::command(context_menu_command = "Sing for")]
async fn sing_for(context: Context<'_>, user: serenity::User) -> Result<(), Error> {
    context.say(format!("For {}", user.name)).await?;
    Ok(())
}

/// Answers buttons and menus.
async fn listen(
    framework: poise::FrameworkContext<'_, (), Error>,
    event: &FullEvent,
) -> Result<(), Error> {
    let FullEvent::InteractionCreate { interaction: Interaction::Component(clicked) } = event else {
        return Ok(());
    };
    let message = CreateInteractionResponseMessage::new();
    let response = match &clicked.data.kind {
        serenity::ComponentInteractionDataKind::StringSelect { values } => {
            let message = message.content(format!("Mood: {}", values[0])).ephemeral(true);
            CreateInteractionResponse::Message(message)
        }
        _ => {
            let message = message.content("Once more").components(Vec::new());
            CreateInteractionResponse::UpdateMessage(message)
        }
    };
    clicked.create_response(framework.serenity_context, response).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let (url, token) = (var("DISCORD_API_URL")?, var("DISCORD_TOKEN")?);
    let commands = vec![song(), verse(), burst(), sing_this(), sing_for()];
    let framework = poise::Framework::builder()
        .options(poise::FrameworkOptions {
            commands,
            event_handler: |context, event| Box::pin(listen(context, event)),
            ..Default::default()
        })
        .setup(|context, _, framework| {
            Box::pin(async move {
                poise::builtins::register_globally(context, &framework.options().commands).await?;
                Ok(())
            })
        })
        .build();
    // serenity uses the address only without its own rate limiter.
    let http = serenity::HttpBuilder::new(&token).proxy(url).ratelimiter_disabled(true).build();
    let intents = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES;
    let mut client =
        serenity::ClientBuilder::new_with_http(http, intents).framework(framework).await?;
    client.start().await?;
    Ok(())
}
