//! Lines over days, as SVG that is drawn here. Told apart by their strokes and marks, named at their ends: nothing hangs on
//! colour. The colours are stand-ins that the style sheet replaces, so that a plot fits both schemes.

use plotters::chart::{ChartBuilder, LabelAreaPosition};
use plotters::coord::Shift;
use plotters::element::{Circle, Cross, DynElement, IntoDynElement, Text, TriangleMarker};
use plotters::prelude::{
    DrawingArea, DrawingAreaErrorKind, IntoDrawingArea, IntoFont, RGBColor, SVGBackend, ShapeStyle,
};
use plotters::series::{DashedLineSeries, LineSeries};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoTextStyle};

/// What the style sheet makes the colour of lines and words, and of what lies behind them.
const INK: RGBColor = RGBColor(1, 1, 1);
const SOFT: RGBColor = RGBColor(2, 2, 2);
const GRID: RGBColor = RGBColor(3, 3, 3);

const SIZE: (u32, u32) = (560, 260);

/// One line: its name, and a value for each day that has one.
pub(super) struct Series {
    pub(super) name: String,
    pub(super) points: Vec<Option<f64>>,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Failure = DrawingAreaErrorKind<std::io::Error>;

/// Up to three lines over `days`; values are minutes. Empty when it cannot be drawn: the figures stand beside it.
pub(super) fn plot(days: &[String], series: &[Series], unit: &str) -> String {
    let mut svg = String::new();
    let drawn = draw(&SVGBackend::with_string(&mut svg, SIZE).into_drawing_area(), days, series, unit);
    match drawn {
        Ok(()) => svg,
        Err(error) => {
            tracing::warn!(%error, "a plot cannot be drawn");
            String::new()
        }
    }
}

fn draw<'a>(area: &Area<'a>, days: &[String], series: &[Series], unit: &str) -> Result<(), Failure> {
    let highest =
        series.iter().flat_map(|line| line.points.iter().flatten()).fold(0.0_f64, |most, value| most.max(*value));
    let top = if highest > 0.0 { highest * 1.12 } else { 1.0 };
    let last = days.len().saturating_sub(1).max(1);
    let words = |size: i32| ("sans-serif", size).into_font().color(&SOFT);
    let mut chart = ChartBuilder::on(area)
        .margin(10)
        .margin_top(26)
        .margin_right(96)
        .set_label_area_size(LabelAreaPosition::Left, 46)
        .set_label_area_size(LabelAreaPosition::Bottom, 30)
        .build_cartesian_2d(-0.3..last as f64 + 0.3, 0.0..top)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(RGBColor(0, 0, 0).mix(0.0))
        .bold_line_style(GRID)
        .axis_style(SOFT)
        .label_style(words(13))
        .y_labels(5)
        .x_labels(0)
        .y_label_formatter(&|minutes| figure(*minutes))
        .draw()?;
    let (plotting, below) = (chart.plotting_area(), VPos::Top);
    for (n, day) in days.iter().enumerate() {
        let (x, y) = plotting.map_coordinate(&(n as f64, 0.0));
        area.draw(&Text::new(day.clone(), (x, y + 8), words(12).pos(Pos::new(HPos::Center, below))))?;
    }
    area.draw(&Text::new(unit.to_owned(), (4, 2), words(12)))?;
    let ends = ends(series, top);
    for (n, line) in series.iter().enumerate() {
        let points: Vec<(f64, f64)> =
            line.points.iter().enumerate().filter_map(|(x, y)| Some((x as f64, (*y)?))).collect();
        let stroke = INK.stroke_width(2);
        match n {
            0 => drop(chart.draw_series(LineSeries::new(points.clone(), stroke))?),
            1 => drop(chart.draw_series(DashedLineSeries::new(points.clone(), 7, 5, stroke))?),
            _ => drop(chart.draw_series(DashedLineSeries::new(points.clone(), 2, 5, stroke))?),
        }
        chart.draw_series(points.iter().map(|point| mark::<'a>(n, *point, stroke)))?;
        if let (Some((x, _)), Some(y)) = (points.last(), ends.get(n).copied().flatten()) {
            let (x, y) = chart.plotting_area().map_coordinate(&(*x, y));
            let style = ("sans-serif", 13).into_text_style(area).color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
            area.draw(&Text::new(line.name.clone(), (x + 10, y), style))?;
        }
    }
    area.present()
}

fn mark<'a>(n: usize, point: (f64, f64), stroke: ShapeStyle) -> DynElement<'static, SVGBackend<'a>, (f64, f64)> {
    match n {
        0 => Circle::new(point, 4, INK.filled()).into_dyn(),
        1 => TriangleMarker::new(point, 5, INK.filled()).into_dyn(),
        _ => Cross::new(point, 4, stroke).into_dyn(),
    }
}

/// Where the names stand: at the ends of their lines, and apart from each other.
fn ends(series: &[Series], top: f64) -> Vec<Option<f64>> {
    let apart = top * 0.09;
    let mut ends: Vec<(usize, f64)> = series
        .iter()
        .enumerate()
        .filter_map(|(n, line)| Some((n, (*line.points.iter().rev().find(|y| y.is_some())?)?)))
        .collect();
    ends.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    // None of them on the days below.
    let mut below = -apart / 2.0;
    for (_, y) in &mut ends {
        *y = y.max(below + apart);
        below = *y;
    }
    let mut places = vec![None; series.len()];
    for (n, y) in ends {
        if let Some(place) = places.get_mut(n) {
            *place = Some(y);
        }
    }
    places
}

/// Minutes as an axis shows them.
fn figure(minutes: f64) -> String {
    if minutes < 10.0 && minutes.fract() != 0.0 { format!("{minutes:.1}") } else { format!("{minutes:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_lines_differ_by_more_than_colour_and_are_named() {
        let days: Vec<String> = ["Mon", "Tue", "Wed"].map(ToOwned::to_owned).into();
        let line = |name: &str, y: f64| Series { name: name.to_owned(), points: vec![Some(y), None, Some(y + 1.0)] };
        let svg = plot(&days, &[line("half", 1.0), line("nine in ten", 4.0), line("longest <1>", 9.0)], "min");
        assert!(
            svg.contains("<circle") && svg.contains("<polygon") && svg.contains("half") && svg.contains("Wed"),
            "{svg}"
        );
        assert!(svg.contains("longest &lt;1&gt;"), "{svg}");
        let colours: std::collections::BTreeSet<&str> =
            svg.split('#').skip(1).filter_map(|rest| rest.get(..6)).collect();
        assert!(colours.iter().all(|colour| ["010101", "020202", "030303", "000000"].contains(colour)), "{colours:?}");
    }

    #[test]
    fn a_plot_of_nothing_is_a_plot() {
        assert!(
            plot(&["Mon".to_owned()], &[Series { name: "half".to_owned(), points: vec![None] }], "min")
                .starts_with("<svg")
        );
    }
}
