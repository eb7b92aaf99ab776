//! Round by round, workload by workload, system after system: what changes on the machine meanwhile meets all of them.

use std::error::Error;

use crate::build::Built;
use crate::cells::{Cell, cells};
use crate::cluster::Cluster;
use crate::databases::Databases;
use crate::options::Options;
use crate::program::{self, Figure};
use crate::sizes::Sizes;
use crate::systems::Kind;

/// What is to be done, and with what.
pub(crate) struct Bench<'a> {
    pub(crate) options: &'a Options,
    pub(crate) sizes: &'a Sizes,
    pub(crate) built: &'a [Built],
    pub(crate) cluster: &'a Cluster,
}

/// What one call came to.
pub(crate) struct Ran {
    /// The system, and the variant where it has several.
    pub(crate) system: String,
    pub(crate) kind: Kind,
    pub(crate) workload: &'static str,
    pub(crate) figures: Result<Vec<Figure>, String>,
}

impl Bench<'_> {
    /// `told` is given all that ran so far after each round, so that a run that is ended early has told what it knew.
    pub(crate) fn run(
        &self,
        mut told: impl FnMut(usize, &[Ran]) -> Result<(), Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        let mut databases = Databases::new(self.cluster)?;
        let cells: Vec<Cell> = self
            .options
            .workloads
            .iter()
            .flat_map(|workload| cells(workload, self.sizes))
            .collect();
        let mut ran = Vec::new();
        for round in 1..=self.options.rounds {
            for cell in &cells {
                for built in self.built {
                    self.all_variants(&mut databases, round, cell, built, &mut ran);
                }
            }
            told(round, &ran)?;
        }
        Ok(())
    }

    fn all_variants(
        &self,
        databases: &mut Databases<'_>,
        round: usize,
        cell: &Cell,
        built: &Built,
        ran: &mut Vec<Ran>,
    ) {
        let runs = built.system.runs.iter();
        let Some((_, variants)) = runs.into_iter().find(|run| run.0 == cell.workload) else {
            return;
        };
        for variant in *variants {
            let system = match variant.is_empty() {
                true => built.system.name.to_owned(),
                false => format!("{}, {variant}", built.system.name),
            };
            let figures = self.one(databases, round, cell, built, variant);
            show(round, cell, &system, &figures);
            ran.push(Ran {
                system,
                kind: built.system.kind,
                workload: cell.workload,
                figures,
            });
        }
    }

    fn one(
        &self,
        databases: &mut Databases<'_>,
        round: usize,
        cell: &Cell,
        built: &Built,
        variant: &str,
    ) -> Result<Vec<Figure>, String> {
        let own = built.program.as_ref().map_err(Clone::clone)?;
        let (owner, maker) = match built.system.tables_of {
            None => (built.system.name, own),
            Some(owner) => {
                let found = self.built.iter().find(|it| it.system.name == owner);
                let of = found.ok_or_else(|| format!("not run: it reads the tables of {owner}"))?;
                (owner, of.program.as_ref().map_err(Clone::clone)?)
            }
        };
        let seeded = databases.seeded(owner, maker, &cell.dataset)?;
        let url = databases.prepare(&seeded, cell.writes)?;
        let mut args = vec![
            "run".to_owned(),
            format!("database={url}"),
            format!("workload={}", cell.workload),
            format!("variant={variant}"),
            format!("round={round}"),
        ];
        args.extend(cell.args.iter().cloned());
        let called = program::measure(own, &args, databases.server());
        databases.release(&seeded)?;
        program::figures(&called?)
    }
}

fn show(round: usize, cell: &Cell, system: &str, figures: &Result<Vec<Figure>, String>) {
    match figures {
        Ok(figures) => {
            for figure in figures {
                let (value, unit) = (figure.value, &figure.unit);
                eprintln!(
                    "round {round}  {:<14} {system:<24} {value:>12.1} {unit}",
                    figure.workload
                );
            }
        }
        Err(reason) => eprintln!("round {round}  {:<14} {system:<24} {reason}", cell.workload),
    }
}
