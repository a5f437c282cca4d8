//! String literals in Rust source, read well enough for the tests here.

/// The code of a file without its comments and its module of tests.
pub(crate) fn code_of(source: &str) -> String {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The plain string literals in code, with escaped line breaks joined.
pub(crate) fn literals(code: &str) -> Vec<String> {
    let code = code.replace("'\"'", "").replace("'\\\"'", "");
    let mut found = Vec::new();
    let mut characters = code.chars().peekable();
    while characters.by_ref().any(|c| c == '"') {
        let mut literal = String::new();
        while let Some(c) = characters.next().filter(|c| *c != '"') {
            match (c, characters.peek()) {
                ('\\', Some('\n')) => while characters.next_if(|c| c.is_whitespace()).is_some() {},
                ('\\', _) => literal.extend(characters.next()),
                _ => literal.push(c),
            }
        }
        found.push(literal);
    }
    found
}

#[test]
fn literals_are_read_with_escapes_and_line_breaks() {
    let code = "a(\"one \\\n   two\", '\"', \"say \\\"three\\\"\");";
    assert_eq!(literals(code), ["one two", "say \"three\""]);
    assert_eq!(code_of("// \"no\"\nx\n#[cfg(test)]\nmod tests {\n\"no\""), "x");
}
