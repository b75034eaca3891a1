//! The colours of pictures and pages, by day and by night.
//!
//! Colour only repeats what names and patterns say.

use std::fmt::Write as _;

use crate::org::{Holder, Org, PersonId, SecondaryCalendar};

/// What is drawn, with its colour on light and on dark.
const THEME: [(&str, &str, &str); 9] = [
    ("paper", "#ffffff", "#14171c"),
    ("ink", "#1b1f24", "#e8eaed"),
    ("faint", "#5c6570", "#9aa4b0"),
    ("line", "#e1e5ea", "#2b313a"),
    ("weekend", "#f4f6f8", "#1b1f26"),
    ("vacant", "#8d96a1", "#77818d"),
    ("gap", "#c92a2a", "#ff7b72"),
    ("now", "#1b1f24", "#ffffff"),
    ("hatch", "#1b1f24", "#ffffff"),
];

/// A person's colours: filling and edge on light, then on dark. Sixteen hues of even lightness (OKLCH), in an order in
/// which neighbours are unlike.
const PEOPLE: [[&str; 4]; 16] = [
    ["#badbff", "#1f7dcf", "#254a6e", "#67b0f9"],
    ["#fbbbb5", "#af3c3a", "#5c2926", "#dd766f"],
    ["#b5e6be", "#1b9247", "#265331", "#69c27e"],
    ["#d9c2f6", "#7d4dad", "#442f5a", "#ab82d8"],
    ["#eed49f", "#9a7403", "#5a440d", "#d0a43a"],
    ["#91dde1", "#02787d", "#014447", "#0dadb4"],
    ["#ffc4de", "#b94f87", "#65364d", "#e887b6"],
    ["#c2d7a1", "#587502", "#32410f", "#86a645"],
    ["#ccd5fe", "#626fd2", "#3c4470", "#93a3fc"],
    ["#f5c19f", "#9f5102", "#582e0d", "#d58042"],
    ["#a3e8d5", "#088f77", "#015545", "#2dc5a6"],
    ["#ebbde5", "#974391", "#502b4d", "#c579be"],
    ["#dedba1", "#867d04", "#4e4a11", "#b7af41"],
    ["#98d9f3", "#027493", "#034154", "#06a8d3"],
    ["#fec6d2", "#c04d6e", "#693542", "#ef86a0"],
    ["#fabea9", "#ad4216", "#5b2b1a", "#db7a58"],
];

/// Classes of a drawing: which property of it takes which colour.
const CLASSES: [(&str, &str, &str); 12] = [
    ("w-paper", "fill", "paper"),
    ("w-ink", "fill", "ink"),
    ("w-faint", "fill", "faint"),
    ("w-line", "stroke", "line"),
    ("w-weekend", "fill", "weekend"),
    ("w-vacant", "fill", "vacant"),
    ("w-vacant-edge", "stroke", "vacant"),
    ("w-gap", "fill", "gap"),
    ("w-gap-edge", "stroke", "gap"),
    ("w-now", "fill", "now"),
    ("w-hatch", "stroke", "hatch"),
    ("w-on-now", "fill", "paper"),
];

/// Light or dark.
#[derive(Clone, Copy)]
enum Theme {
    Light,
    Dark,
}

