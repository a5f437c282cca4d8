//! Looking through one's own songs, and showing one again.

use std::time::Duration;

use sandbox::{ClientRefusal, DiscordRules, Invocation, Message, Person, Plan, Seat, WhisulRules};
use serde_json::json;

use crate::{
    buttons::click,
    world::{World, description, done, is_done, refusal, title},
};

/// A world where songs take no time, and many are made at once.
async fn quick() -> World {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let settings = [("USER_CONCURRENCY", "50"), ("MAX_RUNNING", "50")];
    World::awake(&settings, DiscordRules::default(), rules).await
}

/// Asks for these songs, one after the other, and waits for them all.
async fn sung(world: &World, person: &Person, prompts: &[String]) -> Vec<Message> {
    let mut asked = Vec::new();
    for prompt in prompts {
        let song = world.song(person, prompt).await;
        song.answer().await.expect("an answer at once");
        asked.push(song);
    }
    let mut songs = Vec::new();
    for asked in &asked {
        songs.push(done(asked).await);
    }
    songs
}

async fn songs(seat: &Seat, search: &str) -> Message {
    let options = [("search", json!(search))];
    let options = if search.is_empty() { &[][..] } else { &options[..] };
    let asked = seat.command("songs", options).await.expect("Discord takes the command");
    let answer = asked.answer().await.expect("an answer at once");
    assert!(answer.ephemeral());
    answer
}

async fn show(seat: &Seat, value: &str) -> Invocation {
    seat.command("songs", &[("show", json!(value))]).await.expect("Discord takes the command")
}

/// The prompts on a page, in their order.
fn listed(message: &Message) -> Vec<&str> {
    description(message).lines().filter_map(|line| line.strip_prefix("> ")).collect()
}

fn footer(message: &Message) -> &str {
    message.embed().and_then(|embed| embed.footer.as_deref()).unwrap_or_default()
}

/// The pages after this one, by clicking on.
async fn turn(seat: &Seat, page: &Message, label: &str) -> Message {
    let turned = click(seat, page, label).await.answer().await.expect("an answer at once");
    assert_eq!(turned.id, page.id, "the same message shows the next page");
    turned
}

