//! The medians of each workload as bars.

use std::error::Error;
use std::fs;
use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::cells::title;
use crate::outcome::{Outcome, Outcomes};
use crate::sizes::Sizes;
use crate::systems::Kind;

const WIDTH: i32 = 760;
const TOP: i32 = 44;
const ROW: i32 = 26;
const BAR: i32 = 18;
/// Where bars begin: the names of the systems are left of it.
const LEFT: i32 = 190;
/// What is kept for the number behind the longest bar.
const RIGHT: i32 = 150;

const INK: RGBColor = RGBColor(40, 40, 40);

pub(crate) fn write(
    folder: &Path,
    outcomes: &Outcomes,
    sizes: &Sizes,
) -> Result<(), Box<dyn Error>> {
    let folder = folder.join("plots");
    fs::create_dir_all(&folder)?;
    for workload in outcomes.workloads() {
        let file = folder.join(format!("{workload}.svg"));
        let title = format!("{workload}: {}", title(workload, sizes));
        draw(&file, &title, &outcomes.ranked(workload))
            .map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

fn draw(file: &Path, title: &str, ranked: &[&Outcome]) -> Result<(), Box<dyn Error>> {
    let height = TOP + ROW * ranked.len() as i32 + 10;
    let area = SVGBackend::new(file, (WIDTH as u32, height as u32)).into_drawing_area();
    area.fill(&WHITE)?;
    let text = |size: i32, horizontal| {
        let style = ("sans-serif", size).into_font().color(&INK);
        style.pos(Pos::new(horizontal, VPos::Center))
    };
    area.draw_text(title, &text(20, HPos::Left), (12, TOP / 2))?;
    let longest = ranked
        .iter()
        .map(|outcome| outcome.median)
        .fold(0.0, f64::max);
    for (index, outcome) in ranked.iter().enumerate() {
        let middle = TOP + ROW * index as i32 + ROW / 2;
        let share = outcome.median / longest.max(f64::MIN_POSITIVE);
        let end = LEFT + (share * f64::from(WIDTH - LEFT - RIGHT)) as i32;
        let bar = [
            (LEFT, middle - BAR / 2),
            (end.max(LEFT + 1), middle + BAR / 2),
        ];
        area.draw(&Rectangle::new(bar, colour(outcome.kind).filled()))?;
        area.draw_text(&outcome.system, &text(16, HPos::Right), (LEFT - 8, middle))?;
        let figure = format!("{} {}", crate::table::number(outcome.median), outcome.unit);
        area.draw_text(&figure, &text(16, HPos::Left), (end + 6, middle))?;
    }
    area.present()?;
    Ok(())
}

fn colour(kind: Kind) -> RGBColor {
    match kind {
        Kind::Annals => RGBColor(28, 112, 180),
        Kind::Limit => RGBColor(120, 120, 120),
        Kind::Peer => RGBColor(205, 170, 110),
    }
}
