//! A bot with one of everything that Discord lets a bot have, so that the page is not only tried with
//! what ours happens to use.

use std::sync::Arc;

use sandbox::DiscordSandbox;
use serenity::all::{
    AutocompleteChoice, ButtonStyle, ClientBuilder, CommandInteraction, CommandOptionType,
    CommandType, ComponentInteractionDataKind, Context, CreateActionRow, CreateAttachment,
    CreateAutocompleteResponse, CreateButton, CreateCommand, CreateCommandOption, CreateEmbed,
    CreateInputText, CreateInteractionResponse, CreateInteractionResponseMessage, CreateModal,
    CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption, EditInteractionResponse,
    EventHandler, GatewayIntents, Http, HttpBuilder, InputTextStyle, Interaction, Permissions,
    Ready,
};
use serenity::async_trait;

struct Showcase;

/// Logs it in, for as long as the test's runtime lives.
pub(crate) async fn start(discord: &DiscordSandbox) {
    let http = HttpBuilder::new(discord.token()).proxy(discord.url());
    let http = http.ratelimiter_disabled(true).build();
    http.set_application_id(discord.application_id().into());
    let client = ClientBuilder::new_with_http(http, GatewayIntents::empty());
    let mut client = client.event_handler(Showcase).await.unwrap();
    tokio::spawn(async move { client.start().await });
}

#[async_trait]
impl EventHandler for Showcase {
    async fn ready(&self, context: Context, _: Ready) {
        context.http.create_global_commands(&commands()).await.unwrap();
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        answer(&context.http, interaction).await.unwrap();
    }
}

fn commands() -> Vec<CreateCommand> {
    let option = |kind, name: &str| CreateCommandOption::new(kind, name, format!("The {name}"));
    let key = option(CommandOptionType::String, "key").required(true);
    let options = vec![
        option(CommandOptionType::String, "word").required(true).set_autocomplete(true),
        key.add_string_choice("A minor", "am").add_string_choice("C major", "c"),
        option(CommandOptionType::Integer, "tempo").min_int_value(40).max_int_value(240),
        option(CommandOptionType::Boolean, "loud"),
        option(CommandOptionType::User, "singer"),
        option(CommandOptionType::Role, "band"),
        option(CommandOptionType::Channel, "stage"),
    ];
    let all = CreateCommand::new("all").description("Every kind of option");
    let menu = option(CommandOptionType::SubCommand, "menu");
    let thoughtful = option(CommandOptionType::SubCommand, "slow");
    let silent = option(CommandOptionType::SubCommand, "silent");
    let show = CreateCommand::new("show").description("Shows something");
    let secret = CreateCommand::new("secret").description("For moderators");
    vec![
        all.set_options(options),
        show.set_options(vec![menu, thoughtful, silent]),
        secret.default_member_permissions(Permissions::MANAGE_GUILD),
        CreateCommand::new("Quote this").kind(CommandType::Message),
    ]
}

async fn answer(http: &Arc<Http>, interaction: Interaction) -> serenity::Result<()> {
    match interaction {
        Interaction::Autocomplete(typing) => {
            let typed = typing.data.autocomplete().map_or("", |focused| focused.value);
            let choice = |ending| AutocompleteChoice::new(format!("{typed}{ending}"), typed);
            let choices = ["ing", "ed"].map(choice).into();
            let choices = CreateAutocompleteResponse::new().set_choices(choices);
            let response = CreateInteractionResponse::Autocomplete(choices);
            typing.create_response(http, response).await
        }
        Interaction::Command(command) => command_answer(http, &command).await,
        Interaction::Component(used) => {
            let text = match &used.data.kind {
                ComponentInteractionDataKind::StringSelect { values } => values.join(", "),
                _ => format!("pressed {}", used.data.custom_id),
            };
            let update = CreateInteractionResponseMessage::new().content(text);
            used.create_response(http, CreateInteractionResponse::UpdateMessage(update)).await
        }
        Interaction::Modal(sent) => {
            let text = format!("Sent: {:?}", sent.data.components);
            let message = CreateInteractionResponseMessage::new().content(text);
            sent.create_response(http, CreateInteractionResponse::Message(message)).await
        }
        _ => Ok(()),
    }
}

async fn command_answer(http: &Arc<Http>, command: &CommandInteraction) -> serenity::Result<()> {
    let message = CreateInteractionResponseMessage::new();
    let options: Vec<_> = command.data.options.iter().map(|it| it.name.as_str()).collect();
    let response = match (command.data.name.as_str(), options.as_slice()) {
        ("show", ["menu"]) => CreateInteractionResponse::Message(everything(message)),
        ("show", ["slow"]) => {
            let thinking = CreateInteractionResponse::Defer(message);
            command.create_response(http, thinking).await?;
            let picture = CreateAttachment::bytes(PICTURE, "dot.png");
            let done = EditInteractionResponse::new().content("No longer thinking");
            command.edit_response(http, done.new_attachment(picture)).await?;
            return Ok(());
        }
        ("show", _) => return Ok(()),
        ("Quote this", _) => {
            let said = command.data.resolved.messages.values().next();
            let said = said.map(|said| said.content.clone()).unwrap_or_default();
            let short = CreateInputText::new(InputTextStyle::Short, "By whom", "whom");
            let long = CreateInputText::new(InputTextStyle::Paragraph, "What", "what").value(said);
            let rows = vec![
                CreateActionRow::InputText(long),
                CreateActionRow::InputText(short.required(false).placeholder("nobody")),
            ];
            CreateInteractionResponse::Modal(CreateModal::new("quote", "A quote").components(rows))
        }
        _ => {
            let text: Vec<_> = command
                .data
                .options
                .iter()
                .map(|it| format!("{}={:?}", it.name, it.value))
                .collect();
            CreateInteractionResponse::Message(message.content(format!("`{}`", text.join(" "))))
        }
    };
    command.create_response(http, response).await
}

/// A message with every part that a message can have.
fn everything(message: CreateInteractionResponseMessage) -> CreateInteractionResponseMessage {
    let embed = CreateEmbed::new().title("A *title*").description("# Big\n-# small\n- one\n- two");
    let embed =
        embed.field("a", "1", true).field("b", "||hidden||", true).field("c", "wide", false);
    let embed = embed.image("https://example.org/far.png").colour(0x11_22_33);
    let button = |name: &str, style| CreateButton::new(name).label(name).style(style);
    let buttons = vec![
        button("one", ButtonStyle::Primary),
        button("two", ButtonStyle::Danger).disabled(true),
        CreateButton::new_link("https://example.org/").label("three"),
    ];
    let options = ["lute", "harp"].map(|it| CreateSelectMenuOption::new(it, it)).into();
    let menu = CreateSelectMenu::new("menu", CreateSelectMenuKind::String { options });
    let rows = vec![CreateActionRow::Buttons(buttons), CreateActionRow::SelectMenu(menu)];
    message.content("**Everything** at once").embed(embed).components(rows)
}

/// One red dot.
const PICTURE: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0,
    0, 0, 144, 119, 83, 222, 0, 0, 0, 12, 73, 68, 65, 84, 120, 156, 99, 248, 207, 192, 0, 0, 3, 1,
    1, 0, 201, 254, 146, 239, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];
