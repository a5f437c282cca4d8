//! Components of messages (<https://docs.discord.com/developers/components/reference>): rows of
//! buttons and menus, and where a message's flags ask for "Components V2" its layout.

mod button;
mod emoji;
mod layout;
mod menu;

use std::collections::HashSet;

use serde_json::{Map, Value, json};

pub(super) use menu::{LONGEST_PLACEHOLDER, read_choices};

use crate::discord::api::form::Form;
use crate::discord::api::json::Fields as _;

const MOST_ROWS: usize = 5;
const MOST_BUTTONS: usize = 5;
/// Components of all levels together.
const MOST_COMPONENTS: usize = 40;
/// Characters of all texts of a layout together.
const MOST_CHARACTERS: usize = 4000;
const ROW: i64 = 1;
const BUTTON: i64 = 2;
const STRING_SELECT: i64 = 3;
/// Menus of users, roles, both, and channels.
const OTHER_SELECTS: [i64; 4] = [5, 6, 7, 8];

/// Reads the components of a message as Discord keeps them.
pub(crate) fn read(form: &mut Form<'_>, layout: bool) -> Option<Vec<Value>> {
    let mut tally = Tally::default();
    if !layout {
        return form.list("components", MOST_ROWS, |row| read_row(row, &mut tally));
    }
    let read = form
        .list("components", MOST_COMPONENTS, |part| layout::read(part, &layout::TOP, &mut tally));
    if tally.components > MOST_COMPONENTS {
        let message = format!("Must be {MOST_COMPONENTS} or fewer in length.");
        form.breach("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message);
    }
    if tally.characters > MOST_CHARACTERS {
        let message = format!("Total text size exceeds maximum size of {MOST_CHARACTERS}");
        form.breach("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message);
    }
    read
}

/// Counts over a whole message. Discord numbers its components and wants each `custom_id`
/// once.
#[derive(Default)]
struct Tally {
    components: usize,
    characters: usize,
    next_id: i64,
    custom_ids: HashSet<String>,
}

impl Tally {
    /// Counts a component and tells its id: the bot's own, or the next number.
    fn number(&mut self, form: &mut Form<'_>) -> i64 {
        self.components += 1;
        self.next_id += 1;
        let given = form.integer("id", 0, i32::MAX.into()).filter(|id| *id > 0);
        given.unwrap_or(self.next_id)
    }
}

/// The type of a component, which must be one of these.
pub(super) fn read_type(form: &mut Form<'_>, allowed: &[i64]) -> Option<i64> {
    let kind = form.one_of("type", allowed);
    if kind.is_none() && form.raw("type").is_null() {
        form.missing("type");
    }
    kind
}

fn read_row(form: &mut Form<'_>, tally: &mut Tally) -> Value {
    read_type(form, &[ROW]);
    let id = tally.number(form);
    let inside = form.list("components", MOST_BUTTONS, |component| read_control(component, tally));
    let inside = inside.unwrap_or_default();
    let menus = inside.iter().filter(|component| component.at("type") != BUTTON).count();
    if inside.is_empty() || (menus > 0 && inside.len() > 1) {
        let most = if menus > 0 { 1 } else { MOST_BUTTONS };
        let message = format!("Must be between 1 and {most} in length.");
        form.breach("components", "BASE_TYPE_BAD_LENGTH", message);
    }
    json!({ "type": ROW, "id": id, "components": inside })
}

/// A button or a menu.
fn read_control(form: &mut Form<'_>, tally: &mut Tally) -> Value {
    let [user, role, mentionable, channel] = OTHER_SELECTS;
    let kind = read_type(form, &[BUTTON, STRING_SELECT, user, role, mentionable, channel]);
    let id = tally.number(form);
    let mut component = match kind {
        Some(BUTTON) => button::read(form, tally),
        Some(kind) => menu::read(form, tally, kind),
        None => Map::new(),
    };
    component.insert("type".into(), kind.into());
    component.insert("id".into(), id.into());
    component.into()
}

fn read_custom_id(form: &mut Form<'_>, tally: &mut Tally) -> String {
    let custom_id = form.required_text("custom_id", 100);
    if !custom_id.is_empty() && !tally.custom_ids.insert(custom_id.clone()) {
        let message = "Component custom id cannot be duplicated";
        form.breach("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", message);
    }
    custom_id
}
