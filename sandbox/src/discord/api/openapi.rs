//! Bodies against Discord's own description of its API
//! (<https://github.com/discord/discord-api-spec>): those of bots, and the sandbox's own responses.
//! What does not fit is noted, not refused: the description is stricter in places than Discord is.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Map, Value, json};

use crate::discord::api::json::Fields as _;
use crate::lock;

/// Where the description keeps the schemas that others refer to.
const COMPONENTS: &str = "#/components/schemas/";
/// Where it keeps the responses that others refer to.
const RESPONSES: &str = "#/components/responses/";
/// Complaints noted of one body; more would only repeat.
const MOST_COMPLAINTS: usize = 5;

/// The descriptions that were read so far.
static LOADED: LazyLock<Mutex<HashMap<PathBuf, Arc<OpenApi>>>> = LazyLock::new(Mutex::default);

/// Discord's OpenAPI description.
#[derive(Debug)]
pub(crate) struct OpenApi {
    description: Value,
    /// Compiled schemas by method, path and status. `None` where the description has no
    /// JSON or a schema that does not compile.
    compiled: Mutex<HashMap<String, Option<Arc<Validator>>>>,
}

impl OpenApi {
    /// Reads the description, or takes the one that a sandbox of this process has read already: to
    /// compile it takes longer than most tests. A file that is absent or no JSON turns the checks
    /// off.
    pub(crate) fn load(path: &Path) -> Option<Arc<Self>> {
        let mut loaded = lock(&LOADED);
        if let Some(known) = loaded.get(path) {
            return Some(Arc::clone(known));
        }
        let bytes = std::fs::read(path).ok()?;
        let description = serde_json::from_slice(&bytes).ok()?;
        let read = Arc::new(Self { description, compiled: Mutex::default() });
        loaded.insert(path.to_owned(), Arc::clone(&read));
        Some(read)
    }

    /// The errors of a body: a request's, or that of a response with a status. `None` where the
    /// description says nothing.
    pub(crate) fn complaints(
        &self,
        method: &str,
        path: &str,
        status: Option<u16>,
        body: &Value,
    ) -> Option<Vec<String>> {
        let template = self.template(path)?;
        let validator = self.validator(method, template, status)?;
        let mut complaints = Vec::new();
        for error in validator.iter_errors(body) {
            complain(&error, &mut complaints);
        }
        complaints.truncate(MOST_COMPLAINTS);
        let place = |complaint| format!("{method} {template}: {complaint}");
        Some(complaints.into_iter().map(place).collect())
    }

    /// The description's path that a request's path fits, the most literal first.
    fn template(&self, path: &str) -> Option<&str> {
        let asked = path.split('/').collect::<Vec<_>>();
        let is_variable = |segment: &&str| segment.starts_with('{');
        let fits = |template: &&str| {
            let segments = template.split('/').collect::<Vec<_>>();
            segments.len() == asked.len()
                && segments.iter().zip(&asked).all(|(is, asked)| is_variable(is) || is == asked)
        };
        let known = self.description.at("paths").as_object()?.keys().map(String::as_str);
        known.filter(fits).min_by_key(|template| template.split('/').filter(is_variable).count())
    }

    fn validator(
        &self,
        method: &str,
        template: &str,
        status: Option<u16>,
    ) -> Option<Arc<Validator>> {
        let mut compiled = lock(&self.compiled);
        let known = compiled.entry(format!("{method} {template} {status:?}"));
        known.or_insert_with(|| self.compile(&method.to_lowercase(), template, status)).clone()
    }

    fn compile(&self, method: &str, template: &str, status: Option<u16>) -> Option<Arc<Validator>> {
        let operation = self.description.at("paths").at(template).at(method);
        let described = match status {
            None => operation.at("requestBody"),
            Some(status) => self.described_answer(operation, status),
        };
        let schema = described.at("content").get("application/json")?.get("schema")?;
        let mut needed = Map::new();
        self.collect(schema, &mut needed);
        let whole = json!({ "allOf": [schema], "components": { "schemas": needed } });
        let options = jsonschema::options().with_draft(Draft::Draft202012);
        options.build(&whole).ok().map(Arc::new)
    }

    /// The description of answers with a status, or with any status of its hundred.
    fn described_answer<'a>(&'a self, operation: &'a Value, status: u16) -> &'a Value {
        let answers = operation.at("responses");
        let exact = answers.get(status.to_string());
        let found = exact.unwrap_or_else(|| answers.at(&format!("{}XX", status / 100)));
        let name = found.at("$ref").as_str().and_then(|name| name.strip_prefix(RESPONSES));
        name.map_or(found, |name| self.description.at("components").at("responses").at(name))
    }

    /// Collects the schemas that a schema refers to, and those that they refer to.
    fn collect(&self, schema: &Value, needed: &mut Map<String, Value>) {
        match schema {
            Value::Object(fields) => {
                let name = fields.get("$ref").and_then(Value::as_str);
                if let Some(name) = name.and_then(|name| name.strip_prefix(COMPONENTS))
                    && !needed.contains_key(name)
                {
                    let found = self.description.at("components").at("schemas").at(name);
                    needed.insert(name.to_owned(), found.clone());
                    self.collect(found, needed);
                }
                fields.values().for_each(|value| self.collect(value, needed));
            }
            Value::Array(items) => items.iter().for_each(|value| self.collect(value, needed)),
            _ => {}
        }
    }
}

/// Puts an error into words; of alternatives the one that fits best is complained of.
fn complain(error: &ValidationError<'_>, complaints: &mut Vec<String>) {
    let alternatives = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context.as_slice()
        }
        _ => &[],
    };
    // The number in `type` tells which alternative was meant, and null was not where there is
    // something.
    let here = error.instance_path().as_str();
    let unfitness = |errors: &Vec<ValidationError<'_>>| {
        let mut places = errors.iter().map(|error| error.instance_path().as_str());
        let other = places.any(|place| place == here || place.ends_with("/type"));
        (other, errors.len())
    };
    let Some(best) = alternatives.iter().min_by_key(|errors| unfitness(errors)) else {
        if !is_oddity(here, error.instance()) {
            complaints.push(format!("{} at {here:?}", error.masked()));
        }
        return;
    };
    for error in best {
        complain(error, complaints);
    }
}

/// Whether the description is known to be wrong about a place: permissions are bits in a string
/// (<https://docs.discord.com/developers/topics/permissions>), not a number, and an id may be a number
/// (<https://docs.discord.com/developers/reference#snowflakes>), not a string only; and
/// the codes of a form's breaches are words (<https://docs.discord.com/developers/reference#error-messages>).
fn is_oddity(place: &str, value: &Value) -> bool {
    let mut keys = place.rsplit('/').filter(|key| key.parse::<usize>().is_err());
    let key = keys.next().unwrap_or_default();
    let names_ids = |key: &str| key == "id" || key.ends_with("_id") || key.ends_with("_ids");
    place.starts_with("/errors/")
        || key == "default_member_permissions"
        || (value.is_u64() && names_ids(key))
}
