//! What PagerDuty's objects come to, by rules written down without looking at `calendar`.

use crate::org::Holder;
use crate::pagerduty::pattern::{Strand, from_epoch, since_epoch};
use crate::time::{Instant, Span, Zone};

/// A stretch of a strand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Piece {
    /// When.
    pub span: Span,
    /// Who; [`Holder::Nobody`] for a place that is vacant.
    pub holder: Holder,
    /// Of which strand.
    pub strand: usize,
}

/// What strands come to over a span, in order of their start.
pub fn pieces(strands: &[Strand], zone: &Zone, span: Span) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (index, strand) in strands.iter().enumerate() {
        let life = Span::new(strand.from, strand.until.unwrap_or(Instant::MAX));
        let Some(span) = life.and_then(|it| it.intersection(span)) else { continue };
        let anchor = since_epoch(strand.anchor);
        let civil = |at: Instant| since_epoch(zone.civil(at));
        let first = (civil(span.start()) - anchor).div_euclid(strand.unit) - 2;
        let last = (civil(span.end()) - anchor).div_euclid(strand.unit) + 2;
        for unit in first..=last {
            let place = unit.div_euclid(strand.units).rem_euclid(strand.places.len() as i64);
            let place = usize::try_from(place).unwrap_or(0);
            let one = &strand.places[place..=place];
            let holders = if strand.together { &strand.places[..] } else { one };
            for (start, length) in &strand.windows {
                let start = anchor + unit * strand.unit + start;
                let window = Span::new(zone.resolve(from_epoch(start)), zone.resolve(from_epoch(start + length)));
                let Some(span) = window.and_then(|it| it.intersection(span)) else { continue };
                pieces.extend(holders.iter().map(|holder| Piece { span, holder: *holder, strand: index }));
            }
        }
    }
    pieces.sort_unstable();
    pieces
}
