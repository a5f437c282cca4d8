//! The browser, and the scenes' scripts that drive it.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tokio::{sync::Semaphore, task::spawn_blocking};

/// How many browsers run at once: more would only wait for each other.
static BROWSERS: Semaphore = Semaphore::const_new(2);

/// Names under which Chromium is known.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Plays a scene on a page; nothing, where there is no browser.
pub(crate) async fn play(scene: &str, page: &str) -> Option<Output> {
    let browser = find()?;
    let _turn = BROWSERS.acquire().await.unwrap();
    let mut node = Command::new("node");
    node.current_dir(folder()).arg(format!("scenes/{scene}.mjs"));
    node.env("PAGE", page).env("CHROMIUM", browser);
    Some(spawn_blocking(move || node.output()).await.unwrap().unwrap())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page")
}

/// The browser, if it and what drives it are here. In CI they must be.
fn find() -> Option<PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let in_path =
        |name: &str| env::split_paths(&folders).map(|it| it.join(name)).find(|it| it.is_file());
    let browser = NAMES.into_iter().find_map(in_path);
    let driver = folder().join("node_modules/playwright-core");
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).status();
    let absent = match (&browser, driver.exists(), node.is_ok_and(|status| status.success())) {
        (Some(_), true, true) => return browser,
        (None, _, _) => "Chromium",
        (_, false, _) => "playwright-core (npm ci in tests/page)",
        (_, _, false) => "Node.js",
    };
    assert_ne!(env::var("CI").as_deref(), Ok("true"), "{absent} is absent");
    eprintln!("SKIPPED: the page in a browser: {absent} is absent");
    None
}
