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

/// Code up to the bracket that ends it; brackets in literals are none.
fn up_to_the_bracket(code: &str) -> &str {
    let (mut depth, mut is_text, mut is_escaped) = (1, false, false);
    let end = code.find(|c| {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => is_text = !is_text,
            '(' if !is_text => depth += 1,
            ')' if !is_text => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    code.split_at(end.expect("a bracket at the end")).0
}

/// What is between the brackets of each call that begins with `opener`, such as `warn!(`.
pub(crate) fn arguments<'code>(code: &'code str, opener: &str) -> Vec<&'code str> {
    code.split(opener).skip(1).map(up_to_the_bracket).collect()
}

#[test]
fn arguments_end_at_their_own_bracket() {
    let code = "warn!(%error, \"a ) \\\" b\"); f(warn!(g(1)))";
    assert_eq!(arguments(code, "warn!("), ["%error, \"a ) \\\" b\"", "g(1)"]);
}

#[test]
fn literals_are_read_with_escapes_and_line_breaks() {
    let code = "a(\"one \\\n   two\", '\"', \"say \\\"three\\\"\");";
    assert_eq!(literals(code), ["one two", "say \"three\""]);
    assert_eq!(code_of("// \"no\"\nx\n#[cfg(test)]\nmod tests {\n\"no\""), "x");
}
