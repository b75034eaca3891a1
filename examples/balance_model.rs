//! Reads a model of `people::balance` as JSON, prints its answer as JSON: for `benches/peers/balance.py`.
//!
//! `cargo run --release --example balance_model -- MODEL.json [MOVES] [SEED]`
#![allow(clippy::print_stdout, reason = "an example prints its answer")]

use std::error::Error;
use std::time::Instant;

use dogwatch::people::balance::{Amount, Effort, Measure, Model, Solved, Window, solve};
use serde::Deserialize;

#[derive(Deserialize)]
struct Typed {
    people: usize,
    /// For each slot, who may hold it.
    may: Vec<Vec<usize>>,
    #[serde(default)]
    apart: Vec<(usize, usize)>,
    #[serde(default)]
    windows: Vec<TypedWindow>,
    #[serde(default)]
    together: Vec<(usize, usize, i64)>,
    measures: Vec<TypedMeasure>,
    /// Slot, person, cost.
    #[serde(default)]
    wishes: Vec<(usize, usize, i64)>,
}

#[derive(Deserialize)]
struct TypedWindow {
    slots: Vec<usize>,
    most: i64,
}

#[derive(Deserialize)]
struct TypedMeasure {
    amounts: Vec<i64>,
    weight: i64,
    scale: i64,
    carried: Vec<i64>,
    owed: Vec<i64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let path = words.first().ok_or("name a model")?;
    let typed: Typed = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let mut effort = Effort::default();
    if let Some(moves) = words.get(1) {
        effort.moves = moves.parse()?;
    }
    if let Some(seed) = words.get(2) {
        effort.seed = seed.parse()?;
    }
    let mut wishes = vec![Vec::new(); typed.may.len()];
    for (slot, person, cost) in typed.wishes {
        wishes[slot].push((person, cost));
    }
    let measure = |it: TypedMeasure| Measure {
        amounts: it.amounts.into_iter().map(Amount::Same).collect(),
        weight: it.weight,
        scale: it.scale,
        carried: it.carried,
        owed: it.owed,
    };
    let window = |it: TypedWindow| Window { slots: it.slots.into_iter().map(|it| (it, 1)).collect(), most: it.most };
    let model = Model {
        people: typed.people,
        may: typed.may,
        apart: typed.apart,
        windows: typed.windows.into_iter().map(window).collect(),
        together: typed.together,
        measures: typed.measures.into_iter().map(measure).collect(),
        wishes,
    };
    let began = Instant::now();
    let start = vec![0; model.may.len()];
    let answer = match solve(&model, &start, effort, &mut |_, _, _| {}) {
        Solved::Calendar { holders, cost, bound, moves } => {
            serde_json::json!({ "cost": cost, "bound": bound, "moves": moves, "holders": holders })
        }
        Solved::Nothing { cramped } => serde_json::json!({ "cost": null, "cramped": cramped }),
    };
    let mut answer = answer;
    answer["seconds"] = began.elapsed().as_secs_f64().into();
    println!("{answer}");
    Ok(())
}
