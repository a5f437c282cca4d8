//! A person's songs as a message, page by page.

use serenity::builder::{CreateActionRow, CreateButton, CreateEmbed, CreateEmbedFooter};

use super::{
    Links,
    links::message_link,
    markdown::{escaped, link_text},
    text as say,
};
use crate::{
    discord_api::Message,
    domain::{Action, Job, SEARCH_MAX, Search, State},
};

/// How many songs a page has.
const PAGE: usize = 8;

/// How much room each text of a line is given, in UTF-16 code units: so `PAGE` lines stay below
/// the 4096 of an embed's description (Discord docs, Message Resource > Embed Limits).
const TITLE_ROOM: usize = 60;
const LINK_ROOM: usize = 200;
const PROMPT_ROOM: usize = 80;

const COLOUR: u32 = 0x5B_6E_F5;

/// One page of somebody's songs (the latest first), of which only those that fit the search are
/// shown. A page that is not there is the last one.
pub fn listing(songs: &[Job], search: &Search, page: u32, links: &Links) -> Message {
    let found: Vec<&Job> = songs.iter().filter(|job| search.fits_job(job)).collect();
    let words = escaped(search.as_str(), SEARCH_MAX * 4);
    if found.is_empty() {
        let sentence =
            if songs.is_empty() { say::NO_SONGS.to_owned() } else { say::none_found(&words) };
        return Message::text(sentence).ephemeral();
    }
    let last = found.len().div_ceil(PAGE) - 1;
    let page = usize::try_from(page).unwrap_or(usize::MAX).min(last);
    let shown: Vec<String> =
        found.iter().skip(page * PAGE).take(PAGE).map(|job| line(job, links)).collect();
    let title = if words.is_empty() { say::YOUR_SONGS.to_owned() } else { say::songs_with(&words) };
    let embed = CreateEmbed::new()
        .title(title)
        .colour(COLOUR)
        .description(shown.join("\n"))
        .footer(CreateEmbedFooter::new(say::page(page + 1, last + 1, found.len())));
    let rows = if last == 0 { Vec::new() } else { vec![buttons(page, last, search)] };
    Message::embed(embed, rows).ephemeral()
}

/// One song: its title, when it was asked for, its message, and what it was asked for with.
fn line(job: &Job, links: &Links) -> String {
    let State::Completed { song, .. } = &job.state else { return String::new() };
    let title = link_text(song.title.as_deref().unwrap_or_default(), TITLE_ROOM);
    let title = if title.is_empty() { say::UNTITLED } else { &title };
    let link = song.song_url.as_deref().and_then(|link| links.inline(link, LINK_ROOM));
    let title = link.map_or_else(|| title.to_owned(), |link| format!("[{title}]({link})"));
    let prompt = escaped(job.prompt.as_str(), PROMPT_ROOM);
    let about = say::song_in_list(&title, job.id.created_at(), message_link(job).as_deref());
    format!("{about}\n> {prompt}")
}

fn buttons(page: usize, last: usize, search: &Search) -> CreateActionRow {
    let to = |page: usize| {
        let page = u32::try_from(page).unwrap_or(u32::MAX);
        CreateButton::new(Action::Songs { page, search: search.clone() }.custom_id())
    };
    // What leads nowhere needs a name of its own all the same.
    let previous =
        to(page.checked_sub(1).unwrap_or(last + 1)).label(say::PREVIOUS).disabled(page == 0);
    let next = to(page + 1).label(say::NEXT).disabled(page == last);
    CreateActionRow::Buttons(vec![previous, next])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use serde_json::Value;
    use url::Url;

    use super::*;
    use crate::domain::{
        ChannelId, GuildId, JobId, MessageId, Song, UserId, fixtures, fixtures::prompt,
    };

    fn job(id: u64, text: &str, title: String, song_url: String) -> Job {
        let song = Song { title: Some(title), song_url: Some(song_url), ..Song::default() };
        let state = State::Completed { song, took: Duration::from_secs(9) };
        let message = Some(MessageId(u64::MAX));
        let mut job = fixtures::job(JobId(id << 32), UserId(1));
        (job.place.guild, job.place.channel) = (Some(GuildId(u64::MAX)), ChannelId(u64::MAX));
        Job { prompt: prompt(text), state, message, ..job }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Whatever the songs are called and whichever page a button names.
        #[test]
        fn every_page_fits_and_its_buttons_differ(
            texts in prop::collection::vec(("\\PC{0,200}", "[*@\\[\\])(a]{0,100}", 0..400_usize), 1..30),
            search in any::<String>(),
            page in any::<u32>(),
        ) {
            let links = Links::of(&Url::parse("https://whisul.com/api").unwrap());
            let link = |length: usize| format!("https://a.example/{}", "(".repeat(length));
            let songs: Vec<Job> = texts.iter().zip(1..)
                .map(|((prompt, title, length), id)| job(id, prompt, title.clone(), link(*length)))
                .collect();
            for search in [Search::default(), Search::new(&search)] {
                let message = listing(&songs, &search, page, &links);
                let json = serde_json::to_value(&message).unwrap();
                let units = |value: &Value| value.as_str().map_or(0, |it| it.encode_utf16().count());
                prop_assert!(units(&json["content"]) <= 2000);
                prop_assert!(units(&json["embeds"][0]["title"]) <= 256);
                prop_assert!(units(&json["embeds"][0]["description"]) <= 4096);
                let buttons = &json["components"][0]["components"];
                let ids = [&buttons[0]["custom_id"], &buttons[1]["custom_id"]];
                if let [Value::String(one), Value::String(other)] = ids {
                    prop_assert_ne!(one, other);
                    prop_assert!(units(ids[0]).max(units(ids[1])) <= 100);
                }
            }
        }
    }
}
