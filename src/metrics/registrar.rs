//! Makes families of metrics and registers them.

use prometheus::{
    Gauge, GaugeVec, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry,
    core::Collector,
};

/// Makes families, under the bot's own namespace, and registers them.
#[derive(Debug, Default)]
pub(crate) struct Registrar(Registry);

/// The crate's errors here are those of names: of a form that Prometheus does not have, or given twice.
const FIXED: &str = "the names are fixed, and every start uses them all";

impl Registrar {
    /// What it has registered.
    pub(crate) fn into_registry(self) -> Registry {
        self.0
    }

    #[expect(clippy::expect_used, reason = "a wrong or repeated name fails in every test")]
    fn add<C: Collector + Clone + 'static>(&self, family: prometheus::Result<C>) -> C {
        let family = family.expect(FIXED);
        self.0.register(Box::new(family.clone())).expect(FIXED);
        family
    }

    pub(super) fn counter(&self, name: &str, help: &str) -> IntCounter {
        self.add(IntCounter::with_opts(options(name, help)))
    }

    pub(super) fn counters(&self, name: &str, help: &str, label: &[&str]) -> IntCounterVec {
        self.add(IntCounterVec::new(options(name, help), label))
    }

    pub(super) fn histograms(
        &self,
        name: &str,
        help: &str,
        label: &str,
        buckets: &[f64],
    ) -> HistogramVec {
        let options = HistogramOpts::from(options(name, help)).buckets(buckets.to_vec());
        self.add(HistogramVec::new(options, &[label]))
    }

    /// Sets one gauge of a family for each value of a label.
    pub(crate) fn gauges<'a>(
        &self,
        name: &str,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (&'a str, f64)>,
    ) {
        let family: GaugeVec = self.add(GaugeVec::new(options(name, help), &[label]));
        for (value, number) in values {
            family.with_label_values(&[value]).set(number);
        }
    }

    /// Sets a gauge by a name that all programs have in common, such as those of the process.
    pub(crate) fn common_gauge(&self, name: &str, help: &str, number: f64) {
        self.add(Gauge::with_opts(Opts::new(name, help))).set(number);
    }

    /// The same for a counter.
    pub(crate) fn common_counter(&self, name: &str, help: &str, number: f64) {
        self.add(prometheus::Counter::with_opts(Opts::new(name, help))).inc_by(number);
    }

    /// Sets a gauge.
    pub(crate) fn gauge(&self, name: &str, help: &str, number: f64) {
        self.add(Gauge::with_opts(options(name, help))).set(number);
    }
}

fn options(name: &str, help: &str) -> Opts {
    Opts::new(name, help).namespace("whisul_bot")
}
