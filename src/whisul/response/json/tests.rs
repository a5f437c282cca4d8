use proptest::prelude::*;
use serde_json::json;

use super::{
    reader::{ELEMENTS_MAX, TEXT_MAX},
    *,
};

/// What is read of a body; nothing where it is no object.
fn members(body: &[u8]) -> Value {
    read(body).map_or(Value::Null, |object| object.members.into())
}

fn is_whole(body: &str) -> bool {
    read(body.as_bytes()).unwrap().whole
}

#[test]
fn what_is_nearly_json_is_read() {
    let utf16 = |text: &str, mark: &[u8], bytes: fn(u16) -> [u8; 2]| {
        let units = text.encode_utf16().flat_map(bytes);
        mark.iter().copied().chain(units).collect::<Vec<u8>>()
    };
    let text = "{\"status\": \"Größe 🎵\"}";
    let status = json!({"status": "Größe 🎵"});
    for body in [
        text.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        [b"\0 \r\n", text.as_bytes(), b"\0\0 <!-- 12 ms -->"].concat(),
        utf16(text, b"\xff\xfe", u16::to_le_bytes),
        utf16(text, b"\xfe\xff", u16::to_be_bytes),
        utf16(text, b"", u16::to_le_bytes),
        utf16(text, b"", u16::to_be_bytes),
        b"{'status': 'Gr\\u00f6\\u00DFe \\ud83c\\udfb5',}".to_vec(),
        b"{status: \"Gr\\u00f6\\u00dfe \\uD83C\\uDFB5\"}".to_vec(),
    ] {
        assert_eq!(members(&body), status, "{}", String::from_utf8_lossy(&body));
    }
}

#[test]
fn what_is_no_value_spoils_nothing_else() {
    for (nothing, value) in [
        ("NaN", json!(null)),
        ("-Infinity", json!(null)),
        ("Infinity", json!(null)),
        ("1e999", json!(null)),
        ("-1e999", json!(null)),
        ("undefined", json!(null)),
        ("None", json!(null)),
        ("", json!(null)),
        ("1.2.3", json!(null)),
        ("True", json!(true)),
        ("+140", json!(140)),
        ("0140", json!(140)),
        (".5", json!(0.5)),
        ("-0.5e1", json!(-5.0)),
        ("18446744073709551615", json!(u64::MAX)),
        ("184467440737095516150", json!("184467440737095516150")),
    ] {
        let object = read(format!("{{\"bpm\": {nothing}, \"title\": \"Rain\"}}").as_bytes());
        let object = object.unwrap();
        assert_eq!(object.get("bpm"), &value, "{nothing}");
        // Where nothing stands at all, nobody can tell what follows.
        let title = if nothing.is_empty() { json!(null) } else { json!("Rain") };
        assert_eq!(object.get("title"), &title, "{nothing}");
    }
}

#[test]
fn a_broken_character_spoils_no_more_than_itself() {
    for (text, read) in [
        (b"R\xFFin".as_slice(), "R\u{FFFD}in"),
        (b"\\ud83c", "\u{FFFD}"),
        (b"\\udfb5!", "\u{FFFD}!"),
        (b"\\ud83c\\ud83c\\udfb5", "\u{FFFD}🎵"),
        (b"\\ud83c\\u0041", "\u{FFFD}A"),
        (b"\\ud83c\\n", "\u{FFFD}\n"),
        (b"\\uzzzz", "\u{FFFD}zzzz"),
        (b"\\u12", "\u{FFFD}12"),
        (b"a\nb\tc\0d\x1b", "a\nb\tc\0d\u{1b}"),
        (b"\\q\\/\\'", "q/'"),
        (b"\\b\\f\\n\\r\\t", "\u{8}\u{c}\n\r\t"),
        (b"\\\xC3\xA9", "\u{FFFD}\u{FFFD}"),
    ] {
        let body = [b"{\"title\": \"", text, b"\", \"bpm\": 90}"].concat();
        assert_eq!(members(&body), json!({"title": read, "bpm": 90}), "{read}");
    }
}

#[test]
fn names_are_compared_by_their_letters_and_the_last_of_two_values_counts() {
    let body = read(b"{\"jobId\": 1, \"JOB-ID\": 2, \"job_id\": null, \"\\u0073tatus\": 3}");
    let body = body.unwrap();
    assert_eq!((body.get("job_id"), body.get("status")), (&json!(2), &json!(3)));
}