/// The number of each person's colour, in the order of [`Org::people`].
///
/// It comes from their key, so it stays when others come and go; who shares a rotation with somebody earlier in the
/// file who has it already takes the next that is free there.
pub(crate) fn colors(org: &Org) -> Vec<usize> {
    let mut rotations: Vec<Vec<usize>> = vec![Vec::new(); org.people.len()];
    for (index, rotation) in org.rotations.iter().enumerate() {
        let own = match rotation.secondary.as_ref().map(|it| &it.calendar) {
            Some(SecondaryCalendar::Layers(layers)) => layers.as_slice(),
            _ => &[],
        };
        let places = rotation.layers.iter().chain(own).flat_map(|it| it.places.iter().copied());
        let people = places.chain(rotation.overrides.iter().map(|it| it.holder)).filter_map(Holder::person);
        for PersonId(person) in people {
            let rotations = &mut rotations[person as usize];
            if rotations.last() != Some(&index) {
                rotations.push(index);
            }
        }
    }
    let mut taken = vec![[false; PEOPLE.len()]; org.rotations.len()];
    let mut colors = Vec::with_capacity(org.people.len());
    for (person, rotations) in org.people.iter().zip(&rotations) {
        let wanted = number(&person.key);
        let around = (0..PEOPLE.len()).map(|it| (wanted + it) % PEOPLE.len());
        let free = around.into_iter().find(|color| rotations.iter().all(|it| !taken[*it][*color]));
        let color = free.unwrap_or(wanted);
        rotations.iter().for_each(|it| taken[*it][color] = true);
        colors.push(color);
    }
    colors
}

/// A number below that of colours, for a key (FNV-1a).
fn number(key: &str) -> usize {
    let hash =
        key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, it| (hash ^ u64::from(it)).wrapping_mul(0x0100_0000_01b3));
    usize::try_from((hash ^ (hash >> 32)) % PEOPLE.len() as u64).expect("it is below sixteen")
}

/// The style of a drawing that stands alone: on light, and on dark where the reader's system is.
pub(super) fn style_alone() -> String {
    let values = |theme| move |name: &str| color(name, theme);
    let (light, dark) = (classes(values(Theme::Light)), classes(values(Theme::Dark)));
    format!("{light}@media(prefers-color-scheme:dark){{{dark}}}")
}

/// The style of a drawing within a page, in the page's colours.
pub(super) fn style_within() -> String {
    classes(|name| format!("var(--{name})"))
}

/// The colours of a page: those of the system, or those that its reader switched to. Paper is light.
pub(crate) fn style_of_page() -> String {
    let [light, dark] = [Theme::Light, Theme::Dark].map(|theme| {
        let mut out = String::new();
        for name in names() {
            let _ = write!(out, "--{name}:{};", color(&name, theme));
        }
        out
    });
    let mut out = format!(
        ":root{{color-scheme:light;{light}}}\
         @media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\
         :root[data-theme=dark]{{color-scheme:dark;{dark}}}\
         @media print{{:root:root:root{{color-scheme:light;{light}}}}}"
    );
    for index in 0..PEOPLE.len() {
        let _ = write!(out, ".p{index}{{--fill:var(--p{index});--edge:var(--e{index})}}");
    }
    out
}

/// The names of all colours.
fn names() -> impl Iterator<Item = String> {
    let people = (0..PEOPLE.len()).flat_map(|it| [format!("p{it}"), format!("e{it}")]);
    THEME.iter().map(|(name, ..)| (*name).to_owned()).chain(people)
}

fn color(name: &str, theme: Theme) -> String {
    let found = THEME.iter().find(|(it, ..)| *it == name).map(|(_, light, dark)| match theme {
        Theme::Light => *light,
        Theme::Dark => *dark,
    });
    let of_person = || {
        let (kind, index) = name.split_at(1);
        let colors = PEOPLE[index.parse::<usize>().expect("a name of a colour")];
        match (kind, theme) {
            ("p", Theme::Light) => colors[0],
            (_, Theme::Light) => colors[1],
            ("p", Theme::Dark) => colors[2],
            (_, Theme::Dark) => colors[3],
        }
    };
    found.unwrap_or_else(of_person).to_owned()
}

fn classes(value: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    for (class, property, name) in CLASSES {
        let _ = write!(out, ".{class}{{{property}:{}}}", value(name));
    }
    for index in 0..PEOPLE.len() {
        for kind in ["p", "e"] {
            let name = format!("{kind}{index}");
            let _ = write!(out, ".w-{name}{{fill:{}}}", value(&name));
        }
    }
    out
}
