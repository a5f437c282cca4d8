//! Settings as the host of a bot meets them: what is written about them, and what the program says
//! when they are wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;
use whisul_bot::config::{Setting, Settings, TABLE};

/// A new folder in which the program runs, removed with this value.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap())
    }

    fn with(file: &str, content: &str) -> Self {
        let folder = Self::new();
        fs::write(folder.0.path().join(file), content).unwrap();
        folder
    }

    /// Runs the program here with these arguments and variables, and no others.
    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_whisul-bot"))
            .current_dir(self.0.path())
            .args(arguments)
            .env_clear()
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }
}

/// The output of the program that rejects its settings.
fn faults(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(output.stdout, b"");
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn text_of(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn all_errors_in_settings_are_reported_at_once_without_secrets() {
    let variables = [
        ("DISCORD_TOKEN", "s3cr3t token"),
        ("USER_QUOTA", "many"),
        ("POLL_INTERVAL", "1s"),
        ("WHISUL_API_URL", "https://me:s3cr3t@whisul.example"),
        ("ALLOWED_GUILDS", "s3cr3t token"),
    ];
    let told = faults(&Folder::new().run(&[], &variables));
    for name in ["WHISUL_API_KEY"].into_iter().chain(variables.map(|(name, _)| name)) {
        let setting = TABLE.iter().find(|setting| setting.name == name).unwrap();
        assert!(told.contains(&format!("\n  {name}: ")), "{told}");
        assert!(told.contains(&format!("Example: {name}={}\n", setting.example)), "{told}");
    }
    assert!(told.starts_with("The settings have 6 errors:\n"), "{told}");
    assert!(!told.contains("s3cr3t"), "{told}");
}

#[test]
fn the_environment_wins_over_the_file() {
    let folder = Folder::with(".env", "DISCORD_TOKEN=token\nWHISUL_API_KEY=key\nUSER_QUOTA=many\n");
    let told = faults(&folder.run(&[], &[("LOG_FORMAT", "xml")]));
    assert!(told.contains("USER_QUOTA") && told.contains("LOG_FORMAT"), "{told}");
    assert!(!told.contains("DISCORD_TOKEN"), "{told}");
    let told = faults(&folder.run(&[], &[("LOG_FORMAT", "xml"), ("USER_QUOTA", "1/1d")]));
    assert!(!told.contains("USER_QUOTA"), "{told}");
}

#[test]
fn errors_in_the_env_file_name_lines_and_show_no_content() {
    let text = "# a bot\nDISCORD_TOKEN=s3cr3t token\ns3cr3t\nUSER_QUOTA=1\nWHISUL_API_KEY='s3cr3t\n\
        GLOBAL_QOUTA=1/1d\nDISCORD_BOT_TOKEN=s3cr3t\nMAX_RUNNING=1\nMAX_RUNNING=2\n";
    let told = faults(&Folder::with(".env", text).run(&[], &[]));
    for line in [
        "DISCORD_TOKEN: contains white space: copy it again, without what stands around it\n    \
         Found in .env, line 2\n",
        ".env, line 3: expected NAME=value\n",
        "USER_QUOTA: expected COUNT/WINDOW, such as 5/1d, or unlimited; a window is a number and \
         s, m, h, d or w\n    Found in .env, line 4: 1\n    Example: USER_QUOTA=5/1d\n",
        ".env, line 5: the quotation mark after the = is never closed\n    \
         Example: WHISUL_API_KEY='your-whisul-api-key' # in single quotes",
        ".env, line 6: GLOBAL_QOUTA is not a setting; did you mean GLOBAL_QUOTA?\n    \
         Example: GLOBAL_QUOTA=100/1d\n",
        ".env, line 9: MAX_RUNNING has another value in line 8; keep one of them\n    \
         Example: MAX_RUNNING=10\n",
    ] {
        assert!(told.contains(&format!("\n  {line}")), "{line}\n{told}");
    }
    // A key without its closing quote is not also reported as missing.
    assert!(told.starts_with("The settings have 6 errors:\n"), "{told}");
    assert!(!told.contains("s3cr3t") && !told.contains("There is no .env file"), "{told}");
}

#[test]
fn a_missing_env_file_is_mentioned() {
    let folder = Folder::new();
    let told = faults(&folder.run(&[], &[]));
    let place = fs::canonicalize(folder.0.path()).unwrap();
    let sentence = format!("\nThere is no .env file in {}, the folder in which", place.display());
    assert!(told.contains(&sentence) && told.starts_with("The settings have 2 errors"), "{told}");
    fs::write(folder.0.path().join(".env.example"), "").unwrap();
    assert!(faults(&folder.run(&[], &[])).contains("There is .env.example: copy it to .env.\n"));
    // Who sets everything in the environment needs none.
    let set = [("DISCORD_TOKEN", "token"), ("WHISUL_API_KEY", "key"), ("NOTIFY", "maybe")];
    assert!(!faults(&folder.run(&[], &set)).contains("no .env file"));
}

#[test]
fn a_misspelt_required_setting_is_recognised() {
    let told = faults(&Folder::with(".env", "DISCORD_BOT_TOKEN=x\nWHISUL_KEY=y\n").run(&[], &[]));
    for sentence in [
        "DISCORD_TOKEN: required, but not set; .env, line 1 has a name that is like it\n",
        "WHISUL_API_KEY: required, but not set; .env, line 2 has a name that is like it\n",
    ] {
        assert!(told.contains(&format!("\n  {sentence}")), "{told}");
    }
}

#[test]
fn an_empty_variable_does_not_hide_the_file() {
    let folder = Folder::with(".env", "DISCORD_TOKEN=token\nWHISUL_API_KEY=key\nUSER_QUOTA=many\n");
    let empty = [("DISCORD_TOKEN", ""), ("WHISUL_API_KEY", " "), ("USER_QUOTA", "")];
    let told = faults(&folder.run(&[], &empty));
    assert!(told.starts_with("The settings have 1 error:\n\n  USER_QUOTA: "), "{told}");
}

#[test]
fn a_file_from_a_windows_editor_is_read_and_garbage_is_reported_by_line() {
    let text = "\u{feff}DISCORD_TOKEN=to$ken\r\nWHISUL_API_KEY=${key}\r\nUSER_QUOTA=many\r\n";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let folder = Folder::new();
    for bytes in [text.as_bytes(), &utf16] {
        fs::write(folder.0.path().join(".env"), bytes).unwrap();
        let told = faults(&folder.run(&[], &[]));
        assert!(told.starts_with("The settings have 1 error:\n\n  USER_QUOTA: "), "{told}");
    }
    fs::write(folder.0.path().join(".env"), b"USER_QUOTA=1/1d\nDISCORD_TOKEN=\xE9\n").unwrap();
    assert!(faults(&folder.run(&[], &[])).contains("\n  .env, line 2: is not UTF-8; "));
}

#[test]
fn an_unreadable_env_file_is_an_error() {
    let folder = Folder::new();
    fs::create_dir(folder.0.path().join(".env")).unwrap();
    let secrets = [("DISCORD_TOKEN", "token"), ("WHISUL_API_KEY", "key")];
    for variables in [&secrets[..], &[]] {
        let told = faults(&folder.run(&[], variables));
        assert!(told.contains("\n  .env: can't be read: "), "{told}");
        assert!(told.starts_with("The settings have 1 error:"), "{told}");
    }
}

#[test]
fn help_explains_every_setting_within_a_terminals_width() {
    // Not even a broken file prevents it.
    let output = Folder::with(".env", "=").run(&["--help"], &[]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let help = String::from_utf8(output.stdout).unwrap();
    let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for setting in TABLE {
        let entry = format!("{} ({}) {}", setting.name, setting.fallback, setting.meaning);
        assert!(words.contains(&entry), "{entry}\nis missing in:\n{help}");
    }
    assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
}

#[test]
fn help_and_version_are_no_errors_in_any_spelling() {
    let folder = Folder::new();
    let told = |words: &[&str]| {
        let output = folder.run(words, &[]);
        assert!(output.status.success() && output.stderr.is_empty(), "{words:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    for words in [&["--version"][..], &["-V"], &["version"]] {
        assert_eq!(told(words), format!("whisul-bot {}\n", env!("CARGO_PKG_VERSION")));
    }
    let everything = told(&["--help"]);
    for words in [&["help"][..], &["-h"], &["--help", "--version"]] {
        assert_eq!(told(words), everything);
    }
    let setting = told(&["help", "user_quota"]);
    assert!(setting.starts_with("  USER_QUOTA (5/1d)\n"), "{setting}");
    for command in ["backup", "restore"] {
        let explained = told(&["help", command]);
        assert!(explained.contains(&format!("whisul-bot {command} <FILE>\n")), "{explained}");
        assert_eq!(told(&[command, "--help"]), explained);
    }
}

#[test]
fn a_wrong_argument_is_reported_with_the_right_one() {
    let folder = Folder::new();
    for (words, told) in [
        (&["bakcup", "copy.db"][..], "tip: a similar subcommand exists: 'backup'"),
        (&["help", "bakcup"], "tip: a similar subcommand exists: 'backup'"),
        (&["--versoin"], "tip: a similar argument exists: '--version'"),
        (&["WHISUL_API_KEY=s3cr3t"], "tip: settings come from the environment and the file .env"),
        (&["run", "fast"], "unexpected argument 'fast' found"),
        (&["backup"], "the following required arguments were not provided:\n  <FILE>"),
        (&["backup", ""], "a value is required for '<FILE>' but none was supplied"),
        (&["backup", "a", "b"], "unexpected argument 'b' found"),
        (&[""], "unrecognized subcommand ''"),
    ] {
        let complaint = faults(&folder.run(words, &[]));
        assert!(complaint.contains(told), "{complaint}");
        assert!(complaint.ends_with("For more information, try '--help'.\n"), "{complaint}");
        assert!(!complaint.contains("s3cr3t"), "{complaint}");
    }
}

#[test]
fn the_example_file_documents_every_setting() {
    let file = text_of(".env.example");
    let mut documented = Vec::new();
    for entry in file.split("\n\n").skip(1) {
        let (comment, assignment): (Vec<_>, Vec<_>) =
            entry.lines().partition(|line| line.starts_with("# "));
        let comment: Vec<_> = comment.iter().filter_map(|line| line.strip_prefix("# ")).collect();
        documented.push((comment.join(" "), assignment.join("\n")));
    }
    let expected: Vec<_> = TABLE
        .iter()
        .map(|setting| {
            let assignment = match setting.fallback.to_string().as_str() {
                "required" => format!("{}=", setting.name),
                _ => format!("#{}={}", setting.name, setting.example),
            };
            (format!("{} Default: {}", setting.meaning, setting.fallback), assignment)
        })
        .collect();
    assert_eq!(documented, expected);
}

#[test]
fn the_example_file_works_once_filled_in() {
    let file = text_of(".env.example").replace("\n#", "\n").replace("=\n", "=filled-in\n");
    let file = file.replace("whsec_your-own-random-bytes-in-base64", &"AAAA".repeat(8));
    let values: BTreeMap<_, _> = file.lines().filter_map(|line| line.split_once('=')).collect();
    let settings = Settings::read(|name| values.get(name).map(|value| (*value).to_owned()));
    assert_eq!(settings.err().map(|faults| faults.to_string()), None);
}

#[test]
fn the_docs_document_every_setting() {
    let documented = rows_of_settings("docs/settings.md");
    let expected: Vec<_> = TABLE.iter().map(row_of_setting).collect();
    assert_eq!(documented, expected);
}

#[test]
fn the_readme_explains_a_setting_as_the_docs_do() {
    let all: BTreeSet<_> = TABLE.iter().map(row_of_setting).collect();
    let shown = rows_of_settings("README.md");
    assert!(shown.len() >= 5, "{shown:?}");
    for row in shown {
        assert!(all.contains(&row), "not as in the table of settings: {row}");
    }
}

fn row_of_setting(setting: &Setting) -> String {
    format!("{} | {} | {}", setting.name, setting.fallback, setting.meaning)
}

/// The rows of the file's table of settings, without code spans and padding.
fn rows_of_settings(file: &str) -> Vec<String> {
    let text = text_of(file).replace('`', "");
    let (_, table) = text.split_once("| name | default | meaning |").expect("a table of settings");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>()[1..4].join(" | ")).collect()
}