#[test]
fn of_a_cut_body_what_is_whole_is_read() {
    let body =
        "{\"status\": \"running\", \"x\": [{}], \"result\": {\"bpm\": 90, \"tags\": [\"a\", \"b";
    assert_eq!(
        members(body.as_bytes()),
        json!({"status": "running", "result": {"bpm": 90, "tags": ["a"]}})
    );
    assert!(!is_whole(body));
    assert!(is_whole("{\"status\": \"running\", \"x\": [{\"y\": \"]}\"}]} and more"));
    for cut in ["{", "{\"bpm\"", "{\"bpm\": 9", "{\"bpm\": tru", "{\"bpm\": \"", "{\"bpm\": \"\\"] {
        assert_eq!(members(cut.as_bytes()), json!({}), "{cut}");
        assert!(!is_whole(cut), "{cut}");
    }
    // What stops making sense is as good as cut.
    assert_eq!(members(b"{\"bpm\": 90, \"title\" <html> \"tags\": \"a\"}"), json!({"bpm": 90}));
    for body in ["", "null", "[]", "\"{}\"", "<html>{}", "status: running"] {
        assert_eq!(members(body.as_bytes()), json!(null), "{body}");
    }
}

#[test]
fn an_object_at_the_end_of_a_body_is_read() {
    let at_end = |body: &str| read_end(body.as_bytes()).map(|object| object.members.into());
    for body in [
        "Warning: old version\n{\"id\": 7}",
        ")]}',\n{\"id\": 7} \r\n",
        "[{\"id\": 7}]",
        "answer({\"id\": 7});",
        "\"{\\\"id\\\": 7}\"",
        "{\"id\": 7}",
    ] {
        assert_eq!(at_end(body), Some(json!({"id": 7})), "{body}");
    }
    for body in [
        "<script>{\"id\": 7}</script>",
        "Warning: {old}\n{\"id\": 7}",
        "Warning: old version\n{\"id\": 7",
        "\"no object\"",
        "[7]",
        "",
    ] {
        assert_eq!(at_end(body), None, "{body}");
    }
}

#[test]
fn however_deep_or_wide_a_body_is_little_is_kept() {
    let deep = "[".repeat(500_000);
    let ended = format!("{{\"x\": {deep}{}, \"status\": \"running\"}}", "]".repeat(500_000));
    assert_eq!(members(ended.as_bytes()), json!({"status": "running"}));
    let nested = format!("{{\"result\": {}", "{\"result\": ".repeat(100_000));
    assert!(members(nested.as_bytes()).is_object());
    let lists = members(b"{\"tags\": [[[\"kept\"], [[\"too deep\"]]]]}");
    assert_eq!(lists, json!({"tags": [[["kept"], []]]}));
    let wide = format!("{{\"tags\": [{}], \"bpm\": 1}}", "1,".repeat(500_000));
    let read = read(wide.as_bytes()).unwrap();
    assert_eq!(read.get("tags").as_array().unwrap().len(), ELEMENTS_MAX);
    assert_eq!(read.get("bpm"), &json!(1));
    let long = format!("{{\"title\": \"{}\"}}", "é".repeat(500_000));
    assert!(members(long.as_bytes())["title"].as_str().unwrap().len() <= TEXT_MAX + 2);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let names = "result|status|title|tags|error|x|[a-z]{1,3}";
    leaf.prop_recursive(6, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::hash_map(names, inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn valid_json_means_what_it_says(value in any_json(), pretty: bool) {
        let text = if pretty { format!("{value:#}") } else { value.to_string() };
        properties::json(text.as_bytes());
    }

    #[test]
    fn any_part_of_valid_json_is_read(value in any_json(), part: prop::sample::Index) {
        let text = json!({"status": "running", "result": value}).to_string();
        let length = part.index(text.len());
        if let Some(object) = read(&text.as_bytes()[..length]) {
            prop_assert!(!object.whole);
            let status = object.get("status");
            prop_assert!(status.is_null() || status == "running");
        }
    }

    #[test]
    fn any_bytes_are_read_or_not(bytes: Vec<u8>, begin in "\\{\"(status|result)\": ?[\"\\[{0-9a-z]?") {
        properties::json(&[begin.as_bytes(), &bytes].concat());
    }
}
