//! Organisations that are a little simpler, to find the smallest one that still shows a difference.

use super::model::{Cadence, Hours, Layer, Organisation, Rotation, SecondaryTurns};

/// The simplest organisation reached by single steps that still `fails`; looks at so many at most.
pub fn shrink(organisation: Organisation, tries: usize, fails: impl Fn(&Organisation) -> bool) -> Organisation {
    let mut smallest = organisation;
    let mut left = tries;
    'again: loop {
        for candidate in simpler(&smallest) {
            if left == 0 {
                return smallest;
            }
            left -= 1;
            if fails(&candidate) {
                smallest = candidate;
                continue 'again;
            }
        }
        return smallest;
    }
}

fn simpler(organisation: &Organisation) -> Vec<Organisation> {
    let mut all = Vec::new();
    for nth in 0..organisation.rotations.len() {
        if organisation.rotations.len() > 1 {
            let mut it = organisation.clone();
            it.rotations.remove(nth);
            all.push(it);
        }
        for rotation in simpler_rotations(&organisation.rotations[nth]) {
            let mut it = organisation.clone();
            it.rotations[nth] = rotation;
            all.push(it);
        }
    }
    all
}

fn simpler_rotations(rotation: &Rotation) -> Vec<Rotation> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Rotation)| {
        let mut it = rotation.clone();
        change(&mut it);
        all.push(it);
    };
    if rotation.secondary.is_some() && !rotation.overrides.iter().any(|it| it.secondary) {
        with(&|it| it.secondary = None);
    }
    for nth in 0..rotation.overrides.len() {
        with(&|it| {
            it.overrides.remove(nth);
        });
        if rotation.overrides[nth].whom.is_some() && !rotation.has_together(rotation.overrides[nth].secondary) {
            with(&|it| it.overrides[nth].whom = None);
        }
    }
    if !matches!(rotation.coverage.as_deref(), None | Some([Hours::Always])) {
        with(&|it| it.coverage = Some(vec![Hours::Always]));
    }
    for layers in simpler_layers(&rotation.layers) {
        with(&|it| it.layers.clone_from(&layers));
    }
    if let Some(secondary) = &rotation.secondary {
        if let SecondaryTurns::Layers(layers) = &secondary.turns {
            for layers in simpler_layers(layers) {
                with(&|it| {
                    let secondary = it.secondary.as_mut().expect("it has one");
                    secondary.turns = SecondaryTurns::Layers(layers.clone());
                });
            }
        }
        if !matches!(secondary.coverage.as_deref(), None | Some([Hours::Always])) {
            with(&|it| it.secondary.as_mut().expect("it has one").coverage = Some(vec![Hours::Always]));
        }
    }
    all
}

fn simpler_layers(layers: &[Layer]) -> Vec<Vec<Layer>> {
    let mut all = Vec::new();
    for nth in 0..layers.len() {
        if layers.len() > 1 {
            let mut it = layers.to_vec();
            it.remove(nth);
            all.push(it);
        }
        for layer in simpler_turns(&layers[nth]) {
            let mut it = layers.to_vec();
            it[nth] = layer;
            all.push(it);
        }
    }
    all
}

fn simpler_turns(layer: &Layer) -> Vec<Layer> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Layer)| {
        let mut it = layer.clone();
        change(&mut it);
        all.push(it);
    };
    if let Some(hours) = &layer.hours {
        with(&|it| it.hours = None);
        for nth in 0..hours.len() {
            if hours.len() > 1 {
                with(&|it| {
                    it.hours.as_mut().expect("it has some").remove(nth);
                });
            }
        }
    }
    if layer.until.is_some() {
        with(&|it| it.until = None);
    }
    if layer.first.is_some() {
        with(&|it| it.first = None);
    }
    if layer.zone.is_some() {
        with(&|it| it.zone = None);
    }
    if layer.together {
        with(&|it| it.together = false);
    }
    for (nth, person) in layer.people.iter().enumerate() {
        let needed = layer.first.is_some() && *person == layer.first || layer.people.len() == 1;
        if !needed {
            with(&|it| {
                it.people.remove(nth);
            });
        }
    }
    if let Cadence::Days { at, .. } | Cadence::Weeks { at, .. } | Cadence::Months { at, .. } = &layer.cadence {
        for nth in 0..at.len() {
            if at.len() > 1 {
                with(&|it| match &mut it.cadence {
                    Cadence::Days { at, .. } | Cadence::Weeks { at, .. } | Cadence::Months { at, .. } => {
                        at.remove(nth);
                    }
                    Cadence::Hours { .. } | Cadence::Rule { .. } => {}
                });
            }
        }
    }
    all
}
