//! Drawing: a page, and panels with axes on it.

use std::fmt::Write;

pub(crate) const INK: &str = "#1c2b45";
pub(crate) const FAINT: &str = "#5b6880";
const GRID: &str = "#d5dbe8";

/// A picture that grows.
pub(crate) struct Page {
    out: String,
}

impl Page {
    /// `title` is also what a screen reader says.
    pub(crate) fn new(width: f64, height: f64, title: &str) -> Self {
        let out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\" \
             font-family=\"system-ui, 'DejaVu Sans', sans-serif\" font-size=\"13\" fill=\"{INK}\">\n\
             <rect width=\"{width}\" height=\"{height}\" rx=\"14\" fill=\"#f4f6fb\"/>\n\
             <text x=\"24\" y=\"34\" font-size=\"17\" font-weight=\"600\">{title}</text>\n"
        );
        Self { out }
    }

    pub(crate) fn text(&mut self, (x, y): (f64, f64), anchor: &str, fill: &str, text: &str) {
        let _ = writeln!(
            self.out,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{fill}\">{text}</text>"
        );
    }

    pub(crate) fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), stroke: &str, width: f64) {
        let _ = writeln!(
            self.out,
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{stroke}\" stroke-width=\"{width}\"/>"
        );
    }

    /// From one corner to the opposite one.
    pub(crate) fn rect(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), fill: &str) {
        let (x, y, width, height) = (x1.min(x2), y1.min(y2), (x2 - x1).abs(), (y2 - y1).abs());
        let _ = writeln!(
            self.out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{fill}\"/>"
        );
    }

    pub(crate) fn dot(&mut self, (x, y): (f64, f64), radius: f64, fill: &str) {
        let _ = writeln!(
            self.out,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{fill}\" stroke=\"#f4f6fb\" stroke-width=\"0.6\"/>"
        );
    }

    pub(crate) fn path(&mut self, points: &[(f64, f64)], stroke: &str, width: f64) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let points = points.join(" ");
        let _ = writeln!(
            self.out,
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\" stroke-linejoin=\"round\"/>"
        );
    }

    /// Coloured names side by side.
    pub(crate) fn legend(&mut self, (mut x, y): (f64, f64), names: &[(&str, &str)]) {
        for (name, colour) in names {
            self.rect((x, y - 9.0), (x + 12.0, y + 1.0), colour);
            self.text((x + 18.0, y), "start", INK, name);
            x += 34.0 + 7.2 * name.chars().count() as f64;
        }
    }

    pub(crate) fn end(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }
}

/// How a value becomes a place on an axis.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scale {
    Linear(f64, f64),
    Log(f64, f64),
}

impl Scale {
    /// From 0 to 1; what is outside is put on the edge.
    fn part(self, value: f64) -> f64 {
        let part = match self {
            Self::Linear(low, high) => (value - low) / (high - low),
            Self::Log(low, high) => (value.max(low) / low).ln() / (high / low).ln(),
        };
        part.clamp(0.0, 1.0)
    }
}

/// A panel with two axes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panel {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) x: Scale,
    pub(crate) y: Scale,
}

impl Panel {
    pub(crate) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.left + self.x.part(x) * self.width, self.top + (1.0 - self.y.part(y)) * self.height)
    }

    /// Ticks with their names, and what the axes measure.
    pub(crate) fn axes(&self, page: &mut Page, x: &[(f64, String)], y: &[(f64, String)], x_name: &str, y_name: &str) {
        let (right, bottom) = (self.left + self.width, self.top + self.height);
        for (value, name) in y {
            let (_, at) = self.at(0.0, *value);
            page.line((self.left, at), (right, at), GRID, 1.0);
            page.text((self.left - 8.0, at + 4.5), "end", FAINT, name);
        }
        for (value, name) in x {
            let (at, _) = self.at(*value, 0.0);
            page.line((at, bottom), (at, bottom + 4.0), FAINT, 1.0);
            page.text((at, bottom + 18.0), "middle", FAINT, name);
        }
        page.line((self.left, bottom), (right, bottom), FAINT, 1.0);
        page.text((self.left + self.width / 2.0, bottom + 38.0), "middle", FAINT, x_name);
        page.text((self.left, self.top - 10.0), "start", FAINT, y_name);
    }
}