fn is_disabled(message: &Message, label: &str) -> bool {
    message.button(label).expect("the button").disabled
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_songs_are_leafed_through_page_by_page_even_across_a_restart() {
    let mut world = quick().await;
    let prompts: Vec<String> = (1..=30).map(|number| format!("song number {number}")).collect();
    let sung = sung(&world, &world.ann, &prompts).await;
    let seat = world.ann.at(&world.channel);
    let first = songs(&seat, "").await;
    assert_eq!((title(&first), footer(&first)), ("Your songs", "Page 1 of 4 · 30 songs"));
    assert!(is_disabled(&first, "Previous") && !is_disabled(&first, "Next"));
    let newest: Vec<&str> = prompts.iter().rev().map(String::as_str).collect();
    assert_eq!(listed(&first), newest[..8]);

    // Each with its title, its link, when it was asked for, and where its message is.
    let last = sung.last().unwrap();
    let link = last.embed().unwrap().url.clone().unwrap();
    let message = format!(
        "https://discord.com/channels/{}/{}/{}",
        world.server.id(),
        last.channel_id,
        last.id
    );
    let shown = description(&first).lines().next().unwrap();
    assert!(
        shown.starts_with(&format!("**\u{2068}[{}]({link})\u{2069}** · <t:", title(last))),
        "{shown}"
    );
    assert!(shown.ends_with(&format!(":R> · [message]({message})")), "{shown}");

    let second = turn(&seat, &first, "Next").await;
    assert_eq!(listed(&second), newest[8..16]);
    world.stop_bot().await;
    world.wake_bot().await;
    let third = turn(&seat, &second, "Next").await;
    assert_eq!(listed(&third), newest[16..24]);
    let fourth = turn(&seat, &third, "Next").await;
    assert_eq!(listed(&fourth), newest[24..]);
    assert!(!is_disabled(&fourth, "Previous") && is_disabled(&fourth, "Next"));
    assert_eq!(listed(&turn(&seat, &fourth, "Previous").await), newest[16..24]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sees_only_their_own() {
    let world = quick().await;
    let prompts: Vec<String> = (1..=9).map(|number| format!("Ann's number {number}")).collect();
    sung(&world, &world.ann, &prompts).await;
    let bob = world.bob.at(&world.channel);
    let nothing = songs(&bob, "").await;
    assert!(nothing.content.contains("no finished songs"), "{}", nothing.content);
    // Discord shows nobody else the list, nor lets them use its buttons.
    let page = songs(&world.ann.at(&world.channel), "").await;
    let next = page.button("Next").unwrap().custom_id.unwrap();
    let clicked = bob.click(page.id, &next).await;
    assert!(matches!(clicked, Err(ClientRefusal::UnknownMessage)), "{clicked:?}");
    // Nobody's songs are in the button itself.
    assert_eq!(next, "songs:1:");
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_are_found_by_words_and_signs_are_just_signs() {
    let world = quick().await;
    let result = |title: &str, tags: &[&str]| {
        Plan::song().takes(Duration::ZERO).with("title", json!(title)).with("tags", json!(tags))
    };
    world.whisul.plan("harbour", result("Blue Hour", &["sea shanty", "accordion"]));
    world.whisul.plan("100%", result("Überall", &["techno"]));
    let prompts = ["a calm Harbour morning", "100% energy_boost", "an Evening in harbour lights"];
    sung(&world, &world.ann, &prompts.map(str::to_owned)).await;
    let seat = world.ann.at(&world.channel);
    for (words, found) in [
        ("harbour", &[prompts[2], prompts[0]][..]),
        ("HARBOUR calm", &[prompts[0]]),
        ("accordion evening", &[prompts[2]]),
        ("über", &[r"100% energy\_boost"]),
        ("ÜBERALL", &[r"100% energy\_boost"]),
        ("100%", &[r"100% energy\_boost"]),
        ("y_b", &[r"100% energy\_boost"]),
    ] {
        let page = songs(&seat, words).await;
        assert_eq!(listed(&page), found, "{words}");
        assert!(page.buttons().is_empty());
    }
    for words in ["%", "_", "har%our", "h_rbour", "calm%", "'", "calm evening"] {
        let page = songs(&seat, words).await;
        let hit = words == "%" || words == "_";
        assert_eq!(listed(&page).len(), usize::from(hit), "{words}: {}", page.text());
        assert!(hit || page.content.contains("None of your songs"), "{}", page.content);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_goes_along_from_page_to_page() {
    let world = quick().await;
    let prompts: Vec<String> =
        (1..=20).map(|number| format!("{} {number}", ["sun", "rain: 🌧"][number % 2])).collect();
    sung(&world, &world.ann, &prompts).await;
    let seat = world.ann.at(&world.channel);
    let first = songs(&seat, "RAIN: 🌧").await;
    assert_eq!(footer(&first), "Page 1 of 2 · 10 songs");
    let second = turn(&seat, &first, "Next").await;
    assert_eq!(listed(&second).len(), 2);
    assert!(listed(&second).iter().all(|prompt| prompt.starts_with(r"rain\: 🌧")));
    // The longest of searches still fits its button.
    let words = "🌧".repeat(20);
    assert!(songs(&seat, &words).await.content.contains("None of your songs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_is_shown_again_to_everybody_anywhere() {
    let world = quick().await;
    let prompts = ["a slow waltz".to_owned(), "a fast polka".to_owned()];
    let sung = sung(&world, &world.ann, &prompts).await;
    let elsewhere = world.server.add_channel("elsewhere");
    let seat = world.ann.at(&elsewhere);
    let choices = seat.autocomplete("songs", "show", "").await.unwrap();
    assert_eq!(choices.len(), 2);
    let choices = seat.autocomplete("songs", "show", "waltz").await.unwrap();
    let name = format!("{} · a slow waltz", title(&sung[0]));
    assert_eq!(choices[0]["name"], name.as_str());
    let shown = show(&seat, choices[0]["value"].as_str().unwrap()).await;
    let shown = shown.answer().await.unwrap();
    assert!(is_done(&shown) && !shown.ephemeral());
    assert!(world.bob.at(&elsewhere).message(shown.id).is_some());
    let embed = |message: &Message| message.json()["embeds"].clone();
    assert_eq!(embed(&shown), embed(&sung[0]));
    let again = click(&world.bob.at(&elsewhere), &shown, "Again").await;
    assert!(description(&done(&again).await).contains("a slow waltz"));
    // Nothing was paid for showing it.
    assert_eq!(world.whisul.accepted("a slow waltz"), 2);
}

/// Shows a song again where only its requester may see it, and returns the sentence above it.
async fn shown_to_one(world: &World, seat: &Seat, song: &Invocation) -> String {
    let shown = show(seat, &song.id.to_string()).await.answer().await.expect("an answer at once");
    assert!(is_done(&shown) && shown.ephemeral(), "{}", shown.text());
    let channel = world.discord.seat(world.bob.id(), seat.channel_id());
    assert!(channel.message(shown.id).is_none());
    shown.content
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_song_may_be_asked_for_none_is_shown_to_everybody() {
    let mut world = quick().await;
    let asked = world.song(&world.ann, "a badger waltz").await;
    done(&asked).await;
    let seat = world.ann.at(&world.channel);
    let owner = world.discord.owner().at(&world.channel);
    let admin = async |command: &str, options: &[(&str, serde_json::Value)]| {
        let done = owner.command(&format!("admin {command}"), options).await.unwrap();
        assert!(done.answer().await.unwrap().text().starts_with("Done"), "{command}");
    };
    let (ann, everywhere) =
        (("person", json!(world.ann.id().to_string())), ("everywhere", json!(true)));
    let why = ("reason", json!("noise"));
    for (begin, end, options, told) in [
        (
            "block",
            "unblock",
            vec![ann.clone(), why.clone()],
            "moderators of this server have blocked you",
        ),
        (
            "block",
            "unblock",
            vec![ann, why, everywhere.clone()],
            "this bot's owner has blocked you",
        ),
        ("pause", "resume", vec![], "moderators have paused songs"),
        ("pause", "resume", vec![everywhere], "paused everywhere"),
        (
            "words add",
            "words remove",
            vec![("word", json!("badger"))],
            "a word in it that is blocked",
        ),
        ("words add", "words remove", vec![("word", json!(title_word(&asked)))], "a word in it"),
    ] {
        admin(begin, &options).await;
        let said = shown_to_one(&world, &seat, &asked).await;
        assert!(said.contains(told), "{begin}: {said}");
        admin(end, &options).await;
        let shown = show(&seat, &asked.id.to_string()).await.answer().await.unwrap();
        assert!(!shown.ephemeral() && shown.content.is_empty(), "{}", shown.text());
    }
    // Nor where the bot makes no songs at all.
    world.stop_bot().await;
    world.set("ALLOWED_GUILDS", "345678901234567890");
    world.wake_bot().await;
    let said = shown_to_one(&world, &seat, &asked).await;
    assert!(said.contains("isn't set up for songs in this server"), "{said}");
}

/// The first word of a song's title that is long enough to be one.
fn title_word(song: &Invocation) -> String {
    let message = song.message().unwrap();
    let word = title(&message).split(' ').find(|word| word.len() > 2);
    word.expect("a title").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_fit_one_song_show_it_and_words_that_fit_several_list_them() {
    let world = quick().await;
    let prompts = ["cats in space", "cats at sea", "a slow waltz"].map(str::to_owned);
    let sung = sung(&world, &world.ann, &prompts).await;
    let seat = world.ann.at(&world.channel);
    let name = seat.autocomplete("songs", "show", "sea").await.unwrap()[0]["name"].clone();
    for (typed, song) in
        [("SPACE", 0), ("cats sea", 1), (name.as_str().unwrap(), 1), (" waltz ", 2)]
    {
        let shown = show(&seat, typed).await.answer().await.unwrap();
        assert!(is_done(&shown) && !shown.ephemeral(), "{typed}: {}", shown.text());
        assert_eq!(title(&shown), title(&sung[song]), "{typed}");
    }
    let several = show(&seat, "cats").await.answer().await.unwrap();
    assert!(several.ephemeral());
    assert!(several.content.starts_with("2 of your songs fit that."), "{}", several.content);
    assert_eq!(listed(&several), ["cats at sea", "cats in space"]);
    for typed in ["dogs", "*", "\u{200B}"] {
        let told = refusal(&show(&seat, typed).await).await;
        assert!(told.contains("couldn't find that song among yours"), "{typed}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_is_shown_again_plays_like_the_first_one() {
    let world = crate::files::world().await;
    let song = crate::files::covered(&world.song(&world.ann, "rain").await).await;
    let elsewhere = world.discord.add_server_without_bot("Elsewhere");
    elsewhere.join(&world.ann);
    world.ann.install_app();
    let seats = [world.ann.at(&world.channel), world.ann.at(&elsewhere.add_channel("general"))];
    for seat in &seats {
        let shown = crate::files::covered(&show(seat, "rain").await).await;
        assert_ne!(shown.id, song.id);
        let names = |message: &Message| message.attachments[0].filename.clone();
        assert_eq!(names(&shown), names(&song));
    }
    // To one person alone, too, with the sentence that says why.
    let owner = world.discord.owner().at(&world.channel);
    owner.command("admin pause", &[]).await.unwrap().answer().await.unwrap();
    let shown = crate::files::covered(&show(&seats[0], "rain").await).await;
    assert!(shown.ephemeral() && shown.content.starts_with("Only you can see this"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_that_was_made_up_shows_nothing() {
    let world = quick().await;
    let asked = world.song(&world.bob, "a secret of Bob's").await;
    done(&asked).await;
    world.whisul.plan("failing", Plan::fails(None).takes(Duration::ZERO));
    let failing = world.song(&world.ann, "a failing song").await;
    crate::world::failed(&failing).await;
    let seat = world.ann.at(&world.channel);
    assert!(seat.autocomplete("songs", "show", "").await.unwrap().is_empty());
    for value in [
        asked.id.to_string(),
        failing.id.to_string(),
        u64::MAX.to_string(),
        "0".to_owned(),
        "-1".to_owned(),
        "a secret of Bob's".to_owned(),
        "1 OR 1=1".to_owned(),
    ] {
        let told = refusal(&show(&seat, &value).await).await;
        assert!(told.contains("I couldn't find that song among yours"), "{value}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_titles_and_links_stay_text_in_a_list() {
    let world = quick().await;
    let evil = "](https://evil.example) **b** @everyone <@1> `c` [x](https://evil.example)\n# head";
    let link = format!("{}/a)[evil](https://evil.example", world.whisul.url());
    world.whisul.plan(
        "",
        Plan::song().takes(Duration::ZERO).with("title", json!(evil)).with("song", json!(link)),
    );
    sung(&world, &world.ann, &["> # a *prompt* <@&2>".to_owned()]).await;
    let page = songs(&world.ann.at(&world.channel), "").await;
    let lines: Vec<&str> = description(&page).lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(page.pings.is_empty());
    assert_eq!(lines[1], r"> \> \# a \*prompt\* \<\@&2\>");
    // No bracket ends the title's link but our own.
    let inside = lines[0].strip_prefix("**").unwrap();
    assert!(!inside.contains("](https://evil"), "{inside}");
    assert!(!inside.contains("](http") || inside.matches("](http").count() <= 2, "{inside}");
    let choices = world.ann.at(&world.channel).autocomplete("songs", "show", "").await.unwrap();
    assert!(choices[0]["name"].as_str().unwrap().chars().count() <= 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_songs_are_at_hand_everywhere() {
    let mut world = World::asleep(
        &[("ALLOW_DMS", "false")],
        DiscordRules::default(),
        WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() },
    )
    .await;
    world.set("ALLOWED_GUILDS", &world.server.id().to_string());
    world.wake_bot().await;
    sung(&world, &world.ann, &["a song of here".to_owned()]).await;
    let page = songs(&world.ann.dm(), "").await;
    assert_eq!(listed(&page), ["a song of here"]);
    let elsewhere = world.discord.add_server_without_bot("Elsewhere");
    elsewhere.join(&world.ann);
    world.ann.install_app();
    let page = songs(&world.ann.at(&elsewhere.add_channel("general")), "").await;
    assert_eq!(listed(&page), ["a song of here"]);
}
