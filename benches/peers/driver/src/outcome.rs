//! From the figures of single rounds to what is told of them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::program::Figure;
use crate::rounds::Ran;
use crate::systems::Kind;

/// What a system came to in a workload.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Outcome {
    pub(crate) workload: String,
    pub(crate) system: String,
    #[serde(skip)]
    pub(crate) kind: Kind,
    pub(crate) median: f64,
    pub(crate) unit: String,
    /// More is better in ratios, also where the unit is one of time.
    pub(crate) ratio_to_handwritten: Option<f64>,
    pub(crate) ratio_to_best_peer: Option<f64>,
    pub(crate) rounds: Vec<f64>,
    pub(crate) p50_ms: Option<f64>,
    pub(crate) p99_ms: Option<f64>,
    pub(crate) rss_growth_mib: f64,
    /// Microseconds of the processors for each that was done.
    pub(crate) client_us: Option<f64>,
    pub(crate) server_us: Option<f64>,
    /// Of the 500 or so commands that succeeded, how often one had to be sent again.
    pub(crate) conflicts: Option<f64>,
    pub(crate) remark: Option<String>,
}

/// A call that came to nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Failed {
    pub(crate) workload: String,
    pub(crate) system: String,
    pub(crate) reason: String,
}

/// All of them.
pub(crate) struct Outcomes {
    pub(crate) of: Vec<Outcome>,
    pub(crate) failed: Vec<Failed>,
}

impl Outcomes {
    pub(crate) fn of(ran: &[Ran]) -> Self {
        let mut figures: BTreeMap<(String, String), (Kind, Vec<&Figure>)> = BTreeMap::new();
        let mut failed = Vec::new();
        for ran in ran {
            match &ran.figures {
                Ok(found) => {
                    for figure in found {
                        let key = (figure.workload.clone(), ran.system.clone());
                        let (_, of) = figures.entry(key).or_insert((ran.kind, Vec::new()));
                        of.push(figure);
                    }
                }
                Err(reason) => {
                    let failure = Failed {
                        workload: ran.workload.to_owned(),
                        system: ran.system.clone(),
                        reason: reason.clone(),
                    };
                    if !failed.contains(&failure) {
                        failed.push(failure);
                    }
                }
            }
        }
        let mut of: Vec<Outcome> = figures
            .into_iter()
            .map(|((workload, system), (kind, figures))| outcome(workload, system, kind, &figures))
            .collect();
        of.extend(shares(&of));
        compare(&mut of);
        Outcomes { of, failed }
    }

    /// The names of the figures, each once.
    pub(crate) fn workloads(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.of.iter().map(|it| it.workload.as_str()).collect();
        names.dedup();
        names
    }

    /// The outcomes of a workload, the best first.
    pub(crate) fn ranked(&self, workload: &str) -> Vec<&Outcome> {
        let of = self.of.iter().filter(|it| it.workload == workload);
        let mut of: Vec<&Outcome> = of.collect();
        of.sort_by(|one, other| other.merit().total_cmp(&one.merit()));
        of
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
        let mut list = Vec::new();
        for outcome in &self.of {
            list.push(serde_json::to_value(outcome)?);
        }
        for failed in &self.failed {
            list.push(serde_json::to_value(failed)?);
        }
        let json = serde_json::to_string_pretty(&list)?;
        std::fs::write(folder.join("results.json"), json + "\n")?;
        Ok(())
    }
}

impl Outcome {
    /// More is better.
    pub(crate) fn merit(&self) -> f64 {
        match self.unit.as_str() {
            "ms" => 1.0 / self.median.max(f64::MIN_POSITIVE),
            _ => self.median,
        }
    }
}

fn outcome(workload: String, system: String, kind: Kind, figures: &[&Figure]) -> Outcome {
    let all = |of: fn(&Figure) -> Option<f64>| -> Option<f64> {
        let values: Option<Vec<f64>> = figures.iter().map(|figure| of(figure)).collect();
        values.map(median)
    };
    let rounds: Vec<f64> = figures.iter().map(|figure| figure.value).collect();
    Outcome {
        workload,
        system,
        kind,
        median: median(rounds.clone()),
        unit: figures[0].unit.clone(),
        ratio_to_handwritten: None,
        ratio_to_best_peer: None,
        rounds,
        p50_ms: all(|figure| figure.p50_ms),
        p99_ms: all(|figure| figure.p99_ms),
        rss_growth_mib: all(|figure| Some(figure.rss_growth_mib)).unwrap_or_default(),
        client_us: all(|figure| figure.client_us),
        server_us: all(|figure| figure.server_us),
        conflicts: all(|figure| figure.conflicts.map(|conflicts| conflicts as f64)),
        remark: figures.iter().find_map(|figure| figure.remark.clone()),
    }
}

/// How fast old events are read, as a share of how fast those of the current version are.
fn shares(of: &[Outcome]) -> Option<Outcome> {
    let find = |workload| of.iter().find(|outcome| outcome.workload == workload);
    let (current, mixed) = (find("W7-current")?, find("W7-mixed")?);
    let rounds = mixed.rounds.iter().zip(&current.rounds);
    let rounds: Vec<f64> = rounds.map(|(mixed, current)| mixed / current).collect();
    Some(Outcome {
        workload: "W7-share".to_owned(),
        median: median(rounds.clone()),
        unit: "of current".to_owned(),
        rounds,
        ..mixed.clone()
    })
}

fn compare(of: &mut [Outcome]) {
    let all = of.to_vec();
    for outcome in of {
        let same = || all.iter().filter(|it| it.workload == outcome.workload);
        let by_hand = same().find(|it| it.system == "handwritten");
        let peers = same().filter(|it| it.kind == Kind::Peer);
        let best = peers.map(Outcome::merit).max_by(f64::total_cmp);
        outcome.ratio_to_handwritten = by_hand.map(|it| outcome.merit() / it.merit());
        outcome.ratio_to_best_peer = best.map(|best| outcome.merit() / best);
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}
