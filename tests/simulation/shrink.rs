//! Leaves out of a plan what has no part in breaking a promise.

use super::{plan::Plan, search::world_of, storage::Storage};

/// The plan without the faults, outages, actions and ends of processes that the broken promise does not
/// need. Requests stay: others name them by their number.
pub(crate) fn shrunk(plan: &Plan, broken: &str, storage: &Storage) -> Plan {
    let promise = promise_of(broken);
    let breaks = |plan: &Plan| {
        let end = world_of(plan.clone(), storage, false);
        end.broken.is_some_and(|broken| promise_of(&broken) == promise)
    };
    let mut plan = plan.clone();
    without(&mut plan, |plan| &mut plan.faults, &breaks);
    without(&mut plan, |plan| &mut plan.outages, &breaks);
    without(&mut plan, |plan| &mut plan.lost_posts, &breaks);
    without(&mut plan, |plan| &mut plan.actions, &breaks);
    without(&mut plan, |plan| &mut plan.ends, &breaks);
    plan
}

/// Leaves out as many entries of a list as it can, in ever smaller parts.
fn without<T: Clone>(
    plan: &mut Plan,
    list: impl Fn(&mut Plan) -> &mut Vec<T>,
    breaks: &impl Fn(&Plan) -> bool,
) {
    let mut size = list(plan).len();
    while size > 0 {
        let mut from = 0;
        while from < list(plan).len() {
            let mut fewer = plan.clone();
            let entries = list(&mut fewer);
            entries.drain(from..entries.len().min(from + size));
            if breaks(&fewer) {
                *plan = fewer;
            } else {
                from += size;
            }
        }
        size /= 2;
    }
}

fn promise_of(broken: &str) -> &str {
    broken.split(':').next().unwrap_or_default()
}
