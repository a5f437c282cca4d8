//! A line chart as SVG, readable on light and on dark pages.

use std::fmt::Write as _;

use crate::{
    render::short,
    stage::{count, to_f64},
};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
/// Room around the lines: for the numbers on the left, the title, the legend and the numbers below.
const LEFT: f64 = 56.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 72.0;
/// Of a legend's line.
const LEGEND: f64 = 145.0;
/// Steps on the vertical axis, about.
const STEPS: f64 = 5.0;

/// Texts and axes take the colour of the page; the lines have contrast enough on both.
const STYLE: &str = "\
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 14px }
.grid { stroke: #8884; fill: none }
polyline { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } }";
const COLOURS: [&str; 6] = ["#8c8c8c", "#2f81f7", "#c69026", "#2da44e", "#bf5af2", "#e5534b"];

/// A line chart.
pub(crate) struct Plot {
    /// With the unit of the vertical axis.
    pub(crate) title: String,
    /// What the horizontal axis counts.
    pub(crate) across: String,
    pub(crate) series: Vec<Series>,
    /// The sizes stand at equal distances, instead of where their values are.
    pub(crate) by_steps: bool,
}

/// A line.
pub(crate) struct Series {
    pub(crate) label: String,
    pub(crate) points: Vec<(u64, f64)>,
}

impl Plot {
    /// The whole file.
    pub(crate) fn draw(&self) -> String {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\">\n\
             <title>{title} by {across}</title>\n<style>{STYLE}</style>\n\
             <text class=\"title\" x=\"{LEFT}\" y=\"20\">{title}</text>\n",
            title = self.title,
            across = self.across,
        );
        let axes = Axes::of(self);
        axes.draw(&mut svg, self);
        let colours = COLOURS.iter().cycle();
        for ((number, series), colour) in self.series.iter().enumerate().zip(colours) {
            let points = series
                .points
                .iter()
                .map(|(size, value)| format!("{:.1},{:.1}", axes.x(*size), axes.y(*value)));
            let points: Vec<String> = points.collect();
            _ = writeln!(svg, "<polyline stroke=\"{colour}\" points=\"{}\"/>", points.join(" "));
            for point in points {
                let (x, y) = point.split_once(',').unwrap_or_default();
                _ = writeln!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"3\" fill=\"{colour}\"/>");
            }
            let wide = if self.series.iter().any(|it| it.label.len() > 16) { 2.0 } else { 1.0 };
            let (x, y) = legend_place(number, LEGEND * wide);
            _ = writeln!(
                svg,
                "<rect x=\"{x}\" y=\"{}\" width=\"10\" height=\"10\" fill=\"{colour}\"/>\
                 <text x=\"{}\" y=\"{y}\">{}</text>",
                y - 9.0,
                x + 14.0,
                series.label,
            );
        }
        svg.push_str("</svg>\n");
        svg
    }
}

/// Where a line of the legend stands, in rows below the chart.
fn legend_place(number: usize, width: f64) -> (f64, f64) {
    let in_row = ((WIDTH - LEFT) / width).floor().max(1.0);
    let row = (count(number) / in_row).floor();
    (LEFT + (count(number) - row * in_row) * width, HEIGHT - 22.0 + row * 16.0)
}

/// Which place a size and a value have.
struct Axes {
    sizes: Vec<u64>,
    by_steps: bool,
    step: f64,
    top: f64,
}

impl Axes {
    fn of(plot: &Plot) -> Self {
        let points = || plot.series.iter().flat_map(|series| &series.points);
        let mut sizes: Vec<u64> = points().map(|(size, _)| *size).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let most = points().map(|(_, value)| *value).fold(f64::MIN_POSITIVE, f64::max);
        let step = round_step(most / STEPS);
        Self { sizes, by_steps: plot.by_steps, step, top: (most / step).ceil() * step }
    }

    fn x(&self, size: u64) -> f64 {
        let last = self.sizes.last().copied().unwrap_or_default();
        let share = if self.by_steps {
            let place = self.sizes.iter().position(|it| *it == size).unwrap_or_default();
            count(place) / count(self.sizes.len().saturating_sub(1).max(1))
        } else {
            to_f64(size) / to_f64(last.max(1))
        };
        LEFT + share * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM)
    }

    fn draw(&self, svg: &mut String, plot: &Plot) {
        let mut value = 0.0;
        while value <= self.top * 1.001 {
            let (y, right) = (self.y(value), WIDTH - RIGHT);
            _ = writeln!(
                svg,
                "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{right}\"/>\
                 <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 6.0,
                y + 4.0,
                tick(value),
            );
            value += self.step;
        }
        let mut free = 0.0;
        for size in &self.sizes {
            let (x, y) = (self.x(*size), HEIGHT - BOTTOM + 16.0);
            // Numbers that would cover the one before are left out.
            if x >= free {
                free = x + 36.0;
                let size = abbreviated(*size);
                _ = writeln!(
                    svg,
                    "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{size}</text>"
                );
            }
        }
        let (x, y) = (WIDTH - RIGHT, HEIGHT - BOTTOM + 32.0);
        let across = &plot.across;
        _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"end\">{across}</text>");
    }
}

/// The next larger of 1, 2, 5, 10, 20, …
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0].into_iter().map(|factor| factor * power);
    steps.into_iter().find(|step| *step >= least).unwrap_or(10.0 * power)
}

/// A number without zeros behind the point.
fn tick(value: f64) -> String {
    let text = short(value);
    match text.split_once('.') {
        Some((whole, part)) if part.bytes().all(|digit| digit == b'0') => whole.to_owned(),
        _ => text,
    }
}

/// `100k` for 100,000.
fn abbreviated(size: u64) -> String {
    match size {
        1000..1_000_000 if size.is_multiple_of(1000) => format!("{}k", size / 1000),
        1_000_000.. if size.is_multiple_of(1_000_000) => format!("{}M", size / 1_000_000),
        _ => size.to_string(),
    }
}
