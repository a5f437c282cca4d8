//! Request bodies against Discord's own description of its API
//! (<https://github.com/discord/discord-api-spec>). What does not fit is noted, not refused: the
//! description is stricter in places than Discord is.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Map, Value, json};

use super::hub::Hub;
use super::json::Fields as _;
use crate::lock;

/// Where the description keeps the schemas that others refer to.
const COMPONENTS: &str = "#/components/schemas/";
/// Complaints noted of one body; more would only repeat.
const MOST_COMPLAINTS: usize = 5;

/// Discord's OpenAPI description.
#[derive(Debug)]
pub(super) struct OpenApi {
    description: Value,
    /// What was compiled so far, by method and path of the description; `None` where an operation
    /// takes no JSON or its schema does not compile.
    compiled: Mutex<HashMap<String, Option<Arc<Validator>>>>,
}

impl OpenApi {
    /// Reads the description; a file that is absent or no JSON turns the checks off.
    pub(super) fn load(path: &Path) -> Option<Self> {
        let bytes = std::fs::read(path).ok()?;
        let description = serde_json::from_slice(&bytes).ok()?;
        Some(Self { description, compiled: Mutex::default() })
    }

    /// Checks a body and notes the outcome.
    pub(super) fn check(&self, hub: &Hub, method: &str, path: &str, body: &Value) {
        let path = path.trim_start_matches("/api/v10");
        let Some(template) = self.template(path) else { return };
        let Some(validator) = self.validator(method, template) else { return };
        let mut complaints = Vec::new();
        for error in validator.iter_errors(body) {
            complain(&error, &mut complaints);
        }
        hub.change(|world| {
            world.checked_bodies += 1;
            let noted = complaints.into_iter().take(MOST_COMPLAINTS);
            let noted = noted.map(|complaint| format!("{method} {template}: {complaint}"));
            world.violations.extend(noted);
        });
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

    fn validator(&self, method: &str, template: &str) -> Option<Arc<Validator>> {
        let mut compiled = lock(&self.compiled);
        let known = compiled.entry(format!("{method} {template}"));
        known.or_insert_with(|| self.compile(&method.to_lowercase(), template)).clone()
    }

    fn compile(&self, method: &str, template: &str) -> Option<Arc<Validator>> {
        let operation = self.description.at("paths").at(template).at(method);
        let content = operation.at("requestBody").at("content");
        let schema = content.get("application/json")?.get("schema")?;
        let mut needed = Map::new();
        self.collect(schema, &mut needed);
        let whole = json!({ "allOf": [schema], "components": { "schemas": needed } });
        let options = jsonschema::options().with_draft(Draft::Draft202012);
        options.build(&whole).ok().map(Arc::new)
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
    // The number in `type` tells which alternative was meant.
    let unfitness = |errors: &Vec<ValidationError<'_>>| {
        let mut places = errors.iter().map(|error| error.instance_path().as_str());
        (places.any(|place| place.ends_with("/type")), errors.len())
    };
    let Some(best) = alternatives.iter().min_by_key(|errors| unfitness(errors)) else {
        let place = error.instance_path().as_str();
        complaints.push(format!("{} at {place:?}", error.masked()));
        return;
    };
    for error in best {
        complain(error, complaints);
    }
}
