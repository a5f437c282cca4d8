//! Draws what goes wrong between the bot and its services.

use fastrand::Rng;

use super::{
    draw::{Rates, TROUBLE, chance, pick},
    plan::{Fault, FaultKind, LostPost, Outage, Service},
};

/// Of so many calls of each service, some may be chosen to go wrong.
const CALLS: u64 = 400;

fn fault_kind(rng: &mut Rng, service: Service) -> FaultKind {
    let (applied, times_out) = (chance(rng, 0.5), chance(rng, 0.3));
    if service == Service::Store {
        return match rng.u32(0..4) {
            0 => FaultKind::LostResponse { times_out: false },
            1 => FaultKind::Slow(rng.u64(100..4000)),
            _ => FaultKind::NotSent,
        };
    }
    let seconds = chance(rng, 0.6).then(|| rng.u32(1..40));
    match rng.u32(0..10) {
        0 | 1 => FaultKind::NotSent,
        2 => FaultKind::LostRequest { times_out },
        3 | 4 => FaultKind::LostResponse { times_out },
        5 => FaultKind::RateLimited { seconds, by_proxy: chance(rng, 0.3) },
        6 => {
            let status = pick(rng, &[401, 403, 404, 500, 502, 503]);
            let retry_after = seconds.filter(|_| status == 503);
            FaultKind::Status {
                status,
                retry_after,
                applied: status >= 500 && applied && retry_after.is_none(),
            }
        }
        7 => {
            let status = pick(rng, &[200, 403, 404, 502, 503, 429]);
            // Who says that there were too many requests, passes none of them on.
            FaultKind::Page { status, applied: applied && status != 429 }
        }
        8 => FaultKind::UnknownJson { applied },
        _ => FaultKind::Slow(rng.u64(500..12_000)),
    }
}

/// A fault that lasts.
fn outage_kind(rng: &mut Rng, service: Service) -> FaultKind {
    let page = FaultKind::Page { status: pick(rng, &[200, 403, 502]), applied: false };
    let status = |status| FaultKind::Status { status, retry_after: None, applied: false };
    match (service, rng.u32(0..6)) {
        (Service::Store, _) | (_, 0) => FaultKind::NotSent,
        (_, 1) => FaultKind::LostRequest { times_out: true },
        (_, 2) => page,
        (_, 3) => status(500),
        (Service::Whisul, 4) => status(pick(rng, &[401, 402, 403])),
        (_, 4) => status(403),
        _ => FaultKind::RateLimited { seconds: Some(rng.u32(1..60)), by_proxy: false },
    }
}

pub(crate) fn outages(rng: &mut Rng, rates: &Rates) -> Vec<Outage> {
    let mut outages = Vec::new();
    for service in [Service::Discord, Service::Whisul, Service::Store] {
        for _ in 0..2 {
            if chance(rng, rates.outage / 2.0) {
                let from = rng.u64(0..2_400_000);
                let lasts = pick(rng, &[2_000, 20_000, 300_000, 1_800_000]);
                // Without its database, the bot does nothing for long.
                let lasts = if service == Service::Store { lasts.min(20_000) } else { lasts };
                let to = (from + rng.u64(500..lasts)).min(TROUBLE);
                outages.push(Outage { service, from, to, kind: outage_kind(rng, service) });
            }
        }
    }
    outages
}

pub(crate) fn faults(rng: &mut Rng, rates: &Rates) -> Vec<Fault> {
    let mut faults = Vec::new();
    for service in [Service::Discord, Service::Whisul, Service::Store] {
        let rate = if chance(rng, 0.3) { 0.0 } else { rates.fault };
        // Reads of the database are many, and each of them costs somebody a song.
        let rate = if service == Service::Store { rate / 3.0 } else { rate };
        for call in 0..CALLS {
            if chance(rng, rate) {
                faults.push(Fault { service, call, kind: fault_kind(rng, service) });
            }
        }
    }
    faults
}

/// Discord goes away with the response to a new message, often for longer than it remembers nonces.
pub(crate) fn lost_posts(rng: &mut Rng, is_calm: bool) -> Vec<LostPost> {
    if is_calm || chance(rng, 0.5) {
        return Vec::new();
    }
    let mut lost = |post| {
        let lasts = pick(rng, &[20_000, 300_000, 900_000]);
        let kind = match rng.u32(0..4) {
            0 => FaultKind::NotSent,
            1 => FaultKind::LostRequest { times_out: chance(rng, 0.5) },
            2 => FaultKind::Status { status: 500, retry_after: None, applied: false },
            _ => FaultKind::RateLimited { seconds: Some(rng.u32(1..400)), by_proxy: false },
        };
        LostPost { post, lasts: rng.u64(10_000..lasts), kind }
    };
    (0..4).filter(|post| post % 2 == 0).map(&mut lost).collect()
}
