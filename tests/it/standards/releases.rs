//! What builds and releases the bot is pinned, and agrees with itself.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn workflows() -> Vec<(String, String)> {
    let folder = fs::read_dir(root().join(".github/workflows")).unwrap();
    let files = folder.map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.map(|path| (path.display().to_string(), read(&path))).collect();
    assert!(files.len() >= 2, "{files:?}");
    files
}

#[test]
fn workflows_use_actions_by_hash_and_may_only_read_by_default() {
    for (path, workflow) in workflows() {
        assert!(workflow.contains("\npermissions:\n  contents: read\n\n"), "{path}");
        let used = workflow.lines().filter_map(|line| line.trim().split_once("uses: "));
        let mut count = 0;
        for (_, action) in used.filter(|(_, action)| !action.starts_with("./")) {
            let (name, rest) = action.split_once('@').unwrap_or_else(|| panic!("{path}: {action}"));
            let (hash, version) =
                rest.split_once(" # v").unwrap_or_else(|| panic!("{path}: {name}"));
            let is_hash = hash.len() == 40 && hash.chars().all(|c| c.is_ascii_hexdigit());
            assert!(is_hash && version.split('.').count() == 3, "{path}: {action}");
            count += 1;
        }
        assert!(count > 0, "{path} uses actions");
    }
}

#[test]
fn everything_is_built_with_the_same_rust() {
    let pinned = read("rust-toolchain.toml");
    let channel = pinned.lines().find_map(|line| line.strip_prefix("channel = ")).unwrap();
    let channel = channel.trim_matches('"');
    let image = format!("docker.io/library/rust:{channel}-slim-bookworm");
    let dockerfile = read("Dockerfile");
    assert!(dockerfile.contains(&format!("FROM {image} AS build")), "{dockerfile}");
    assert!(dockerfile.contains(&format!("RUSTUP_TOOLCHAIN={channel}\n")), "{dockerfile}");
    assert!(read(".github/workflows/release.yml").contains(&format!("container: {image}\n")));
    let oldest = read("Cargo.toml");
    let oldest = oldest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap();
    let minor = |version: &str| version.split('.').nth(1).unwrap().parse::<u32>().unwrap();
    assert!(minor(oldest.trim_matches('"')) <= minor(channel), "{oldest} is older than {channel}");
}

#[test]
fn the_changelog_has_a_part_for_the_version_that_a_release_would_have() {
    let manifest = read("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = ")).unwrap();
    let title = format!("\n## [{}]", version.trim_matches('"'));
    assert!(read("CHANGELOG.md").contains(&title), "{title}");
}

#[test]
fn a_stop_is_longer_than_the_default_grace_wherever_something_stops_the_bot() {
    let seconds = |text: &str, before: &str| {
        let (_, after) = text.split_once(before).unwrap_or_else(|| panic!("{before}: {text}"));
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().unwrap()
    };
    let grace = seconds(&read(".env.example"), "SHUTDOWN_GRACE=");
    for (file, before) in
        [("compose.yaml", "stop_grace_period: "), ("deploy/whisul-bot.service", "TimeoutStopSec=")]
    {
        assert!(seconds(&read(file), before) > grace, "{file}");
    }
}

/// The ids of advisories in a text.
fn advisories(text: &str) -> Vec<&str> {
    let mut ids: Vec<_> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter(|word| word.starts_with("RUSTSEC-"))
        .collect();
    ids.sort_unstable();
    ids
}

#[test]
fn the_known_advisories_are_explained_to_people_too() {
    let (checked, told) = (read("deny.toml"), read("SECURITY.md"));
    assert_eq!(advisories(&checked), advisories(&told));
}

#[test]
fn the_pages_name_the_files_of_this_version() {
    let manifest = read("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = ")).unwrap();
    let version = version.trim_matches('"');
    let workflow = read(".github/workflows/release.yml");
    let archive = "name=whisul-bot-${GITHUB_REF_NAME#v}-${{ matrix.processor }}-linux\n";
    assert!(workflow.contains(archive) && workflow.contains("tags: ['v*.*.*']"), "{workflow}");
    let page = read("docs/hosting.md");
    for file in [
        format!("/whisul-bot_{version}-1_amd64.deb\n"),
        format!(" whisul-bot-{version}-x86_64-linux.tar.gz\n"),
        format!("/whisul-bot:v{version}\n"),
    ] {
        assert!(page.contains(&file), "docs/hosting.md lacks {file}");
    }
}
