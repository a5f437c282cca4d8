//! Components inside components.

use serde_json::Value;

use crate::discord::api::json::Fields as _;

/// All components of a message, each before those inside it.
pub(crate) fn all(components: &[Value]) -> Vec<&Value> {
    let mut found = Vec::new();
    for component in components {
        found.push(component);
        let inside = component.at("components").as_array();
        found.extend(all(inside.map_or(&[][..], Vec::as_slice)));
        if let Some(accessory) = component.get("accessory") {
            found.push(accessory);
        }
    }
    found
}

/// Gives each attached file that components name (`attachment://NAME`) its place.
pub(crate) fn link_files(part: &mut Value, files: &[(String, Value)]) {
    match part {
        Value::Array(parts) => parts.iter_mut().for_each(|part| link_files(part, files)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|part| link_files(part, files));
            let named = fields.get("url").and_then(Value::as_str);
            let known = named.and_then(|named| files.iter().find(|(name, _)| name == named));
            if let Some((_, file)) = known {
                for (key, from) in [("url", "url"), ("proxy_url", "url"), ("attachment_id", "id")] {
                    fields.insert(key.to_owned(), file.at(from).clone());
                }
            }
            let file = fields.get("file").map(|file| file.at("attachment_id").clone());
            let file = files.iter().find(|(_, known)| Some(known.at("id")) == file.as_ref());
            if let Some((_, file)) = file.cloned().as_ref() {
                fields.insert("name".to_owned(), file.at("filename").clone());
                fields.insert("size".to_owned(), file.at("size").clone());
            }
        }
        _ => {}
    }
}
